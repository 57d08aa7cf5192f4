"""What a reward lacks before it can be published, and what an admin should know of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Checked(Protocol):
    """A reward, as far as these checks look at it."""

    @property
    def kind(self) -> str: ...

    @property
    def body_source(self) -> str: ...

    @property
    def cost(self) -> int: ...

    @property
    def stock_kind(self) -> str: ...

    @property
    def stock(self) -> int: ...

    @property
    def given(self) -> int: ...

    @property
    def per_member(self) -> int | None: ...

    @property
    def ends_at(self) -> datetime | None: ...

    @property
    def sponsor_is_active(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a published reward has, and the field where it is put in order."""

    words: str
    done: bool
    field: str


def checks(reward: Checked, at: datetime) -> list[Check]:
    """Return what a reward needs to be published, each done or not."""
    counted = "Codes from the sponsor" if reward.stock_kind == "codes" else "How many there are"
    found = [
        Check("A text that says what it is", bool(reward.body_source), "body"),
        Check(f"{counted}: at least one to give", reward.stock > reward.given, "stock"),
        Check("A sponsor who is not switched off", reward.sponsor_is_active, "sponsor_id"),
    ]
    if reward.kind in ("draw", "team"):
        found.append(Check("A time at which it ends", reward.ends_at is not None, "ends_at"))
    if reward.ends_at is not None:
        found.append(Check("An end that is still to come", reward.ends_at > at, "ends_at"))
    if reward.kind in ("draw", "redeem"):
        limited = is_limited(reward.kind, cost=reward.cost, per_member=reward.per_member)
        found.append(Check("A cost, or a limit for each person", limited, "per_member"))
    if reward.kind == "team":
        found.append(Check("A cost that a group can pledge points for", reward.cost > 0, "cost"))
    return found


def is_limited(kind: str, *, cost: int, per_member: int | None) -> bool:
    """Return whether something keeps one person from taking all there is, or every place in a draw."""
    return kind not in ("draw", "redeem") or cost > 0 or per_member is not None


def missing(found: list[Check]) -> list[Check]:
    """Return the checks that are not done."""
    return [check for check in found if not check.done]
