"""Writing comments."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Text, cast, exists, func, insert, literal, select, update
from sqlalchemy.orm import aliased

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values
from talking_together.comments import policies
from talking_together.comments.models import Comment, CommentRevision
from talking_together.comments.paths import DEEPEST, WIDTH, depth_of
from talking_together.core import clock
from talking_together.core.database import dialect_name, locked, next_id
from talking_together.core.errors import Conflict, InvalidInput, MovedMeanwhile, NotFound
from talking_together.core.patient_details import ensure_without_nhs_number
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.following.queries import follows_idea
from talking_together.ideas.co_author_queries import part_column
from talking_together.ideas.counters import COUNTED, count_comment
from talking_together.ideas.mentions import mentioned, mentions_in, render, tell_mentioned
from talking_together.ideas.models import Idea
from talking_together.ideas.policies import ensure_can_comment
from talking_together.ideas.queries import CHALLENGE_DATES, CHALLENGE_OPTIONS, seen_by_given
from talking_together.notifications.services import notify
from talking_together.points import services as points
from talking_together.points.milestone_checks import ask_for_milestones

if TYPE_CHECKING:
    from datetime import datetime

    from talking_together.accounts.viewers import Viewer

MAX_BODY = 10_000


class ParentRemoved(Conflict):
    """The comment that a reply answers was removed meanwhile."""

    message = "The comment you are replying to was removed. Your text is still here."


class ParentMoved(Conflict):
    """The comment that a reply answers went to another idea meanwhile."""

    message = (
        "The conversation that you are replying in moved to another idea meanwhile. Your text is still"
        " here: send it again to add it there."
    )


@dataclass(frozen=True, slots=True)
class Talked:
    """A comment that was written, and how its author's balance moved by it."""

    id: int
    idea_id: int
    idea_title: str
    body_html: str
    comments_count: int
    earned: int
    asks_to_follow: bool = False
    takes_down: bool = True


def add_comment(member: "Viewer", *, idea_id: int, body: str, parent_id: int | None = None) -> Talked:
    """Publish a comment under an idea, or a reply to another, and tell whom it answers."""
    idea = _locked_idea(member, idea_id, parent_id)
    # Asked for once the lock is held: what waited past a closing time is too late.
    at = clock.now()
    ensure_can_comment(member, idea, idea, at)
    if parent_id is not None:
        _ensure_parent(idea, parent_id)
    body = _checked(body)
    mentions = mentions_in(idea.challenge_id, [body])
    html = render(body, mentions)
    comment_id = _insert(member, idea, parent_id, body, html, at)
    count = count_comment(idea, added_at=at)
    _tell(member, idea, comment_id)
    # Who is answered is told of that.
    answered = {idea.comment_author_id if parent_id is not None else idea.author_id}
    ids = mentioned([body], mentions) - answered
    tell_mentioned(member.id, ids, idea_id=idea_id, comment_id=comment_id)
    earned = points.award(
        "comment published",
        member_id=member.id,
        key=_key(comment_id),
        idea_id=idea_id,
        comment_id=comment_id,
    )
    return Talked(
        comment_id,
        idea_id,
        idea.title,
        html,
        count,
        earned,
        asks_to_follow=not idea.follows,
        takes_down=idea.allows_down_votes,
    )


def edit_comment(member: "Viewer", *, comment_id: int, body: str) -> Talked:
    """Change the words of a comment; the earlier ones are kept."""
    idea = locked_idea_of(member, comment_id)
    at = clock.now()
    policies.ensure_can_edit(member, as_comment(idea), idea.status, idea, at)
    body = _checked(body)
    if body != idea.comment_body:
        mentions = mentions_in(idea.challenge_id, [body, idea.comment_body])
        db.session.execute(
            insert(CommentRevision).values(
                comment_id=comment_id, body_source=idea.comment_body, replaced_at=at
            )
        )
        _update(comment_id, body_source=body, body_html=render(body, mentions), edited_at=at)
        ids = mentioned([body], mentions) - mentioned([idea.comment_body], mentions)
        tell_mentioned(member.id, ids, idea_id=idea.id, comment_id=comment_id)
    return _talked(idea, comment_id, idea.comments_count)


