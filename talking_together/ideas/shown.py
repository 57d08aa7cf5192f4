"""Ideas as pages show them: in lists, in full, and in their author's own list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from talking_together.accounts.bylines import Byline
from talking_together.core.addresses import slug_of
from talking_together.ideas.policies import Person
from talking_together.ideas.statuses import SAID_TO_AUTHORS


@dataclass(frozen=True, slots=True)
class ChallengeOfIdea:
    """The challenge that an idea answers, as its page needs it."""

    id: int
    title: str
    is_published: bool
    opens_at: datetime | None
    closes_at: datetime | None
    voting_closes_at: datetime | None
    answered_at: datetime | None
    archived_at: datetime | None
    paused_at: datetime | None
    allows_down_votes: bool
    counts_shown: str
    needs_approval: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaCard:
    """An idea as lists show it; `why_not` says in words why the viewer cannot vote, if so.

    The counts are None where the challenge hides them from the viewer.
    """

    id: int
    title: str
    excerpt: str
    status: str
    published_at: datetime | None
    comments_count: int
    up_count: int | None
    down_count: int | None
    my_vote: int
    takes_down: bool
    is_mine: bool
    # Where the viewer stands beside the author, if anywhere: "accepted", "credited", …
    my_part: str | None
    why_not: str
    byline: Byline

    @property
    def can_vote(self) -> bool:
        """Return whether the viewer may vote on it now."""
        return not self.why_not

    @property
    def slug(self) -> str:
        """Return the words of its address."""
        return slug_of(self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaInFull(IdeaCard):
    """An idea as its own page shows it."""

    author_id: int | None
    listed: bool
    theme_id: int | None
    answer_owner_id: int | None
    answer_due_at: datetime | None
    answered_at: datetime | None
    body_source: str
    body_html: str
    created_at: datetime
    edited_at: datetime | None
    revisions_count: int
    follows: bool
    challenge: ChallengeOfIdea
    answers: Sequence[Mapping[str, Any]] = ()
    theme_name: str | None = None
    tags: Sequence[str] = ()
    merged_into_id: int | None = None
    includes_others: bool = False
    carries_others: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """A change of status as the journey shows it; the response is "" where none was given."""

    id: int
    from_status: str
    to_status: str
    response_html: str
    at: datetime
    byline: Byline
    role: str


def decisions_for(reader: Person, idea: IdeaCard, decisions: Sequence[Decision]) -> list[Decision]:
    """Return the decisions on an idea that the reader may see.

    Why it was sent back to its author is not among them: the draft itself says so. Why it was hidden
    is for those who wrote it and for moderators, also once it is back or merged into another.
    """
    if idea.is_mine or reader.is_moderator:
        return [decision for decision in decisions if decision.to_status != "draft"]
    return [decision for decision in decisions if decision.to_status not in SAID_TO_AUTHORS]


@dataclass(frozen=True, slots=True)
class MyIdea:
    """An idea in its author's own list, with the challenge it answers."""

    id: int
    title: str
    status: str
    published_at: datetime | None
    changed_at: datetime
    comments_count: int
    up_count: int | None
    down_count: int | None
    challenge_id: int
    challenge_title: str
