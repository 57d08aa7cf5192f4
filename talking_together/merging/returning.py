"""What goes back when a merge is undone: all that it moved, but for what people did since.

The caller holds the locks of both ideas. Where other merges into the same idea stand, the two are
left as they would be had this merge never been: what it kept for them is handed on.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, select, update

from talking_together.comments.models import Comment
from talking_together.comments.paths import WIDTH
from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.following.models import IdeaFollow
from talking_together.ideas.models import IdeaCoAuthor
from talking_together.merging.models import Merge, MergeCredit, MergeFollow, MergeThread, MergeVote
from talking_together.merging.moving import (
    authors_of,
    count_co_authors,
    follows_of,
    insert_follows,
    set_co_author,
    vote_row,
    votes_on,
    with_place,
    write,
)
from talking_together.votes.models import IdeaVote, VoidedVote

CHUNK = 1_000


def other_merges(merge: Any) -> list[Any]:
    """Return the other merges into the same idea that stand, in the order in which they were made."""
    columns = (Merge.id, Merge.merged_id)
    return list(
        db.session.execute(
            select(*columns)
            .where(Merge.survivor_id == merge.survivor_id, Merge.undone_at.is_(None), Merge.id != merge.id)
            .order_by(Merge.id)
        )
    )


def return_credits(merge: Any, others: Sequence[Any]) -> set[int]:
    """Let those whom the merge credited stand as before; return who is an author no more."""
    credits = _credits_of([merge.id])
    elsewhere: dict[int, list[Any]] = {}
    for row in _credits_of([other.id for other in others]):
        elsewhere.setdefault(row.member_id, []).append(row)
    columns = (IdeaCoAuthor.member_id, IdeaCoAuthor.state)
    rows = db.session.execute(select(*columns).where(IdeaCoAuthor.idea_id == merge.survivor_id))
    standing = {row.member_id: row.state for row in rows}
    left = set()
    for row in credits:
        later = next((other for other in elsewhere.get(row.member_id, []) if other.merge_id > merge.id), None)
        before = {"state": row.state, "asked_at": row.asked_at, "settled_at": row.settled_at}
        if later is not None:
            # The next merge that credits them now is the first.
            write(
                update(MergeCredit)
                .where(MergeCredit.merge_id == later.merge_id, MergeCredit.member_id == row.member_id)
                .values(before)
            )
        elif row.state == "credited" or standing.get(row.member_id) != "credited":
            # An earlier merge credits them as well, or they accepted since, and stay.
            continue
        elif row.state is None:
            write(
                delete(IdeaCoAuthor).where(
                    IdeaCoAuthor.idea_id == merge.survivor_id, IdeaCoAuthor.member_id == row.member_id
                )
            )
            left.add(row.member_id)
        else:
            set_co_author(merge.survivor_id, row.member_id, **before)
            left.add(row.member_id)
    count_co_authors(merge.survivor_id)
    return left


def return_votes(
    merge: Any, survivor: Any, merged: Any, others: Sequence[Any], left: Collection[int]
) -> None:
    """Put the recorded votes back; a moved one that was changed or withdrawn since stays so here."""
    kept = list(db.session.execute(select(*_VOTE).where(MergeVote.merge_id == merge.id)))
    standing, wrote = votes_on(survivor.id), authors_of(merged)
    moved = [vote for vote in kept if vote.idea_id == merged.id and vote.fate == "moved"]
    none_here = wrote | _return_voided(merge, moved)
    _insert_votes(
        [
            vote_row(merged.id, vote, moved_from=vote.moved_from)
            for vote in kept
            if vote.idea_id == merged.id and vote.member_id not in none_here
        ]
    )
    freed = _take_off(survivor.id, merged.id, moved, standing)
    _forget_set_aside(survivor.id, merged.id, moved, others)
    _return_own(merge, survivor, [vote for vote in kept if vote.idea_id == survivor.id], others)
    _refill_votes(merge, survivor, others, freed | set(left))


def _return_voided(merge: Any, moved: Sequence[Any]) -> set[int]:
    """Let votes that a moderator set aside since they moved be set aside on the merged idea.

    Return whose they are.
    """
    on_survivor = (
        VoidedVote.kind == "ideas",
        VoidedVote.thing_id == merge.survivor_id,
        VoidedVote.restored_at.is_(None),
    )
    columns = (VoidedVote.id, VoidedVote.member_id, VoidedVote.value, VoidedVote.cast_at)
    rows = db.session.execute(select(*columns, VoidedVote.moved_from).where(*on_survivor))
    voided = {row.member_id: row for row in rows if str(merge.merged_id) in row.moved_from.split(",")}
    whose = set()
    for vote in moved:
        row = voided.get(vote.member_id)
        if row is None:
            continue
        values: dict[str, Any] = {"moved_from": ""}
        if (row.value, row.cast_at) == (vote.value, vote.cast_at):
            whose.add(vote.member_id)
            values = {
                "thing_id": merge.merged_id,
                "moved_from": vote.moved_from,
                "activity": merge.merged_activity,
                "terms": merge.merged_terms,
            }
        write(update(VoidedVote).where(VoidedVote.id == row.id).values(values))
    return whose


def return_follows(merge: Any, others: Sequence[Any]) -> None:
    """Put the recorded follows back; one that was ended or begun anew since stays so here."""
    columns = (MergeFollow.member_id, MergeFollow.since, MergeFollow.fate)
    kept = list(db.session.execute(select(*columns).where(MergeFollow.merge_id == merge.id)))
    standing = follows_of(merge.survivor_id)
    insert_follows(merge.merged_id, {row.member_id: row.since for row in kept})
    freed = {
        row.member_id for row in kept if row.fate == "moved" and standing.get(row.member_id) == row.since
    }
    for some in _chunks(freed):
        write(
            delete(IdeaFollow).where(IdeaFollow.idea_id == merge.survivor_id, IdeaFollow.member_id.in_(some))
        )
    waiting = select(MergeFollow.merge_id, *columns).where(
        MergeFollow.merge_id.in_([other.id for other in others if other.id > merge.id]),
        MergeFollow.fate == "both",
    )
    first: dict[int, Any] = {}
    for row in db.session.execute(waiting.order_by(MergeFollow.merge_id)):
        if row.member_id in freed:
            first.setdefault(row.member_id, row)
    insert_follows(merge.survivor_id, {row.member_id: row.since for row in first.values()})
    for row in first.values():
        _set_fate(MergeFollow, row)


def return_threads(merge: Any) -> None:
    """Move the recorded conversations back, with the replies that were written in them since."""
    began = (
        select(Comment.path)
        .join(MergeThread, MergeThread.comment_id == Comment.id)
        .where(MergeThread.merge_id == merge.id)
    )
    write(
        update(Comment)
        .where(Comment.idea_id == merge.survivor_id, func.substr(Comment.path, 1, WIDTH).in_(began))
        .values(idea_id=merge.merged_id)
    )


_VOTE = (
    MergeVote.merge_id,
    MergeVote.idea_id,
    MergeVote.member_id,
    MergeVote.value,
    MergeVote.cast_at,
    MergeVote.moved_from,
    MergeVote.fate,
)


def _credits_of(merge_ids: Collection[int]) -> list[Any]:
    columns = (
        MergeCredit.merge_id,
        MergeCredit.member_id,
        MergeCredit.state,
        MergeCredit.asked_at,
        MergeCredit.settled_at,
    )
    return list(
        db.session.execute(
            select(*columns)
            .where(MergeCredit.merge_id.in_(merge_ids))
            .order_by(MergeCredit.merge_id, MergeCredit.member_id)
        )
    )


def _take_off(survivor_id: int, merged_id: int, moved: Sequence[Any], standing: dict[int, Any]) -> set[int]:
    """Take the moved votes that are untouched off the survivor; return whose they were."""
    untouched: set[int] = set()
    changed: set[int] = set()
    for vote in moved:
        now = standing.get(vote.member_id)
        if now is not None and str(merged_id) in now.moved_from.split(","):
            same = (now.value, now.cast_at) == (vote.value, vote.cast_at)
            (untouched if same else changed).add(vote.member_id)
    for some in _chunks(untouched):
        write(delete(IdeaVote).where(IdeaVote.idea_id == survivor_id, IdeaVote.member_id.in_(some)))
    # As its owner left it: a vote of its own now, which earns and loses for the survivor alone.
    for some in _chunks(changed):
        write(
            update(IdeaVote)
            .where(IdeaVote.idea_id == survivor_id, IdeaVote.member_id.in_(some))
            .values(moved_from="")
        )
    return untouched


def _forget_set_aside(survivor_id: int, merged_id: int, moved: Sequence[Any], others: Sequence[Any]) -> None:
    """Drop what other merges set aside of the survivor's that was one of the votes gone back."""
    gone_back = {
        (vote.member_id, vote.value, vote.cast_at, with_place(vote.moved_from, merged_id)) for vote in moved
    }
    set_aside = select(*_VOTE).where(
        MergeVote.merge_id.in_([other.id for other in others]), MergeVote.idea_id == survivor_id
    )
    for vote in db.session.execute(set_aside).all():
        if (vote.member_id, vote.value, vote.cast_at, vote.moved_from) in gone_back:
            write(
                delete(MergeVote).where(
                    MergeVote.merge_id == vote.merge_id,
                    MergeVote.idea_id == survivor_id,
                    MergeVote.member_id == vote.member_id,
                )
            )


