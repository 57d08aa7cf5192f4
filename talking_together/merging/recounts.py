"""Whether merged ideas, merges and credits agree with each other."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from talking_together.comments.models import Comment
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE
from talking_together.merging.models import Merge, MergeCredit
from talking_together.votes.models import IdeaVote

Drift = Iterator[tuple[str, Any, Any]]


def drift() -> Drift:
    """Yield a label, the kept value and the recount wherever the two differ, in five statements."""
    yield from _of_merged_ideas()
    yield from _of_what_is_left()
    yield from _of_circles()
    yield from _of_credits()
    yield from _of_own_votes()


def _of_merged_ideas() -> Drift:
    """An idea is merged where a merge of it stands, into the idea of that merge."""
    statement = (
        select(Idea.id, Idea.status, Idea.merged_into_id, Merge.survivor_id)
        .outerjoin(Merge, and_(Merge.merged_id == Idea.id, Merge.undone_at.is_(None)))
        .where(
            or_(
                Idea.merged_into_id.is_distinct_from(Merge.survivor_id),
                (Idea.status == "merged") != Idea.merged_into_id.is_not(None),
            )
        )
        .order_by(Idea.id)
    )
    for row in db.session.execute(statement):
        yield (
            f"idea {row.id} status, merged_into_id",
            (row.status, row.merged_into_id),
            row.survivor_id,
        )


def _of_what_is_left() -> Drift:
    votes = select(func.count()).where(IdeaVote.idea_id == Idea.id).correlate(Idea).scalar_subquery()
    comments = select(func.count()).where(Comment.idea_id == Idea.id).correlate(Idea).scalar_subquery()
    statement = (
        select(Idea.id, votes.label("votes"), comments.label("comments"))
        .where(Idea.status == "merged", or_(votes > 0, comments > 0))
        .order_by(Idea.id)
    )
    for row in db.session.execute(statement):
        yield f"merged idea {row.id} votes, comments", (row.votes, row.comments), (0, 0)


def _of_circles() -> Drift:
    into = {
        row.id: row.merged_into_id
        for row in db.session.execute(
            select(Idea.id, Idea.merged_into_id).where(Idea.merged_into_id.is_not(None))
        )
    }
    for start in sorted(into):
        seen, here = {start}, into[start]
        while here in into and here not in seen:
            seen.add(here)
            here = into[here]
        if here in seen:
            yield f"idea {start} merged_into_id", into[start], "no circle"


def _of_credits() -> Drift:
    """Who is credited has a merge that stands, and whom a merge credits stands beside the idea."""
    by_merge = (
        select(Merge.survivor_id, MergeCredit.member_id)
        .join(MergeCredit, MergeCredit.merge_id == Merge.id)
        .where(Merge.undone_at.is_(None))
        .distinct()
        .subquery()
    )
    beside = aliased(IdeaCoAuthor)
    pair = and_(by_merge.c.survivor_id == beside.idea_id, by_merge.c.member_id == beside.member_id)
    statement = (
        select(
            func.coalesce(by_merge.c.survivor_id, beside.idea_id).label("idea_id"),
            func.coalesce(by_merge.c.member_id, beside.member_id).label("member_id"),
            beside.state,
            by_merge.c.survivor_id,
        )
        .select_from(by_merge)
        .outerjoin(beside, pair, full=True)
        .where(
            or_(
                and_(by_merge.c.survivor_id.is_(None), beside.state == "credited"),
                and_(
                    by_merge.c.survivor_id.is_not(None),
                    func.coalesce(beside.state, "").not_in(BESIDE),
                ),
            )
        )
    )
    for row in db.session.execute(statement):
        wanted = "credited by a merge" if row.survivor_id is not None else "no merge"
        yield f"idea {row.idea_id} member {row.member_id} beside it", row.state, wanted


def _of_own_votes() -> Drift:
    """Nobody has a vote on an idea of their own."""
    beside = exists().where(
        IdeaCoAuthor.idea_id == IdeaVote.idea_id,
        IdeaCoAuthor.member_id == IdeaVote.member_id,
        IdeaCoAuthor.state.in_(BESIDE),
    )
    statement = (
        select(IdeaVote.idea_id, func.count().label("votes"))
        .join(Idea, Idea.id == IdeaVote.idea_id)
        .where(or_(Idea.author_id == IdeaVote.member_id, beside))
        .group_by(IdeaVote.idea_id)
        .order_by(IdeaVote.idea_id)
    )
    for row in db.session.execute(statement):
        yield f"idea {row.idea_id} votes of who wrote it", row.votes, 0
