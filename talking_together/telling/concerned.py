"""Who is concerned by what happened, and may see it now."""

from typing import Any

from sqlalchemy import Select, case, exists, func, literal, select, union_all
from sqlalchemy.orm import aliased

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import visible_to_member
from talking_together.comments.models import Comment
from talking_together.comments.paths import WIDTH
from talking_together.core import clock
from talking_together.following.models import ChallengeFollow, IdeaFollow
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE
from talking_together.ideas.queries import seen_by_member
from talking_together.merging.models import Merge, MergeFollow, MergeThread, MergeVote
from talking_together.notifications.kinds import STATUS_KINDS
from talking_together.notifications.models import Notification
from talking_together.votes.models import IdeaVote

# The places of `STATUS_KINDS`: of several concerns, the closest is the one that is told.
WROTE, FOLLOWS, COMMENTED, VOTED = range(len(STATUS_KINDS))


def concerned_by_decision(decision: Any, *, authors_only: bool) -> Select[Any]:
    """Select who is told of a decision: everybody concerned but the one who made it."""
    concern = _concern_of(decision.idea_id)
    # While an earlier release still runs, it tells authors itself.
    people = _people(decision, concern).where(~_told_by_key(f"idea decision:{decision.id}"))
    return people.where(concern.c.place == WROTE) if authors_only else people


def concerned_by_merge(decision: Any) -> Select[Any]:
    """Select who followed, commented or voted on an idea that was merged, and wrote neither of the two.

    What they did has gone to the kept idea; the merge has written down whose it was.
    """
    merge = select(Merge.id).where(Merge.decision_id == decision.id).scalar_subquery()
    kept = select(Merge.survivor_id).where(Merge.decision_id == decision.id).scalar_subquery()
    first, comment = aliased(Comment), aliased(Comment)
    in_thread = (
        MergeThread.merge_id == merge,
        first.id == MergeThread.comment_id,
        comment.idea_id == first.idea_id,
        func.substr(comment.path, 1, WIDTH) == first.path,
        comment.deleted_at.is_(None),
    )
    concern = _closest(
        _of(MergeFollow.member_id, FOLLOWS, MergeFollow.merge_id == merge),
        _of(comment.author_id, COMMENTED, *in_thread),
        _of(MergeVote.member_id, VOTED, MergeVote.merge_id == merge, MergeVote.idea_id == decision.idea_id),
    )
    member_id, author = concern.c.member_id, aliased(Idea)
    return _people(decision, concern).where(
        ~exists().where(author.id == kept, author.author_id == member_id),
        ~exists().where(
            IdeaCoAuthor.idea_id == kept,
            IdeaCoAuthor.member_id == member_id,
            IdeaCoAuthor.state.in_(BESIDE),
        ),
    )


def followers_told_of_comment(comment: Any) -> Select[Any]:
    """Select who follows the idea of a comment, but its author and who was told of it already."""
    people: Any = (
        select(IdeaFollow.member_id, literal("comment on an idea you follow").label("kind"))
        .join(Member, Member.id == IdeaFollow.member_id)
        .join(Idea, Idea.id == IdeaFollow.idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(
            IdeaFollow.idea_id == comment.idea_id,
            Idea.listed,
            Member.is_active,
            seen_by_member(clock.now()),
            ~exists().where(
                Notification.comment_id == comment.id, Notification.member_id == IdeaFollow.member_id
            ),
        )
    )
    return people.where(IdeaFollow.member_id != comment.author_id) if comment.author_id else people


def followers_of_challenge(challenge_id: int, kind: str, *, but: int | None = None) -> Select[Any]:
    """Select who follows a challenge and may see it, but the one who did what is told."""
    people: Any = (
        select(ChallengeFollow.member_id, literal(kind).label("kind"))
        .join(Member, Member.id == ChallengeFollow.member_id)
        .join(Challenge, Challenge.id == ChallengeFollow.challenge_id)
        .where(
            ChallengeFollow.challenge_id == challenge_id,
            Member.is_active,
            visible_to_member(clock.now()),
        )
    )
    return people if but is None else people.where(ChallengeFollow.member_id != but)


def _people(decision: Any, concern: Any) -> Select[Any]:
    """Select those of the concerned who may see the idea now, but the one who decided, with the kind."""
    people: Any = (
        select(
            concern.c.member_id,
            case(
                *((concern.c.place == place, literal(kind)) for place, kind in enumerate(STATUS_KINDS[:-1])),
                else_=literal(STATUS_KINDS[-1]),
            ).label("kind"),
        )
        .join(Member, Member.id == concern.c.member_id)
        .join(Idea, Idea.id == decision.idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(Member.is_active, seen_by_member(clock.now()))
    )
    if decision.decided_by is not None:
        people = people.where(concern.c.member_id != decision.decided_by)
    return people


def _concern_of(idea_id: int) -> Any:
    """Return who has to do with an idea, each once, with the closest concern."""
    beside = IdeaCoAuthor.idea_id == idea_id, IdeaCoAuthor.state.in_(BESIDE)
    return _closest(
        _of(Idea.author_id, WROTE, Idea.id == idea_id),
        _of(IdeaCoAuthor.member_id, WROTE, *beside),
        _of(IdeaFollow.member_id, FOLLOWS, IdeaFollow.idea_id == idea_id),
        _of(Comment.author_id, COMMENTED, Comment.idea_id == idea_id, Comment.deleted_at.is_(None)),
        _of(IdeaVote.member_id, VOTED, IdeaVote.idea_id == idea_id),
    )


def _of(member_id: Any, place: int, *conditions: Any) -> Select[Any]:
    return select(member_id.label("member_id"), literal(place).label("place")).where(
        member_id.is_not(None), *conditions
    )


def _closest(*concerns: Select[Any]) -> Any:
    """Return each member once, with the closest of their concerns."""
    every = union_all(*concerns).subquery("every")
    return (
        select(every.c.member_id, func.min(every.c.place).label("place"))
        .group_by(every.c.member_id)
        .subquery("concern")
    )


def _told_by_key(key: str) -> Any:
    return exists().where(Notification.fact_key == key, Notification.member_id == Member.id)