def _chunks(members: Iterable[int]) -> Iterator[list[int]]:
    """Yield the ids a thousand at a time: a statement holds only so many values."""
    left = iter(sorted(members))
    while some := list(islice(left, CHUNK)):
        yield some


def _return_own(merge: Any, survivor: Any, own: Sequence[Any], others: Sequence[Any]) -> None:
    """Put back the votes on the survivor of those who are not its authors any more."""
    wrote = authors_of(survivor)
    _insert_votes(
        [
            vote_row(survivor.id, vote, moved_from=vote.moved_from)
            for vote in own
            if vote.member_id not in wrote
        ]
    )
    later = {
        row.member_id: row.merge_id
        for row in reversed(_credits_of([other.id for other in others if other.id > merge.id]))
    }
    for vote in own:
        if vote.member_id in later:
            # Another merge credits them still: it is for that one to put the vote back.
            write(
                update(MergeVote)
                .where(
                    MergeVote.merge_id == merge.id,
                    MergeVote.idea_id == survivor.id,
                    MergeVote.member_id == vote.member_id,
                )
                .values(merge_id=later[vote.member_id])
            )


def _refill_votes(merge: Any, survivor: Any, others: Sequence[Any], freed: Collection[int]) -> None:
    """Let votes that other merges had set aside for what this one brought stand in its place."""
    free = set(freed) - authors_of(survivor) - votes_on(survivor.id).keys()
    places = {other.id: other.merged_id for other in others}
    waiting = select(*_VOTE).where(MergeVote.merge_id.in_(places), MergeVote.fate != "moved")
    first: dict[int, Any] = {}
    for vote in db.session.execute(waiting.order_by(MergeVote.merge_id)):
        # What an earlier merge set aside for a vote on both was not for this one's.
        is_due = vote.fate == "own" or vote.merge_id > merge.id
        if vote.member_id in free and vote.idea_id == places[vote.merge_id] and is_due:
            first.setdefault(vote.member_id, vote)
    _insert_votes(
        [
            vote_row(survivor.id, vote, moved_from=with_place(vote.moved_from, vote.idea_id))
            for vote in first.values()
        ]
    )
    for vote in first.values():
        _set_fate(MergeVote, vote, MergeVote.idea_id == vote.idea_id)


def _set_fate(model: Any, row: Any, *more: Any) -> None:
    write(
        update(model)
        .where(model.merge_id == row.merge_id, model.member_id == row.member_id, *more)
        .values(fate="moved")
    )


def _insert_votes(rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(
            insert_into(IdeaVote).on_conflict_do_nothing(index_elements=["idea_id", "member_id"]), rows
        )
