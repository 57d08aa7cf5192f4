"""Votes that a moderator sets aside, and brings back: rows, counts, ranks and points together.

Locks as everywhere: ideas, then comments, by rising id, then members. While a vote is set aside its
member has none there and casts none (`votes.services`); all that bringing it back needs is kept with it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, insert, or_, select, tuple_, update

from talking_together.comments.models import Comment
from talking_together.core.database import insert_into, locked
from talking_together.core.errors import MovedMeanwhile
from talking_together.core.statements import run
from talking_together.extensions import db
from talking_together.ideas.co_author_queries import beside
from talking_together.ideas.models import Idea
from talking_together.points import services as points
from talking_together.points.models import HeldEntry, PointEntry
from talking_together.votes import ranks
from talking_together.votes.keys import keys_of_vote
from talking_together.votes.models import CommentVote, IdeaVote, KeptBackThumb, VoidedVote

CHUNK = 500


class NamedVote(NamedTuple):
    """A vote as a sign names it: one that was changed since is another vote."""

    kind: str
    thing_id: int
    member_id: int
    value: int
    cast_at: datetime


@dataclass(frozen=True, slots=True)
class Voided:
    """What was set aside: how many votes of whom, and how balances changed."""

    votes: int
    voters: set[int]
    changes: dict[int, int]


@dataclass(slots=True)
class Returned:
    """What came back, what waits for a merge to be undone, and what can come back no more."""

    back: int = 0
    merged: int = 0
    gone: int = 0
    voters: set[int] = field(default_factory=set)
    changes: dict[int, int] = field(default_factory=dict)


def void_votes(named: Collection[NamedVote], *, sign_id: int, at: datetime, reason: str = "") -> Voided:
    """Set aside the votes that still stand as they are named, and reverse what they earned."""
    ideas, _ = _lock(named)
    wanted = set(named)
    votes = [vote for vote in _standing(named) if vote in wanted]
    if not votes:
        return Voided(0, set(), {})
    moved_from = _moved_from(votes)
    before = _ranks_of(ideas, votes)
    for table, thing_id, kind in _TABLES:
        for some in _chunks(vote for vote in votes if vote.kind == kind):
            pairs = [(vote.thing_id, vote.member_id) for vote in some]
            _write(delete(table).where(tuple_(thing_id, table.member_id).in_(pairs)))
    _count(ideas, votes, before, turn=-1)
    keys = {vote: keys_of_vote(*vote[:4], moved_from.get(vote, "")) for vote in votes}
    kept_back = _forget(key for own in keys.values() for key in own)
    moved, changes = _reverse([key for own in keys.values() for key in own])
    rows = [
        {
            **vote._asdict(),
            "moved_from": moved_from.get(vote, ""),
            "keys": [key for key in own if key in moved],
            "kept_back": [kept_back[key] for key in own if key in kept_back],
            "activity": ideas[vote.thing_id].activity if vote.kind == "ideas" else None,
            "terms": before[vote.thing_id].terms if vote.kind == "ideas" else None,
            "sign_id": sign_id,
            "voided_at": at,
            "reason": reason,
        }
        for vote, own in keys.items()
    ]
    run(insert(VoidedVote.__table__), rows)  # type: ignore[arg-type]
    return Voided(len(votes), {vote.member_id for vote in votes}, changes)


def return_votes(*, sign_id: int, at: datetime) -> Returned:
    """Bring back the votes set aside for a sign, as they were, with what they had earned.

    A vote on an idea that was merged since waits for that to be undone. One on what its member has come
    to write, or beside another vote of theirs, does not come back: it would have gone then.
    """
    unlocked = _voided(sign_id)
    ideas, _ = _lock(unlocked)
    voided = _voided(sign_id, hold=True)
    if any(vote.kind == "ideas" and vote.thing_id not in ideas for vote in voided):
        raise MovedMeanwhile()
    returned, back, settled = Returned(), [], []
    wrote = beside({idea.id for idea in ideas.values() if idea.co_authors_count})
    has_vote = {vote[:3] for vote in _standing(voided)}
    for vote in voided:
        if vote.kind == "ideas" and ideas[vote.thing_id].status == "merged":
            returned.merged += 1
            continue
        settled.append(vote.id)
        writes = vote.kind == "ideas" and vote.member_id in wrote.get(vote.thing_id, ())
        if writes or (vote.kind, vote.thing_id, vote.member_id) in has_vote:
            returned.gone += 1
        else:
            back.append(vote)
    _put_back(back, ideas)
    returned.changes = _give_back(back)
    for some in _chunks(settled):
        _write(update(VoidedVote).where(VoidedVote.id.in_(some)).values(restored_at=at))
    returned.back, returned.voters = len(back), {vote.member_id for vote in back}
    return returned


def voided_count(sign_id: int) -> int:
    """Return how many votes stand set aside for a sign."""
    standing = VoidedVote.sign_id == sign_id, VoidedVote.restored_at.is_(None)
    return db.session.scalar(select(func.count()).where(*standing)) or 0


_TABLES: tuple[tuple[Any, Any, str], ...] = (
    (IdeaVote, IdeaVote.idea_id, "ideas"),
    (CommentVote, CommentVote.comment_id, "comments"),
)
_IDEA = (
    Idea.id,
    Idea.status,
    Idea.activity,
    Idea.published_at,
    Idea.co_authors_count,
)


def _lock(votes: Iterable[Any]) -> tuple[dict[int, Row[Any]], set[int]]:
    """Lock the ideas and comments that votes are on; return the ideas as they stand."""
    things: dict[str, set[int]] = {"ideas": set(), "comments": set()}
    for vote in votes:
        things[vote.kind].add(vote.thing_id)
    ideas: dict[int, Row[Any]] = {}
    for some in _chunks(sorted(things["ideas"])):
        held = locked(select(*_IDEA).where(Idea.id.in_(some)).order_by(Idea.id))
        ideas |= {row.id: row for row in db.session.execute(held)}
    for some in _chunks(sorted(things["comments"])):
        db.session.execute(locked(select(Comment.id).where(Comment.id.in_(some)).order_by(Comment.id))).all()
    return ideas, things["comments"]


def _standing(votes: Collection[Any]) -> Iterator[NamedVote]:
    """Yield the votes that the members have on the things now."""
    for table, thing_id, kind in _TABLES:
        for some in _chunks(vote for vote in votes if vote.kind == kind):
            pairs = [(vote.thing_id, vote.member_id) for vote in some]
            rows = db.session.execute(
                select(thing_id, table.member_id, table.value, table.cast_at)
                .where(tuple_(thing_id, table.member_id).in_(pairs))
                .order_by(thing_id, table.member_id)
            )
            yield from (NamedVote(kind, *row) for row in rows)


def _moved_from(votes: Sequence[NamedVote]) -> dict[NamedVote, str]:
    """Return, of votes that merges moved, where they stood before."""
    found: dict[NamedVote, str] = {}
    columns = (IdeaVote.idea_id, IdeaVote.member_id, IdeaVote.value, IdeaVote.cast_at, IdeaVote.moved_from)
    for some in _chunks(vote for vote in votes if vote.kind == "ideas"):
        pairs = [(vote.thing_id, vote.member_id) for vote in some]
        chosen = tuple_(IdeaVote.idea_id, IdeaVote.member_id).in_(pairs)
        for row in db.session.execute(select(*columns).where(chosen, IdeaVote.moved_from != "")):
            found[NamedVote("ideas", *row[:4])] = row.moved_from
    return found


def _ranks_of(ideas: dict[int, Row[Any]], votes: Iterable[Any]) -> dict[int, ranks.Standing]:
    concerned = {vote.thing_id for vote in votes if vote.kind == "ideas"}
    return {id: ranks.standing_of(id, ideas[id].published_at) for id in sorted(concerned)}


def _count(
    ideas: dict[int, Row[Any]], votes: Sequence[Any], before: dict[int, ranks.Standing], *, turn: int
) -> None:
    """Count the ideas anew whose votes came or went, and move the counts of comments."""
    for id, standing in before.items():
        now = ranks.standing_of(id, ideas[id].published_at)
        activity = ranks.carried(ideas[id].activity, terms=standing.terms, now=now)
        ranks.write(id, ideas[id].published_at, now, activity)
    _count_comments(votes, turn=turn)


def _count_comments(votes: Iterable[Any], *, turn: int) -> None:
    changes: dict[tuple[int, int], list[int]] = defaultdict(list)
    moves: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for vote in votes:
        if vote.kind == "comments":
            moves[vote.thing_id][0 if vote.value == 1 else 1] += turn
    for id, (up, down) in moves.items():
        changes[up, down].append(id)
    for (up, down), ids in sorted(changes.items()):
        for some in _chunks(sorted(ids)):
            counts = {"up_count": Comment.up_count + up, "down_count": Comment.down_count + down}
            _write(update(Comment).where(Comment.id.in_(some)).values(counts))


def _forget(keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Forget the thumbs that wait, before any member is held; return them as they can be kept."""
    columns: Any = KeptBackThumb.__table__.columns
    found = {}
    for some in _chunks(keys):
        taken = delete(KeptBackThumb).where(KeptBackThumb.event_key.in_(some)).returning(*columns)
        for row in db.session.execute(taken):
            found[row.event_key] = {**row._asdict(), "due_at": row.due_at.isoformat()}
    return found


