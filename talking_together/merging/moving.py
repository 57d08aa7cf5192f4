"""What a merge moves from one idea to the other, each row written down as it was.

The caller holds the locks of both ideas.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from talking_together.comments.models import Comment
from talking_together.core.database import insert_into
from talking_together.core.statements import run
from talking_together.extensions import db
from talking_together.following.models import IdeaFollow
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE
from talking_together.merging.models import MergeCredit, MergeFollow, MergeThread, MergeVote
from talking_together.votes.models import IdeaVote


@dataclass(frozen=True, slots=True)
class VotesMoved:
    """How many votes moved, and how many people had voted on both, or differently on the two."""

    moved: int
    on_both: int
    differing: int


def authors_of(idea: Any) -> set[int]:
    """Return the ids of those who wrote an idea: its author, co-authors and whom it credits."""
    beside = db.session.scalars(
        select(IdeaCoAuthor.member_id).where(IdeaCoAuthor.idea_id == idea.id, IdeaCoAuthor.state.in_(BESIDE))
    )
    return {*beside, *([idea.author_id] if idea.author_id is not None else [])}


def credit(merge_id: int, survivor: Any, members: Collection[int], at: datetime) -> None:
    """Credit on the survivor those who wrote the merged idea."""
    members = sorted(set(members) - {survivor.author_id})
    columns = (IdeaCoAuthor.member_id, IdeaCoAuthor.state, IdeaCoAuthor.asked_at, IdeaCoAuthor.settled_at)
    beside = {
        row.member_id: row
        for row in db.session.execute(select(*columns).where(IdeaCoAuthor.idea_id == survivor.id))
    }
    kept = []
    for member_id in members:
        was = beside.get(member_id)
        if was is not None and was.state == "accepted":
            continue
        kept.append(
            {
                "merge_id": merge_id,
                "member_id": member_id,
                "state": was.state if was else None,
                "asked_at": was.asked_at if was else None,
                "settled_at": was.settled_at if was else None,
            }
        )
        if was is None or was.state != "credited":
            set_co_author(survivor.id, member_id, state="credited", asked_at=at, settled_at=at)
    insert_all(MergeCredit, kept)
    count_co_authors(survivor.id)


def set_co_author(idea_id: int, member_id: int, **standing: Any) -> None:
    """Let a member stand beside an idea's author as the values say, whether they did before or not."""
    db.session.execute(
        insert_into(IdeaCoAuthor)
        .values(idea_id=idea_id, member_id=member_id, **standing)
        .on_conflict_do_update(index_elements=["idea_id", "member_id"], set_=standing)
    )


def count_co_authors(idea_id: int) -> None:
    """Write how many stand beside an idea's author."""
    counted = select(func.count()).where(IdeaCoAuthor.idea_id == idea_id, IdeaCoAuthor.state.in_(BESIDE))
    write(update(Idea).where(Idea.id == idea_id).values(co_authors_count=counted.scalar_subquery()))


def move_votes(merge_id: int, survivor_id: int, merged_id: int, authors: Collection[int]) -> VotesMoved:
    """Move the votes; those of who wrote either idea, and of who voted on both, are set aside."""
    votes = votes_on(merged_id)
    standing = votes_on(survivor_id)
    own = [standing[member_id] for member_id in authors if member_id in standing]
    fates = {
        member_id: "own" if member_id in authors else "both" if member_id in standing else "moved"
        for member_id in votes
    }
    kept = [vote_kept(merge_id, merged_id, vote, fates[vote.member_id]) for vote in votes.values()]
    kept += [vote_kept(merge_id, survivor_id, vote, "own") for vote in own]
    insert_all(MergeVote, kept)
    write(
        delete(IdeaVote).where(
            or_(
                IdeaVote.idea_id == merged_id,
                (IdeaVote.idea_id == survivor_id) & IdeaVote.member_id.in_(sorted(authors)),
            )
        )
    )
    moved = [vote for vote in votes.values() if fates[vote.member_id] == "moved"]
    insert_all(
        IdeaVote,
        [vote_row(survivor_id, vote, moved_from=with_place(vote.moved_from, merged_id)) for vote in moved],
    )
    both = [vote for vote in votes.values() if fates[vote.member_id] == "both"]
    differing = sum(vote.value != standing[vote.member_id].value for vote in both)
    return VotesMoved(len(moved), len(both), differing)


