"""The dates of a challenge: what is asked of them, and what the clock change does to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from talking_together.challenges.stages import Dated, stage_of
from talking_together.core import clock
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import hour_of_day

FURTHEST = timedelta(days=5 * 365)
BEFORE_OPENING = frozenset({"draft", "scheduled"})


@dataclass(frozen=True, slots=True)
class Dates:
    """When a challenge opens, closes for ideas and closes for votes."""

    opens_at: datetime | None
    closes_at: datetime | None
    voting_closes_at: datetime | None


def dates_of(challenge: Dated) -> Dates:
    """Return the dates that a challenge has."""
    return Dates(challenge.opens_at, challenge.closes_at, challenge.voting_closes_at)


def changes_of(before: Dates, after: Dates) -> dict[str, dict[str, str | None]]:
    """Return the dates that are others after a change, old and new, as the log keeps them."""
    return {
        name.replace("_", " "): {"from": _logged(getattr(before, name)), "to": _logged(getattr(after, name))}
        for name in Dates.__slots__
        if getattr(before, name) != getattr(after, name)
    }


def checked_dates(wanted: Dates, challenge: Dated | None, at: datetime) -> Dates:
    """Return the dates to keep; InvalidInput naming the field of the first that cannot be.

    A form knows minutes only, so a stored time within the same minute counts as unchanged and
    keeps its seconds. What has begun keeps its opening time.
    """
    stage = "draft" if challenge is None else stage_of(challenge, at)
    if challenge is None:
        dates, changed = wanted, {name for name in Dates.__slots__ if getattr(wanted, name)}
    else:
        kept = {name: _kept(getattr(wanted, name), getattr(challenge, name)) for name in Dates.__slots__}
        if stage not in BEFORE_OPENING:
            kept["opens_at"] = challenge.opens_at
        dates = Dates(**kept)
        changed = {name for name, value in kept.items() if value != getattr(challenge, name)}
    _check_future(dates, changed, at)
    _check_order(dates, stage)
    return dates


def clock_change_note(wall: datetime) -> str:
    """Return what the clock change made of a London wall time, in words; "" on any other night."""
    moment = clock.from_london(wall)
    taken = clock.to_london(moment).replace(tzinfo=None)
    if taken != wall:
        return (
            f"The clocks go forward that night, so {_words_of(wall)} does not exist. "
            f"We took it as {_words_of(taken)}."
        )
    second = wall.replace(tzinfo=clock.LONDON, fold=1)
    if second.utcoffset() != clock.to_london(moment).utcoffset():
        return (
            f"The clocks go back that night, so {_words_of(wall)} comes twice. We took the first of the two."
        )
    return ""


def _words_of(wall: datetime) -> str:
    return hour_of_day(wall.hour, wall.minute)


def _kept(wanted: datetime | None, stored: datetime | None) -> datetime | None:
    if wanted is None or stored is None:
        return wanted
    # Compared as the form shows them: an hour that the clocks repeat has one wall time.
    return stored if _wall_minute(wanted) == _wall_minute(stored) else wanted


def _logged(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _wall_minute(moment: datetime) -> datetime:
    return clock.to_london(moment).replace(tzinfo=None, fold=0, second=0, microsecond=0)


def _check_future(dates: Dates, changed: set[str], at: datetime) -> None:
    for name, what in (
        ("opens_at", "The opening time"),
        ("closes_at", "The closing time"),
        ("voting_closes_at", "The end of voting"),
    ):
        moment = getattr(dates, name)
        if name not in changed or moment is None:
            continue
        if moment <= at:
            raise InvalidInput(f"{what} must be in the future", field=name)
        if moment > at + FURTHEST:
            raise InvalidInput(f"{what} must be within the next five years", field=name)


def _check_order(dates: Dates, stage: str) -> None:
    opens, closes, voting = dates.opens_at, dates.closes_at, dates.voting_closes_at
    if closes is None and stage not in BEFORE_OPENING:
        raise InvalidInput("A challenge that has opened needs a closing time", field="closes_at")
    if stage == "scheduled" and opens is None:
        raise InvalidInput("A scheduled challenge needs an opening time", field="opens_at")
    if stage == "scheduled" and closes is None:
        raise InvalidInput("A scheduled challenge needs a closing time", field="closes_at")
    if opens and closes and closes <= opens:
        raise InvalidInput("The closing time must be after the opening time", field="closes_at")
    if voting and closes is None:
        raise InvalidInput("Set when ideas close before you set when voting ends", field="closes_at")
    if voting and closes and voting <= closes:
        raise InvalidInput(
            "Voting must end after ideas close. Leave it empty if both close together.",
            field="voting_closes_at",
        )
