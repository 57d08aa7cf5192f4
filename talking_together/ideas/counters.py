"""Counts and ranks of an idea, kept with each vote and comment in one UPDATE.

The caller holds the idea's row lock (`core.database.locked`) and hands over the row that it read
under it, with the columns of `COUNTED`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import update

from talking_together.core.statements import given, run
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea

COUNTED = (
    Idea.id,
    Idea.up_count,
    Idea.down_count,
    Idea.comments_count,
    Idea.activity,
    Idea.published_at,
)


def _writing(*names: str) -> Any:
    ideas: Any = Idea.__table__
    return (
        update(ideas)
        .where(ideas.c.id == given("idea_id", Idea.id))
        .values({name: given(name, ideas.c[name]) for name in names})
    )


_VOTES = _writing("up_count", "down_count", "votes_count", "wilson", "activity", "trending")
_COMMENTS = _writing("comments_count", "activity", "trending")
_ALL = _writing("up_count", "down_count", "votes_count", "comments_count", "wilson", "activity", "trending")


class Counted(Protocol):
    """A row with the columns of `COUNTED`, read under the idea's lock."""

    @property
    def id(self) -> int: ...
    @property
    def up_count(self) -> int: ...
    @property
    def down_count(self) -> int: ...
    @property
    def comments_count(self) -> int: ...
    @property
    def activity(self) -> float: ...
    @property
    def published_at(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote as its row holds it: 1 or -1, and when it took this value."""

    value: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VoteCounts:
    """How many thumbs an idea or comment has."""

    up_count: int
    down_count: int


def count_vote(idea: Counted, *, before: Cast | None, after: Cast | None) -> VoteCounts:
    """Write the counts and ranks that follow from one person's vote changing; return the counts."""
    up = idea.up_count + _is(after, 1) - _is(before, 1)
    down = idea.down_count + _is(after, -1) - _is(before, -1)
    activity = ranking.activity_after(
        idea.activity,
        added=_vote_term(idea, after),
        removed=_vote_term(idea, before),
    )
    run(
        _VOTES,
        {
            "idea_id": idea.id,
            "up_count": up,
            "down_count": down,
            "votes_count": up + down,
            "wilson": ranking.wilson_lower_bound(up, down),
            "activity": activity,
            "trending": ranking.trending_of(activity, idea.published_at),
        },
    )
    return VoteCounts(up, down)


def count_comment(
    idea: Counted, *, added_at: datetime | None = None, removed_at: datetime | None = None
) -> int:
    """Write the count and rank after a comment appeared or vanished; return the count.

    Both times are the comment's own `created_at`, also when it is restored later.
    """
    count = idea.comments_count + int(added_at is not None) - int(removed_at is not None)
    activity = ranking.activity_after(
        idea.activity,
        added=_comment_term(idea, added_at),
        removed=_comment_term(idea, removed_at),
    )
    run(
        _COMMENTS,
        {
            "idea_id": idea.id,
            "comments_count": count,
            "activity": activity,
            "trending": ranking.trending_of(activity, idea.published_at),
        },
    )
    return count


def set_counts(
    idea_id: int, published_at: datetime, *, votes: VoteCounts, comments_count: int, activity: float
) -> None:
    """Write all counts and ranks of an idea whose votes and comments came or went many at once."""
    up, down = votes.up_count, votes.down_count
    run(
        _ALL,
        {
            "idea_id": idea_id,
            "up_count": up,
            "down_count": down,
            "votes_count": up + down,
            "comments_count": comments_count,
            "wilson": ranking.wilson_lower_bound(up, down),
            "activity": activity,
            "trending": ranking.trending_of(activity, published_at),
        },
    )


def _is(cast: Cast | None, value: int) -> int:
    return int(cast is not None and cast.value == value)


def _vote_term(idea: Counted, cast: Cast | None) -> float:
    if cast is None or cast.value != 1:
        return 0.0
    return ranking.activity_term(ranking.UP_VOTE_WEIGHT, cast.at, idea.published_at)


def _comment_term(idea: Counted, at: datetime | None) -> float:
    if at is None:
        return 0.0
    return ranking.activity_term(ranking.COMMENT_WEIGHT, at, idea.published_at)
