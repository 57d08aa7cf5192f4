"""Reads of comments. What the viewer may not see does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Row, and_, column, exists, func, or_, select, table
from sqlalchemy import SmallInteger as Value
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
    shown_name,
    within_sentence,
)
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.voting import Options, shown_counts, shows_thumb_down
from talking_together.comments import policies
from talking_together.comments.models import Comment, CommentRevision, CommentThanks
from talking_together.comments.paths import DEEPEST
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE, allowed
from talking_together.ideas.queries import CHALLENGE_DATES, IdeaInFull, seen_by

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 200
MAX_REVISIONS = 100

# Named, not imported: votes are a room above this one.
_votes = table(
    "comment_votes",
    column("comment_id", BigInteger),
    column("member_id", BigInteger),
    column("value", Value),
)
# The highest path below another: every id is written in 19 digits.
_LAST_BELOW = "/9999999999999999999" * DEEPEST


@dataclass(frozen=True, slots=True)
class CommentInThread:
    """A comment as a thread shows it; a deleted one stands only for the replies that hang on it."""

    id: int
    idea_id: int
    parent_id: int | None
    depth: int
    body_html: str
    created_at: datetime
    edited_at: datetime | None
    deleted: bool
    up_count: int | None
    down_count: int | None
    my_vote: int
    takes_down: bool
    can_vote: bool
    can_edit: bool
    can_delete: bool
    can_reply: bool
    thanked: bool
    can_thank: bool
    byline: Byline
    reply_to_name: str | None


def thread_of(
    viewer: "Viewer", idea: IdeaInFull, *, after: str | None, at: datetime, size: int = PAGE_SIZE
) -> Page:
    """Return a page of `CommentInThread`s of an idea the viewer may see, in one statement."""
    cursor = decode_cursor(after, (str,))
    values = {
        "viewer_id": viewer.id,
        "idea_id": idea.id,
        # Every path comes after nothing.
        "after": cursor[0] if cursor else "",
        "rows": size + 1,
    }
    rows = run(_page_of_thread(), values).all()
    page = page_of(rows, size, lambda row: encode_cursor(row.path))
    live = _Live(viewer, idea, idea.challenge, at)
    return Page([live.shown(row) for row in page.rows], page.next_cursor)


def get_shown(viewer: "Viewer", comment_id: int, idea: IdeaInFull, *, at: datetime) -> CommentInThread:
    """Return one comment of an idea as the thread shows it."""
    statement = _thread().where(Comment.id == comment_id)
    row = db.session.execute(statement, {"viewer_id": viewer.id}).first()
    if row is None:
        raise NotFound()
    return _Live(viewer, idea, idea.challenge, at).shown(row)


def get_comment(viewer: "Viewer", comment_id: int) -> Any:
    """Return a comment whose idea the viewer may see, with what its pages and rules need.

    A deleted one exists for its author, who can bring it back, and for nobody else.
    """
    row = db.session.execute(
        select(
            Comment.id,
            Comment.idea_id,
            Comment.author_id,
            Comment.path,
            Comment.depth,
            Comment.body_source,
            Comment.body_html,
            Comment.created_at,
            Comment.edited_at,
            Comment.deleted_at,
            Idea.title,
            Idea.status,
            *CHALLENGE_DATES,
            *byline_columns(),
        )
        .join(Idea, Idea.id == Comment.idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .outerjoin(Author, Author.id == Comment.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(
            Comment.id == comment_id,
            seen_by(viewer),
            or_(Comment.deleted_at.is_(None), Comment.author_id == viewer.id),
        )
    ).first()
    if row is None:
        raise NotFound()
    return row


def page_with(comment: Any, *, size: int = PAGE_SIZE) -> str | None:
    """Return the cursor of a page of its thread that shows the comment; None for the first."""
    paths = list(
        db.session.scalars(
            select(Comment.path)
            .where(Comment.idea_id == comment.idea_id, Comment.path <= comment.path)
            .order_by(Comment.path.desc())
            .limit(size)
        )
    )
    if len(paths) < size:
        return None
    # The page begins with the whole conversation, unless that alone would fill it.
    root = comment.path.split("/")[0]
    before = [path for path in paths if path.split("/")[0] != root]
    return encode_cursor(before[0] if before else paths[-1])


def bodies_before(comment_id: int) -> Sequence[Any]:
    """Return the earlier wordings of a comment, newest first."""
    statement = (
        select(CommentRevision.body_source, CommentRevision.replaced_at)
        .where(CommentRevision.comment_id == comment_id)
        .order_by(CommentRevision.id.desc())
        .limit(MAX_REVISIONS)
    )
    return db.session.execute(statement).all()


_Parent = aliased(Comment, name="parent")
_ParentAuthor = aliased(Member, name="parent_author")


@cache
def _page_of_thread() -> Any:
    return (
        _thread()
        .where(
            Comment.idea_id == given("idea_id", Idea.id),
            Comment.path > given("after", Comment.path),
            or_(Comment.deleted_at.is_(None), _has_standing_replies()),
        )
        .order_by(Comment.path)
        .limit(given("rows", Member.id))
    )


def _thread() -> Any:
    viewer_id = given("viewer_id", Member.id)
    return (
        select(
            Comment.id,
            Comment.idea_id,
            Comment.parent_id,
            Comment.author_id,
            Comment.path,
            Comment.depth,
            Comment.body_html,
            Comment.created_at,
            Comment.edited_at,
            Comment.deleted_at,
            Comment.up_count,
            Comment.down_count,
            func.coalesce(_votes.c.value, 0).label("my_vote"),
            shown_name(_ParentAuthor).label("parent_name"),
            CommentThanks.comment_id.is_not(None).label("thanked"),
            _stands_beside().label("beside"),
            *byline_columns(),
        )
        .outerjoin(Author, Author.id == Comment.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .outerjoin(_votes, and_(_votes.c.comment_id == Comment.id, _votes.c.member_id == viewer_id))
        .outerjoin(CommentThanks, CommentThanks.comment_id == Comment.id)
        # Only a reply that stands beside what it answers needs to say whom it answers.
        .outerjoin(
            _Parent,
            and_(
                _Parent.id == Comment.parent_id,
                _Parent.depth == DEEPEST,
                _Parent.deleted_at.is_(None),
            ),
        )
        .outerjoin(_ParentAuthor, _ParentAuthor.id == _Parent.author_id)
    )


def _stands_beside() -> ColumnElement[bool]:
    """Return the condition that who wrote a comment wrote its idea with the author."""
    return (
        exists()
        .where(
            IdeaCoAuthor.idea_id == Comment.idea_id,
            IdeaCoAuthor.member_id == Comment.author_id,
            IdeaCoAuthor.state.in_(BESIDE),
        )
        .correlate(Comment)
    )


def _has_standing_replies() -> ColumnElement[bool]:
    below = aliased(Comment, name="below")
    return (
        select(below.id)
        .where(
            below.idea_id == Comment.idea_id,
            below.path > Comment.path,
            below.path <= Comment.path + _LAST_BELOW,
            below.deleted_at.is_(None),
        )
        .correlate(Comment)
        .exists()
    )


class _Live:
    """What the viewer may do to the comments of one idea, worked out once for the page."""

    def __init__(self, viewer: "Viewer", idea: IdeaInFull, challenge: Options, at: datetime) -> None:
        self.viewer, self.idea, self.challenge, self.at = viewer, idea, challenge, at
        self.takes_replies = allowed(viewer, idea, challenge, at).comment

    def shown(self, row: Row[Any]) -> CommentInThread:
        """Return a row as the thread shows it."""
        deleted = row.deleted_at is not None
        counts = shown_counts(
            self.viewer,
            self.challenge,
            up=row.up_count,
            down=row.down_count,
            my_vote=row.my_vote,
            at=self.at,
        )
        may = (self.viewer, row, self.idea.status, self.challenge, self.at)
        can_edit = policies.can_edit(*may)
        return CommentInThread(
            id=row.id,
            idea_id=row.idea_id,
            parent_id=row.parent_id,
            depth=row.depth,
            body_html="" if deleted else row.body_html,
            created_at=row.created_at,
            edited_at=row.edited_at,
            deleted=deleted,
            up_count=counts.up,
            down_count=counts.down,
            my_vote=row.my_vote,
            takes_down=shows_thumb_down(self.challenge, my_vote=row.my_vote),
            can_vote=policies.can_vote(*may),
            can_edit=can_edit,
            can_delete=can_edit,
            can_reply=self.takes_replies and not deleted,
            thanked=row.thanked,
            can_thank=policies.can_thank(
                self.viewer, row, self.idea, self.challenge, self.at, beside=row.beside
            ),
            byline=byline_of(row),
            reply_to_name=within_sentence(row.parent_name) if row.parent_name else None,
        )
