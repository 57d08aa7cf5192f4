"""Who gave how many thumbs to whom: what rings, single targets and joins are found in."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, union_all

from talking_together.accounts.models import Member
from talking_together.comments.models import Comment
from talking_together.extensions import db
from talking_together.fairness import thresholds
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.votes.models import CommentVote, IdeaVote

CHUNK = 500
Counts = dict[int, dict[int, int]]


class Writers(NamedTuple):
    """Who wrote an idea together: its author, and those beside them who accepted."""

    author: int
    beside: frozenset[int]


@dataclass(slots=True)
class Tally:
    """By voter and author, how many thumbs up and down; of one's own there are none.

    `together` are the thumbs up on ideas of several among those in `up`, by voter and writers.
    """

    up: Counts = field(default_factory=dict)
    down: Counts = field(default_factory=dict)
    together: dict[int, dict[Writers, int]] = field(default_factory=dict)

    def given(self, voter: int, *, value: int = 1) -> int:
        """Return how many thumbs a member gave."""
        return sum((self.up if value == 1 else self.down).get(voter, {}).values())

    def given_to_each(self, voter: int) -> dict[int, int]:
        """Return how many thumbs up a member gave to what each of others wrote, alone or with somebody."""
        to = dict(self.up.get(voter, {}))
        for writers, count in self.together.get(voter, {}).items():
            for member in writers.beside - {voter, writers.author}:
                to[member] = to.get(member, 0) + count
        return to

    def given_within(self, voter: int, members: Collection[int]) -> int:
        """Return how many thumbs up a member gave to what any of others wrote, each counted once."""
        others = set(members) - {voter}
        to = self.up.get(voter, {})
        beside = sum(
            count
            for writers, count in self.together.get(voter, {}).items()
            if writers.author not in others and writers.beside & others
        )
        return beside + sum(to.get(other, 0) for other in others)


@dataclass(frozen=True, slots=True)
class Received:
    """How many thumbs of a value there are, and how many of them each author has.

    `together` are those on ideas that several wrote, by their writers.
    """

    total: int
    by_author: dict[int, int]
    together: dict[Writers, int] = field(default_factory=dict)

    def by_any(self, members: Collection[int]) -> int:
        """Return how many went to what any of these members wrote, each counted once."""
        beside = sum(
            count
            for writers, count in self.together.items()
            if writers.author not in members and not writers.beside.isdisjoint(members)
        )
        return beside + sum(self.by_author.get(member, 0) for member in members)


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
    """Count the thumbs of these members, three statements for each few hundred of them."""
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
        _add_together(tally, some)
    return tally


def _add_together(tally: Tally, voters: Collection[int]) -> None:
    rows: Any = db.session.execute(
        select(IdeaVote.member_id, Idea.id, Idea.author_id, IdeaCoAuthor.member_id)
        .join(Idea, Idea.id == IdeaVote.idea_id)
        .join(IdeaCoAuthor, _stands_beside())
        .where(IdeaVote.member_id.in_(voters), IdeaVote.value == 1, Idea.author_id.is_not(None))
    )
    beside: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    for voter, idea, author, member in rows:
        beside[voter, idea, author].add(member)
    for (voter, _idea, author), members in beside.items():
        given = tally.together.setdefault(voter, {})
        writers = Writers(author, frozenset(members))
        given[writers] = given.get(writers, 0) + 1


def _stands_beside() -> ColumnElement[bool]:
    """Return the condition that somebody wrote an idea with its author, of ideas that several wrote."""
    return and_(IdeaCoAuthor.idea_id == Idea.id, IdeaCoAuthor.state == "accepted", Idea.co_authors_count > 0)


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


def received_by_rings(members: Collection[int]) -> Received:
    """Count the thumbs up that everybody gave, and those on what these members wrote alone or together."""
    got = received(members, value=1)
    beside: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    for some in chunks(sorted(set(members))):
        rows: Any = db.session.execute(
            select(Idea.id, Idea.author_id, Idea.up_count, IdeaCoAuthor.member_id)
            .join(IdeaCoAuthor, _stands_beside())
            .where(IdeaCoAuthor.member_id.in_(some), Idea.author_id.is_not(None))
        )
        for idea, author, count, member in rows:
            beside[idea, author, count].add(member)
    for (_idea, author, count), standing in beside.items():
        writers = Writers(author, frozenset(standing))
        got.together[writers] = got.together.get(writers, 0) + count
    return got


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield values some at a time: a statement holds only so many."""
    left = iter(values)
    while some := list(islice(left, CHUNK)):
        yield some
