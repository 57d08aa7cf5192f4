"""What a detector hands over."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """A sign as it was found now.

    `voters` are those whose acts it is made of, `authors` those whom it is about without an act of
    theirs. `strength` is how many votes, joins or ideas it stands on; of votes that can be set aside
    `votes` tells how many there are.
    """

    kind: str
    subject_key: str
    voters: tuple[int, ...]
    strength: int
    authors: tuple[int, ...] = ()
    votes: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
