"""Who may settle a sign, and when; pure functions."""

from collections.abc import Collection
from typing import Protocol

from talking_together.core.errors import Conflict, NotAllowed


class Person(Protocol):
    """Whoever wants to settle a sign."""

    @property
    def id(self) -> int: ...

    @property
    def is_moderator(self) -> bool: ...


def is_in(member: Person, members: Collection[int]) -> bool:
    """Return whether a sign is about the member."""
    return member.id in members


def ensure_can_settle(member: Person, members: Collection[int]) -> None:
    """Raise NotAllowed unless the member is a moderator whom the sign is not about."""
    if not member.is_moderator:
        raise NotAllowed("Only moderators can settle a sign.")
    if is_in(member, members):
        raise NotAllowed("This sign is about you as well, so another moderator has to settle it.")


def ensure_open(state: str) -> None:
    """Raise Conflict unless the sign waits to be settled."""
    if state != "open":
        raise Conflict("Somebody has settled this sign meanwhile.")


def can_undo(state: str, *, has_voided: bool) -> bool:
    """Return whether there is something to undo: a settled sign, or votes that stand set aside."""
    return state != "open" or has_voided


def ensure_can_undo(state: str, *, has_voided: bool) -> None:
    """Raise Conflict unless there is something to undo."""
    if not can_undo(state, has_voided=has_voided):
        raise Conflict("This sign is open: there is nothing to undo.")
