"""The milestones there are, and their words."""

from typing import NamedTuple


class MilestoneKind(NamedTuple):
    """A milestone: its name in the database, what members read, and what it honours."""

    name: str
    title: str
    words: str


TABLE = (
    MilestoneKind("first idea", "First idea", "You shared an idea"),
    MilestoneKind("first votes", "First to look", "You gave ten ideas their first vote"),
    MilestoneKind("comment helped", "A comment that helped", "An author thanked you for a comment"),
    MilestoneKind("idea done", "An idea done", "An idea of yours was done"),
    MilestoneKind("colleague joined", "Brought a colleague", "A colleague joined by your word"),
)
KINDS = tuple(kind.name for kind in TABLE)
KIND_OF = {kind.name: kind for kind in TABLE}