def delete_comment(member: "Viewer", *, comment_id: int) -> Talked:
    """Remove a comment from sight, and take back what it earned; it can be brought back."""
    idea = locked_idea_of(member, comment_id)
    at = clock.now()
    policies.ensure_can_edit(member, as_comment(idea), idea.status, idea, at)
    _update(comment_id, deleted_at=at)
    count = count_comment(idea, removed_at=idea.comment_created_at)
    moved = points.take_back([_key(comment_id), thanked_key(comment_id)])
    if not moved:
        # Thanks that earned nothing made a milestone all the same.
        ask_for_milestones([member.id])
    return _talked(idea, comment_id, count, moved.get(member.id, 0))


def restore_comment(member: "Viewer", *, comment_id: int) -> Talked:
    """Bring back a comment that its author deleted; it earns nothing a second time."""
    idea = locked_idea_of(member, comment_id)
    policies.ensure_can_restore(member, as_comment(idea), idea.status, idea, clock.now())
    _update(comment_id, deleted_at=None)
    count = count_comment(idea, added_at=idea.comment_created_at)
    # Thanks for it stand again, though they earn nothing more.
    ask_for_milestones([member.id])
    return _talked(idea, comment_id, count)


def _talked(idea: Row[Any], comment_id: int, count: int, earned: int = 0) -> Talked:
    return Talked(comment_id, idea.id, idea.title, "", count, earned)


@dataclass(frozen=True, slots=True)
class _AsComment:
    author_id: int | None
    deleted_at: "datetime | None"


def as_comment(row: Row[Any]) -> _AsComment:
    """Return the comment of a locked idea's row, as policies look at one."""
    return _AsComment(row.comment_author_id, row.comment_deleted_at)


def _locked_idea(member: "Viewer", idea_id: int | None, comment_id: int | None) -> Row[Any]:
    """Lock and return an idea that exists for the member, with a comment of it if one is meant."""
    values = {"idea_id": idea_id, "comment_id": comment_id, **viewer_values(member)}
    row: Row[Any] | None = run(_idea_with_comment(is_moderator=member.is_moderator), values).first()
    if row is None:
        raise NotFound()
    return row


