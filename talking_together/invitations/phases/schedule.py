"""When the invitations of a phase may leave: its hourly rate and its sending hours, in London time.

Hours are those that the clock on the wall shows: "8 to 18" is ten hours on every day, and on the
two nights of a clock change the hours of the night are as many as there really are.
"""

from datetime import date, datetime, timedelta
from typing import Protocol

from talking_together.core.clock import from_london, to_london

# Without a rate, what one moment may take: the outbox decides how much of it waits.
NO_LIMIT = 1_000_000
# What an end is foretold with where the mail server sets the pace.
ASSUMED_HOURLY = 18_000
# A worker that was away does not make up for it: no more than this much of the rate at once.
CATCH_UP = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WEEKEND = (5, 6)


class Paced(Protocol):
    """What of a phase says when it sends."""

    hourly_rate: int | None
    sending_days: str
    sending_from: int
    sending_until: int
    next_send_at: datetime | None


def in_hours(phase: Paced, at: datetime) -> bool:
    """Return whether a moment lies within the phase's sending hours."""
    local = to_london(at)
    return _is_day(phase, local.date()) and phase.sending_from <= local.hour < phase.sending_until


def room_now(phase: Paced, at: datetime) -> int:
    """Return how many invitations may leave at a moment, by the hours and the rate."""
    if not in_hours(phase, at):
        return 0
    if phase.hourly_rate is None:
        return NO_LIMIT
    first = _next_slot(phase, at)
    return 0 if first > at else (at - first) // _interval(phase.hourly_rate) + 1


def after_sending(phase: Paced, at: datetime, count: int) -> datetime | None:
    """Return when the rate lets the next one leave after `count` at a moment; None without a rate."""
    if phase.hourly_rate is None:
        return None
    return _next_slot(phase, at) + count * _interval(phase.hourly_rate)


def next_sending_moment(phase: Paced, at: datetime) -> datetime:
    """Return the first moment from `at` on that lies within the sending hours."""
    today = to_london(at).date()
    opens, closes = _window(phase, today)
    # An hour that the clocks skip leaves no hours on that day.
    if closes <= max(at, opens):
        opens, _ = _window(phase, today + timedelta(days=1))
    return max(opens, at)


def ends_at(phase: Paced, count: int, at: datetime, *, hourly: float | None = None) -> datetime:
    """Return when the last of `count` leaves that are sent from a moment on.

    `hourly` is a measured pace for a phase whose rate is left to the mail server.
    """
    if count <= 0:
        return at
    interval = _interval(phase.hourly_rate or max(hourly or ASSUMED_HOURLY, 1))
    left, slot = count, max(at, phase.next_send_at or at) if phase.hourly_rate else at
    while True:
        slot = next_sending_moment(phase, slot)
        _, closes = _window(phase, to_london(slot).date())
        fit = -((slot - closes) // interval)
        if left <= fit:
            return slot + (left - 1) * interval
        left -= fit
        slot += fit * interval


def _next_slot(phase: Paced, at: datetime) -> datetime:
    due = phase.next_send_at
    return at if due is None or due < at - CATCH_UP else due


def _interval(hourly: float) -> timedelta:
    return HOUR / hourly


def _is_day(phase: Paced, day: date) -> bool:
    return phase.sending_days == "every day" or day.weekday() not in WEEKEND


def _window(phase: Paced, day: date) -> tuple[datetime, datetime]:
    """Return when the sending hours of a day, or of the next one that has any, begin and end."""
    while not _is_day(phase, day):
        day += timedelta(days=1)
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a time on the wall in London
    return (
        from_london(midnight + timedelta(hours=phase.sending_from)),
        from_london(midnight + timedelta(hours=phase.sending_until)),
    )