def votes_on(idea_id: int) -> dict[int, Any]:
    """Return the votes on an idea by who cast them."""
    columns = (IdeaVote.member_id, IdeaVote.value, IdeaVote.cast_at, IdeaVote.moved_from)
    rows = db.session.execute(select(*columns).where(IdeaVote.idea_id == idea_id))
    return {row.member_id: row for row in rows}


def vote_kept(merge_id: int, idea_id: int, vote: Any, fate: str) -> dict[str, Any]:
    """Return the row that keeps a vote as it was."""
    row = vote_row(idea_id, vote, moved_from=vote.moved_from)
    return {"merge_id": merge_id, "fate": fate, **row}


def vote_row(idea_id: int, vote: Any, *, moved_from: str) -> dict[str, Any]:
    """Return the row of a vote on an idea, with the value and time of another row."""
    return {
        "idea_id": idea_id,
        "member_id": vote.member_id,
        "value": vote.value,
        "cast_at": vote.cast_at,
        "moved_from": moved_from,
    }


def with_place(moved_from: str, idea_id: int) -> str:
    """Return the ideas that a vote stood on, with one more."""
    return f"{moved_from},{idea_id}" if moved_from else str(idea_id)


def move_follows(merge_id: int, survivor_id: int, merged_id: int) -> int:
    """Move the followers; who follows both goes on following the survivor. Return how many moved."""
    # Nobody who follows waits for the idea's lock, so what is taken away is what moves.
    taken = delete(IdeaFollow).where(IdeaFollow.idea_id == merged_id)
    follows = db.session.execute(taken.returning(IdeaFollow.member_id, IdeaFollow.since)).all()
    already = follows_of(survivor_id)
    kept = [
        {
            "merge_id": merge_id,
            "member_id": row.member_id,
            "since": row.since,
            "fate": "both" if row.member_id in already else "moved",
        }
        for row in follows
    ]
    insert_all(MergeFollow, kept)
    moved = {row.member_id: row.since for row in follows if row.member_id not in already}
    insert_follows(survivor_id, moved)
    return len(moved)


def insert_follows(idea_id: int, since: dict[int, datetime]) -> None:
    """Let members follow an idea since those moments, unless they do already."""
    if since:
        db.session.execute(
            insert_into(IdeaFollow).on_conflict_do_nothing(index_elements=["idea_id", "member_id"]),
            [{"idea_id": idea_id, "member_id": member_id, "since": at} for member_id, at in since.items()],
        )


def follows_of(idea_id: int) -> dict[int, datetime]:
    """Return since when each follower of an idea follows it."""
    rows = db.session.execute(
        select(IdeaFollow.member_id, IdeaFollow.since).where(IdeaFollow.idea_id == idea_id)
    )
    return {row.member_id: row.since for row in rows}


def move_threads(merge_id: int, survivor_id: int, merged_id: int) -> None:
    """Move the conversations; paths are made of the ids of comments, so that they stay as they are."""
    begun = select(Comment.id).where(Comment.idea_id == merged_id, Comment.depth == 0).order_by(Comment.id)
    insert_all(
        MergeThread,
        [{"merge_id": merge_id, "comment_id": comment_id} for comment_id in db.session.scalars(begun)],
    )
    write(update(Comment).where(Comment.idea_id == merged_id).values(idea_id=survivor_id))


def insert_all(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Insert the rows, if there are any."""
    if rows := list(rows):
        run(insert(model.__table__), rows)


def write(statement: Any) -> None:
    """Run an UPDATE or DELETE that no object of the session knows of."""
    db.session.execute(statement.execution_options(synchronize_session=False))
