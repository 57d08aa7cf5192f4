"""What is still missing before a challenge can open, as a list that its moderators see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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


def missing(found: list[Check]) -> list[str]:
    """Return the words of what is not done."""
    return [check.words for check in found if not check.done]


def _written(text: str, name: str, field: str) -> Check:
    return Check(bool(text), f"It has a {name}" if text else f"No {name} yet", field)