def _reverse(keys: Sequence[str]) -> tuple[set[str], dict[int, int]]:
    _hold_earners(keys)
    moved, changes = set[str](), defaultdict[int, int](int)
    for some in _chunks(keys):
        turned = points.reverse(some)
        moved |= set(turned.keys)
        for member_id, change in turned.changes.items():
            changes[member_id] += change
    return moved, dict(changes)


def _give_back(votes: Sequence[Row[Any]]) -> dict[int, int]:
    waiting = [
        {**thumb, "due_at": datetime.fromisoformat(thumb["due_at"])}
        for vote in votes
        for thumb in vote.kept_back
    ]
    for some in _chunks(waiting):
        db.session.execute(insert_into(KeptBackThumb).on_conflict_do_nothing(), some)
    keys = [key for vote in votes for key in vote.keys]
    _hold_earners(keys)
    changes = defaultdict[int, int](int)
    for some in _chunks(keys):
        for member_id, change in points.give_back(some).changes.items():
            changes[member_id] += change
    return dict(changes)


def _hold_earners(keys: Sequence[str]) -> None:
    """Lock everybody who earned by the events at once, since they are turned some at a time."""
    earners: set[int] = set()
    for some in _chunks(keys):
        for ledger in (PointEntry, HeldEntry):
            entered = or_(ledger.event_key.in_(some), ledger.share_of.in_(some))
            earners |= set(db.session.scalars(select(ledger.member_id).where(entered)))
    points.hold(earners)


