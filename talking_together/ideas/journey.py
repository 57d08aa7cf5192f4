"""The way of an idea from being submitted to being done, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

STEPS = ("Submitted", "Under review", "Decision", "Done")
_STEP_OF = {
    "new": 0,
    "under review": 1,
    "shortlisted": 1,
    "planned": 2,
    "in progress": 2,
    "not now": 2,
    "done": 3,
}
_WORDS = {
    "shortlisted": "Shortlisted",
    "planned": "Planned",
    "in progress": "In progress",
    "not now": "Not now",
}


class Decided(Protocol):
    """A change of status, as far as the journey looks at it."""

    @property
    def to_status(self) -> str: ...

    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One step: reached or not, since when, and whether the idea stands there now."""

    label: str
    at: datetime | None
    is_done: bool
    is_current: bool


def journey_of(status: str, published_at: datetime | None, decisions: Sequence[Decided]) -> list[Step]:
    """Return the steps of an idea; none for one that is not on its way."""
    if status not in _STEP_OF:
        return []
    here = _STEP_OF[status]
    reached: dict[int, datetime | None] = {0: published_at}
    for decision in decisions:
        if decision.to_status in _STEP_OF:
            reached[_STEP_OF[decision.to_status]] = decision.at
    return [
        Step(
            label=_WORDS.get(status, label) if place == here else label,
            at=reached.get(place) if place <= here else None,
            is_done=place < here or status == "done",
            is_current=place == here,
        )
        for place, label in enumerate(STEPS)
    ]
