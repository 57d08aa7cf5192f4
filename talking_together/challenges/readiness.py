"""What a challenge needs before it can open, and what it would be better for: seen by its moderators."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from talking_together.core import clock
from talking_together.core.formatting import WEEKDAYS

SHORTEST_GOOD = timedelta(days=7)
_SATURDAY = 5


class Preparing(Protocol):
    """What readiness depends on: a challenge, or a row with these of its columns."""

    @property
    def summary(self) -> str: ...

    @property
    def brief_source(self) -> str: ...

    @property
    def audience(self) -> str: ...

    @property
    def opens_at(self) -> datetime | None: ...

    @property
    def closes_at(self) -> datetime | None: ...


class Prepared(Preparing, Protocol):
    """What advice depends on besides."""

    @property
    def voting_closes_at(self) -> datetime | None: ...

    @property
    def sponsor_name(self) -> str: ...

    @property
    def cover(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a challenge needs, and the form field that it is done in."""

    done: bool
    words: str
    field: str


def checks(challenge: Preparing, *, audience_chosen: bool, at: datetime) -> list[Check]:
    """Return what a challenge needs before it can open, done or not."""
    closes = challenge.closes_at
    if closes is None:
        closing = Check(False, "No closing time yet", "closes_at")
    elif closes <= at:
        closing = Check(False, "The closing time has passed", "closes_at")
    else:
        closing = Check(True, "It has a closing time", "closes_at")
    return [
        _written(challenge.summary, "short summary", "summary"),
        _written(challenge.brief_source, "brief", "brief"),
        Check(True, "It has an audience", "audience")
        if challenge.audience == "everyone" or audience_chosen
        else Check(False, "Nobody is chosen to see it yet", "audience"),
        closing,
    ]


def opening_check(challenge: Preparing, *, at: datetime) -> Check:
    """Return whether the challenge can be scheduled: it needs an opening time to come."""
    opens = challenge.opens_at
    if opens is None:
        return Check(False, "No opening time yet", "opens_at")
    if opens <= at:
        return Check(False, "The opening time has passed", "opens_at")
    return Check(True, "It has an opening time", "opens_at")


def advice(challenge: Prepared, *, is_looked_after: bool, at: datetime) -> list[Check]:
    """Return what does not keep a challenge from opening, and would make it a better one."""
    found = []
    if not challenge.sponsor_name:
        found.append(Check(False, "No sponsor yet", "sponsor_name"))
    if not is_looked_after:
        found.append(Check(False, "Nobody looks after it", "moderators"))
    if challenge.cover is not None and not challenge.cover.alternative_text:
        found.append(Check(False, "The cover has no words for people who cannot see it", "cover"))
    for name, what in (("closes_at", "closes"), ("voting_closes_at", "ends its voting")):
        moment = getattr(challenge, name)
        if moment is not None and clock.to_london(moment).weekday() >= _SATURDAY:
            day = WEEKDAYS[clock.to_london(moment).weekday()]
            found.append(Check(False, f"It {what} on a {day}", name))
    opens = max(challenge.opens_at or at, at)
    if challenge.closes_at is not None and opens < challenge.closes_at < opens + SHORTEST_GOOD:
        found.append(Check(False, "It is open for less than a week", "closes_at"))
    return found


def missing(found: list[Check]) -> list[str]:
    """Return the words of what is not done."""
    return [check.words for check in found if not check.done]


def _written(text: str, name: str, field: str) -> Check:
    return Check(bool(text), f"It has a {name}" if text else f"No {name} yet", field)