def _put_back(votes: Sequence[Row[Any]], ideas: dict[int, Row[Any]]) -> None:
    for table, thing_id, kind in _TABLES:
        more = ("moved_from",) if kind == "ideas" else ()
        rows = [
            {thing_id.key: vote.thing_id, **{name: getattr(vote, name) for name in (*_VOTE, *more)}}
            for vote in votes
            if vote.kind == kind
        ]
        if rows:
            run(insert(table.__table__), rows)
    kept = {vote.thing_id: vote for vote in reversed(votes) if vote.kind == "ideas"}
    for id, vote in sorted(kept.items()):
        now = ranks.standing_of(id, ideas[id].published_at)
        activity = ranks.carried(vote.activity, terms=vote.terms, now=now)
        ranks.write(id, ideas[id].published_at, now, activity)
    _count_comments(votes, turn=1)


_VOTE = ("member_id", "value", "cast_at")
_VOIDED = (
    VoidedVote.id,
    VoidedVote.kind,
    VoidedVote.thing_id,
    VoidedVote.member_id,
    VoidedVote.value,
    VoidedVote.cast_at,
    VoidedVote.moved_from,
    VoidedVote.keys,
    VoidedVote.kept_back,
    VoidedVote.activity,
    VoidedVote.terms,
)


def _voided(sign_id: int, *, hold: bool = False) -> list[Row[Any]]:
    """Return what stands set aside for a sign, what was set aside first at first."""
    statement = (
        select(*_VOIDED)
        .where(VoidedVote.sign_id == sign_id, VoidedVote.restored_at.is_(None))
        .order_by(VoidedVote.id)
    )
    return list(db.session.execute(locked(statement) if hold else statement))


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield values some at a time: a statement holds only so many."""
    left = iter(values)
    while some := list(islice(left, CHUNK)):
        yield some


def _write(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