@cache
def _idea_with_comment(*, is_moderator: bool) -> Any:
    viewer_id = given("viewer_id", Member.id)
    comment = (Comment.idea_id == Idea.id) & (Comment.id == given("comment_id", Comment.id))
    statement: Any = (
        select(
            *COUNTED,
            Idea.challenge_id,
            Idea.author_id,
            Idea.title,
            Idea.status,
            Idea.co_authors_count,
            part_column(viewer_id),
            follows_idea(Idea.id, viewer_id).label("follows"),
            *CHALLENGE_DATES,
            *CHALLENGE_OPTIONS,
            Comment.id.label("comment_id"),
            Comment.author_id.label("comment_author_id"),
            Comment.path.label("comment_path"),
            Comment.body_source.label("comment_body"),
            Comment.created_at.label("comment_created_at"),
            Comment.deleted_at.label("comment_deleted_at"),
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .outerjoin(Comment, comment)
        .where(Idea.id == given("idea_id", Idea.id), seen_by_given(is_moderator=is_moderator))
    )
    return locked(statement, of=Idea)


def locked_idea_of(member: "Viewer", comment_id: int) -> Row[Any]:
    """Lock and return the idea of a comment, with the comment as it stands under that lock; or NotFound."""
    # A statement of its own: one that waits for a lock sees other tables as before the wait.
    of_comment = select(Comment.idea_id).where(Comment.id == comment_id).scalar_subquery()
    idea_id = db.session.scalar(locked(select(Idea.id).where(Idea.id == of_comment)))
    row = _locked_idea(member, idea_id, comment_id)
    if row.comment_id is None:
        # It went to another idea while we waited; to hold both out of order would block others.
        raise MovedMeanwhile()
    if row.comment_deleted_at is not None and row.comment_author_id != member.id:
        raise NotFound()
    return row


def _ensure_parent(idea: Row[Any], parent_id: int) -> None:
    if idea.comment_id is None:
        of_challenge = select(Idea.challenge_id).where(Idea.id == idea.id).scalar_subquery()
        elsewhere = select(Comment.id).join(Idea, Idea.id == Comment.idea_id)
        if db.session.scalar(elsewhere.where(Comment.id == parent_id, Idea.challenge_id == of_challenge)):
            raise ParentMoved()
        raise NotFound()
    if idea.comment_deleted_at is not None:
        raise ParentRemoved()


def _checked(body: str) -> str:
    body = body.strip()
    if not body:
        raise InvalidInput("Enter your comment", field="body")
    if len(body) > MAX_BODY:
        raise InvalidInput(f"Comment must be {MAX_BODY:,} characters or fewer", field="body")
    ensure_without_nhs_number(body, field="body")
    return body


def _insert(
    member: "Viewer", idea: Row[Any], parent_id: int | None, body: str, html: str, at: "datetime"
) -> int:
    """Add the row in one statement, though its path is made of its own id."""
    above = idea.comment_path if parent_id is not None else None
    values = {
        "line": "".join(f"{part}/" for part in above.split("/")[:DEEPEST]) if above else "",
        "idea_id": idea.id,
        "parent_id": parent_id,
        "author_id": member.id,
        "depth": depth_of(above),
        "body_source": body,
        "body_html": html,
        "created_at": at,
    }
    comment_id: int | None = run(_inserting(dialect_name(), is_reply=parent_id is not None), values).scalar()
    if comment_id is None:
        raise ParentMoved()
    return comment_id


@cache
def _inserting(_dialect: str, *, is_reply: bool) -> Any:
    new = select(next_id(Comment).label("id")).subquery("new")
    number = cast(new.c.id, Text)
    zeros = literal("0" * WIDTH, Text)
    path = given("line", Comment.path) + func.substr(zeros + number, func.length(number) + 1)
    names = ("idea_id", "parent_id", "author_id", "depth", "body_source", "body_html", "created_at")
    values: dict[str, Any] = {name: given(name, getattr(Comment, name)) for name in names}
    values |= {"up_count": literal(0), "down_count": literal(0)}
    row = select(new.c.id, path, *values.values())
    if is_reply:
        # What was read while we waited for the idea's lock tells where the parent stood before.
        above_it = aliased(Comment)
        stands = exists().where(above_it.id == values["parent_id"], above_it.idea_id == values["idea_id"])
        row = row.where(stands)
    return insert(Comment).from_select(["id", "path", *values], row).returning(Comment.id)


def _tell(member: "Viewer", idea: Row[Any], comment_id: int) -> None:
    """Tell the one who is answered: of a reply the comment's author, else the idea's."""
    if idea.comment_author_id is not None and idea.comment_author_id != member.id:
        told, kind = idea.comment_author_id, "reply to your comment"
    else:
        told, kind = idea.author_id, "comment on your idea"
    if told is not None and told != member.id:
        notify(told, kind, fact_key=f"comment:{comment_id}", idea_id=idea.id, comment_id=comment_id)


def _update(comment_id: int, **values: Any) -> None:
    db.session.execute(
        update(Comment)
        .where(Comment.id == comment_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def thanked_key(comment_id: int) -> str:
    """Return the key of what the thanks for a comment earn its author."""
    return f"comment thanked:comment:{comment_id}"


def _key(comment_id: int) -> str:
    return f"comment published:comment:{comment_id}"
