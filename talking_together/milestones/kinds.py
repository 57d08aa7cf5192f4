"""The milestones there are, and their words."""

from typing import NamedTuple


class MilestoneKind(NamedTuple):
    """A milestone: its name in the database, what it honours, how to reach it, and how many of what it takes.

    `words` are those of one who reached it; `icon` is drawn beside them.
    """

    name: str
    title: str
    words: str
    how: str
    icon: str
    needed: int = 1


TABLE = (
    MilestoneKind("first idea", "First idea", "You shared an idea", "Share an idea in any challenge", "idea"),
    MilestoneKind(
        "first votes",
        "First to look",
        "You gave ten ideas their first vote",
        "Vote on ten ideas that nobody has voted on yet, up or down",
        "up",
        needed=10,
    ),
    MilestoneKind(
        "comment helped",
        "A comment that helped",
        "An author thanked you for a comment",
        "Help an author with a comment that they thank you for",
        "comment",
    ),
    MilestoneKind(
        "idea done",
        "An idea done",
        "An idea of yours was done",
        "Have an idea done, alone or with others",
        "check",
    ),
    MilestoneKind(
        "colleague joined",
        "Brought a colleague",
        "A colleague joined by your word",
        "Tell a colleague your word, which they say when they join",
        "people",
    ),
)
KINDS = tuple(kind.name for kind in TABLE)
KIND_OF = {kind.name: kind for kind in TABLE}
# Those whose facts are the member's own, or ask for a look wherever they change. Who gave the first vote
# follows from what others do with theirs, and is looked at once a day for everybody.
FOLLOWED = tuple(name for name in KINDS if name != "first votes")
