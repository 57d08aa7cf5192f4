"""The one clock, so that tests can hold it still."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_held: ContextVar[datetime | None] = ContextVar("held_clock", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _held.get() or datetime.now(UTC)


def today() -> date:
    """Return the date in Europe/London, the day that daily caps count by."""
    return now().astimezone(LONDON).date()


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at an aware moment for the duration of the block."""
    token = _held.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)


def from_london(wall: datetime) -> datetime:
    """Return the UTC moment of a naive London wall time.

    One rule for clock changes: an ambiguous time (clocks going back) means the first of the
    two; an absent time (clocks going forward) means the moment as far after the change as the
    wall time is, so 01:30 on that night is 02:30 British Summer Time. Raises ValueError for an
    aware value.
    """
    if wall.tzinfo is not None:
        raise ValueError("A London wall time carries no zone")
    return wall.replace(tzinfo=LONDON, fold=0).astimezone(UTC)


def to_london(moment: datetime) -> datetime:
    """Return the London time of an aware moment."""
    return moment.astimezone(LONDON)
