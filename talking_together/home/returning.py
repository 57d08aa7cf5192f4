"""What a member finds on their first page when they come back: one statement for each part."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    byline_columns,
    byline_of,
)
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values, visible_to_given
from talking_together.comments.models import Comment
from talking_together.core.statements import given, run
from talking_together.drafts.models import KeptDraft
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.ideas.queries import seen_by_given
from talking_together.ideas.services import kept_key
from talking_together.merging.models import MergeProposal
from talking_together.notifications.kinds import TABLE, Sentence
from talking_together.notifications.models import Notification
from talking_together.notifications.paths import path_of
from talking_together.notifications.queries import answer_column, passed_over_column
from talking_together.rewards.models import Reward

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

# What joining and a profile earn.
_POINTS_OF_A_BEGINNER = 60
_KEPT = kept_key(0).removesuffix("0")


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened since the member looked last, in words, with where it leads."""

    sentence: Sentence
    path: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A draft of the member, or changes to an idea that they typed and did not save."""

    id: int
    title: str
    is_draft: bool
    changed_at: datetime
    challenge_title: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a moderator."""

    owed: int
    overdue: int
    approvals: int
    proposals: int

    @property
    def anything(self) -> bool:
        """Return whether anything waits."""
        return bool(self.owed or self.approvals or self.proposals)


def is_beginner(viewer: "Viewer") -> bool:
    """Return whether the member has not taken part yet, as far as their points tell."""
    return not viewer.is_moderator and viewer.points <= _POINTS_OF_A_BEGINNER


def news_for(viewer: "Viewer", *, most: int) -> list[News]:
    """Return what the member has been told and not read, as far as it exists for them, newest first.

    Nothing is read for one whose bell, which was counted with them, says that there is nothing.
    """
    if not viewer.unread_count:
        return []
    rows = run(_news(is_moderator=viewer.is_moderator), {"most": most, **viewer_values(viewer)})
    return [_news_from(row) for row in rows]


@cache
def _news(*, is_moderator: bool) -> Any:
    # A comment without an author has nobody to name, whoever told of it.
    by = case((Notification.comment_id.is_not(None), Comment.author_id), else_=Notification.by_id)
    return (
        select(
            Notification.kind,
            Notification.at,
            Notification.idea_id,
            Notification.comment_id,
            Notification.reward_id,
            Notification.voucher_id,
            Reward.title.label("reward_title"),
            Idea.title.label("idea_title"),
            func.coalesce(IdeaDecision.to_status, Idea.status).label("status"),
            answer_column(),
            passed_over_column(),
            Challenge.id.label("challenge_id"),
            Challenge.title.label("challenge_title"),
            *byline_columns(),
        )
        .select_from(Notification)
        .outerjoin(Idea, Idea.id == Notification.idea_id)
        .outerjoin(Challenge, Challenge.id == func.coalesce(Idea.challenge_id, Notification.challenge_id))
        .outerjoin(Reward, Reward.id == Notification.reward_id)
        .outerjoin(Comment, Comment.id == Notification.comment_id)
        .outerjoin(IdeaDecision, IdeaDecision.id == Notification.decision_id)
        .outerjoin(Author, Author.id == by)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(
            Notification.member_id == given("viewer_id", Member.id),
            Notification.read_at.is_(None),
            or_(
                # About a reward, or nothing but the member.
                and_(Notification.idea_id.is_(None), Notification.challenge_id.is_(None)),
                and_(Notification.idea_id.is_(None), visible_to_given(is_moderator=is_moderator)),
                seen_by_given(is_moderator=is_moderator),
            ),
            # Taken back by its author.
            Comment.deleted_at.is_(None),
        )
        .order_by(Notification.id.desc())
        .limit(given("most", Notification.id))
    )


def unfinished_of(viewer: "Viewer", *, most: int) -> list[Unfinished]:
    """Return what the member began to write and left, the latest first."""
    rows = run(_unfinished(is_moderator=viewer.is_moderator), {"most": most, **viewer_values(viewer)})
    return [
        Unfinished(row.id, row.title, bool(row.is_draft), row.changed_at, row.challenge_title) for row in rows
    ]


@cache
def _unfinished(*, is_moderator: bool) -> Any:
    viewer_id = given("viewer_id", Member.id)
    moment = Idea.created_at.type
    columns = (Idea.id, Idea.title, Challenge.title.label("challenge_title"))
    drafts = (
        select(
            *columns,
            literal(1).label("is_draft"),
            func.coalesce(Idea.edited_at, Idea.created_at, type_=moment).label("changed_at"),
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(
            Idea.author_id == viewer_id, Idea.status == "draft", visible_to_given(is_moderator=is_moderator)
        )
    )
    of_idea = case(
        (
            and_(KeptDraft.key.startswith(_KEPT), KeptDraft.key != f"{_KEPT}new"),
            cast(func.substr(KeptDraft.key, len(_KEPT) + 1), BigInteger),
        ),
        else_=null(),
    )
    edits = (
        select(*columns, literal(0).label("is_draft"), KeptDraft.saved_at.label("changed_at"))
        .select_from(KeptDraft)
        .join(Idea, Idea.id == of_idea)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(KeptDraft.member_id == viewer_id, seen_by_given(is_moderator=is_moderator))
    )
    both = union_all(drafts, edits).subquery("unfinished")
    return select(*both.c).order_by(both.c.changed_at.desc(), both.c.id).limit(given("most", Idea.id))


def waiting_for(moderator: "Viewer", *, at: datetime) -> Waiting:
    """Return what waits for the moderator: answers that they owe, and what any moderator may settle."""
    row = run(_WAITING, {"viewer_id": moderator.id, "at": at}).one()
    return Waiting(row.owed, row.overdue, row.approvals, row.proposals)


def _count(*conditions: Any) -> Any:
    return select(func.count()).where(*conditions).scalar_subquery()


_OWED = (
    Idea.answer_owner_id == given("viewer_id", Member.id),
    Idea.answer_due_at.is_not(None),
    Idea.answered_at.is_(None),
    Idea.listed,
)
_WAITING = select(
    _count(*_OWED).label("owed"),
    _count(*_OWED, Idea.answer_due_at <= given("at", Idea.created_at)).label("overdue"),
    _count(Idea.status == literal("waiting for approval", String)).label("approvals"),
    _count(MergeProposal.state == literal("open", String)).label("proposals"),
)


def _news_from(row: Any) -> News:
    sentence = TABLE[row.kind].said(
        who=byline_of(row).name if row.author_member_id else "",
        idea=row.idea_title or "",
        challenge=row.challenge_title or "",
        reward=row.reward_title or "",
        status=row.status or "",
        answer=row.answer or "",
        passed_over=bool(row.passed_over),
    )
    path = path_of(row, idea_title=row.idea_title, challenge_title=row.challenge_title)
    return News(sentence, path, row.at)
