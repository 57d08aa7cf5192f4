"""Who gave how many thumbs to whom: what rings, single targets and joins are found in."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import and_, func, select, union_all

from talking_together.accounts.models import Member
from talking_together.comments.models import Comment
from talking_together.extensions import db
from talking_together.fairness import thresholds
from talking_together.ideas.models import Idea
from talking_together.votes.models import CommentVote, IdeaVote

CHUNK = 500
Counts = dict[int, dict[int, int]]


@dataclass(slots=True)
class Tally:
    """By voter and author, how many thumbs up and down; of one's own there are none."""

    up: Counts = field(default_factory=dict)
    down: Counts = field(default_factory=dict)

    def given(self, voter: int, *, value: int = 1) -> int:
        """Return how many thumbs a member gave."""
        return sum((self.up if value == 1 else self.down).get(voter, {}).values())


@dataclass(frozen=True, slots=True)
class Received:
    """How many thumbs of a value there are, and how many of them each author has."""

    total: int
    by_author: dict[int, int]


def recent_voters(since: datetime) -> list[int]:
    """Return who cast votes since a moment, without those brought from earlier consultations.

    Of too many, those who voted last.
    """
    votes = union_all(
        *(
            select(table.member_id, table.cast_at).where(table.cast_at >= since)
            for table in (IdeaVote, CommentVote)
        )
    ).subquery("votes")
    statement = (
        select(votes.c.member_id)
        .join(Member, and_(Member.id == votes.c.member_id, Member.imported_from.is_(None)))
        .group_by(votes.c.member_id)
        .order_by(func.max(votes.c.cast_at).desc(), votes.c.member_id)
        .limit(thresholds.MOST_VOTERS)
    )
    return list(db.session.scalars(statement))


def tally_of(voters: Iterable[int]) -> Tally:
    """Count the thumbs of these members, two statements for each few hundred of them."""
    tally = Tally()
    for some in chunks(sorted(set(voters))):
        for table, thing, on in (
            (IdeaVote, Idea, IdeaVote.idea_id == Idea.id),
            (CommentVote, Comment, CommentVote.comment_id == Comment.id),
        ):
            rows: Any = db.session.execute(
                select(table.member_id, thing.author_id, table.value, func.count())
                .join(thing, on)
                .where(table.member_id.in_(some), thing.author_id.is_not(None))
                .group_by(table.member_id, thing.author_id, table.value)
            )
            for voter, author, value, count in rows:
                given = (tally.up if value == 1 else tally.down).setdefault(voter, {})
                given[author] = given.get(author, 0) + count
    return tally


def received(authors: Collection[int], *, value: int) -> Received:
    """Count the thumbs that everybody gave, and those that these authors got."""
    total, by_author = 0, defaultdict[int, int](int)
    for thing in (Idea, Comment):
        count: Any = thing.up_count if value == 1 else thing.down_count
        total += int(db.session.scalar(select(func.sum(count))) or 0)
        for some in chunks(sorted(set(authors))):
            rows: Any = db.session.execute(
                select(thing.author_id, func.sum(count))
                .where(thing.author_id.in_(some))
                .group_by(thing.author_id)
            )
            for author, got in rows:
                by_author[author] += int(got)
    return Received(total, dict(by_author))


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield values some at a time: a statement holds only so many."""
    left = iter(values)
    while some := list(islice(left, CHUNK)):
        yield some
