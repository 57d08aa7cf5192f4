"""What members have reached, read from what there is: ideas, votes, thanks, decisions and joins."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, String, and_, cast, exists, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.comments.models import Comment, CommentThanks
from talking_together.core import clock
from talking_together.core.access import ROLES
from talking_together.ideas.models import Idea, IdeaCoAuthor, IdeaDecision
from talking_together.ideas.policies import BESIDE
from talking_together.milestones.kinds import KIND_OF, KINDS
from talking_together.milestones.models import Milestone
from talking_together.votes.models import IdeaVote

# Where an idea stands that was shared and is not taken back: one that was merged lives on in another.
_NOT_SHARED = ("draft", "waiting for approval", "withdrawn", "hidden")
_NONE = cast(null(), BigInteger)


def facts(among: Collection[int] | None = None, *, kinds: Collection[str] = KINDS) -> Any:
    """Return the SELECT of what is reached: one row a member and kind, with its date and what it is about.

    `among` are the members that it is asked of, None for everybody.
    """
    return union_all(*(_reached(kind, among) for kind in kinds))


def differing(*, kinds: Collection[str] = KINDS) -> Any:
    """Return the SELECT of the members whose milestones are not what the facts say, with both dates."""
    found = facts(kinds=kinds).cte("found")
    standing = and_(Milestone.taken_back_at.is_(None), Milestone.kind.in_(kinds))
    same = and_(Milestone.member_id == found.c.member_id, Milestone.kind == found.c.kind)
    columns = Milestone.reached_at.label("kept"), found.c.reached_at.label("counted")
    new = (
        select(found.c.member_id, found.c.kind, *columns)
        .outerjoin(Milestone, and_(same, standing))
        .where(or_(Milestone.member_id.is_(None), Milestone.reached_at != found.c.reached_at))
    )
    gone = (
        select(Milestone.member_id, Milestone.kind, *columns)
        .outerjoin(found, same)
        .where(standing, found.c.member_id.is_(None))
    )
    return union_all(new, gone)


def count_first_votes(member_id: int) -> Any:
    """Return the SELECT of how many ideas had their first vote from the member, where that may be known."""
    return select(func.count()).select_from(_first_votes([member_id]).subquery())


def _reached(kind: str, among: Collection[int] | None) -> Any:
    """Return the rows that complete the milestone: of each member the first, or the tenth."""
    source = _SOURCES[kind](among).subquery()
    ranked = (
        select(
            source,
            func.row_number()
            .over(
                partition_by=source.c.member_id,
                order_by=(source.c.reached_at, source.c.idea_id, source.c.comment_id),
            )
            .label("place"),
        )
        # Who was brought from an earlier consultation is nobody to honour here.
        .join(Member, Member.id == source.c.member_id)
        .where(Member.imported_from.is_(None))
        .subquery()
    )
    return select(
        ranked.c.member_id,
        literal(kind, String).label("kind"),
        ranked.c.reached_at,
        ranked.c.idea_id,
        ranked.c.comment_id,
    ).where(ranked.c.place == KIND_OF[kind].needed)


def _row(member_id: Any, reached_at: Any, idea_id: Any = _NONE, comment_id: Any = _NONE) -> Any:
    return select(
        member_id.label("member_id"),
        reached_at.label("reached_at"),
        idea_id.label("idea_id"),
        comment_id.label("comment_id"),
    )


def _of(member_id: Any, among: Collection[int] | None) -> Any:
    return member_id.is_not(None) if among is None else member_id.in_(among)


def _ideas_shared(among: Collection[int] | None) -> Any:
    return _row(Idea.author_id, Idea.published_at, Idea.id).where(
        _of(Idea.author_id, among), Idea.published_at.is_not(None), Idea.status.not_in(_NOT_SHARED)
    )


def _first_votes(among: Collection[int] | None) -> Any:
    """Return the votes before which none stands on the same idea, where their number may be known."""
    earlier = aliased(IdeaVote)
    is_first = ~exists().where(
        earlier.idea_id == IdeaVote.idea_id,
        or_(
            earlier.cast_at < IdeaVote.cast_at,
            and_(earlier.cast_at == IdeaVote.cast_at, earlier.member_id < IdeaVote.member_id),
        ),
    )
    at = clock.now()
    # That nobody voted before tells a count: see docs/adr/0021-hidden-counts-are-not-read.md.
    may_be_known = or_(
        Challenge.counts_shown != "once closed",
        Challenge.answered_at.is_not(None),
        Challenge.archived_at.is_not(None),
        func.coalesce(Challenge.voting_closes_at, Challenge.closes_at) <= at,
    )
    return (
        _row(IdeaVote.member_id, IdeaVote.cast_at, IdeaVote.idea_id)
        .join(Idea, Idea.id == IdeaVote.idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(_of(IdeaVote.member_id, among), Idea.status != "hidden", may_be_known, is_first)
    )


def _thanked_comments(among: Collection[int] | None) -> Any:
    return (
        _row(Comment.author_id, CommentThanks.at, Comment.idea_id, Comment.id)
        .select_from(CommentThanks)
        .join(Comment, Comment.id == CommentThanks.comment_id)
        .join(Idea, Idea.id == Comment.idea_id)
        .where(_of(Comment.author_id, among), Comment.deleted_at.is_(None), Idea.status != "hidden")
    )


def _ideas_done(among: Collection[int] | None) -> Any:
    """Return the ideas that are done, once people were told, with who had written them by then."""
    done = (
        select(IdeaDecision.idea_id, func.max(IdeaDecision.at).label("at"))
        .where(
            IdeaDecision.to_status == "done",
            # Another answer to what is done makes it done no later.
            IdeaDecision.from_status != "done",
            IdeaDecision.undone_at.is_(None),
            IdeaDecision.told_at.is_not(None),
        )
        .group_by(IdeaDecision.idea_id)
        .subquery("done")
    )
    own = _row(Idea.author_id, done.c.at, Idea.id).join(done, done.c.idea_id == Idea.id)
    beside = (
        _row(IdeaCoAuthor.member_id, done.c.at, Idea.id)
        .select_from(IdeaCoAuthor)
        .join(Idea, Idea.id == IdeaCoAuthor.idea_id)
        .join(done, done.c.idea_id == Idea.id)
        .where(IdeaCoAuthor.state.in_(BESIDE), IdeaCoAuthor.settled_at <= done.c.at)
    )
    return union_all(
        own.where(_of(Idea.author_id, among), Idea.status == "done"),
        beside.where(_of(IdeaCoAuthor.member_id, among), Idea.status == "done"),
    )


def _colleagues(among: Collection[int] | None) -> Any:
    colleague = aliased(Member)
    return _row(colleague.told_by_id, colleague.joined_at).where(
        _of(colleague.told_by_id, among), colleague.is_active, colleague.role.in_(ROLES)
    )


_SOURCES = {
    "first idea": _ideas_shared,
    "first votes": _first_votes,
    "comment helped": _thanked_comments,
    "idea done": _ideas_done,
    "colleague joined": _colleagues,
}
