"""The triage board: ideas of one challenge or of all, filtered and in an order that an index holds.

For all challenges at once the first rows of each are read along that challenge's index and put in
order together, so that the board costs the same whatever the challenges hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
    shown_name,
)
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.ideas.co_author_queries import part_column
from talking_together.ideas.models import Idea, IdeaDecision, IdeaNote, IdeaTag
from talking_together.ideas.policies import BESIDE
from talking_together.ideas.statuses import LISTED
from talking_together.moderation.wanted import Wanted
from talking_together.orm import UTCDateTime

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 50
# Each is a range of its index; beyond so many, one walk over all of them is cheaper.
MOST_RANGES = 40
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_Owner = aliased(Member, name="owner")


@dataclass(frozen=True, slots=True)
class BoardRow:
    """An idea as the board shows it; `last_decision` is 0 where none was made."""

    id: int
    title: str
    status: str
    published_at: datetime | None
    up_count: int
    down_count: int
    comments_count: int
    challenge_id: int
    challenge_title: str
    theme_name: str | None
    owner_name: str | None
    due_at: datetime | None
    is_overdue: bool
    is_answered: bool
    notes_count: int
    last_decision: int
    byline: Byline


class _Order(NamedTuple):
    """The columns to sort by, in which direction, and what only ideas of this order have."""

    columns: tuple[Any, Any]
    descending: bool = True
    only: ColumnElement[bool] | None = None


_UNANSWERED = Idea.answered_at.is_(None)
_OWED = and_(Idea.answer_due_at.is_not(None), _UNANSWERED)
_ORDERS = {
    "oldest": _Order((Idea.published_at, Idea.id), False, _UNANSWERED),
    "votes": _Order((Idea.votes_count, Idea.shuffle_key)),
    "trending": _Order((Idea.trending, Idea.id)),
    "new": _Order((Idea.published_at, Idea.id)),
    "discussed": _Order((Idea.comments_count, Idea.id)),
    "due": _Order((Idea.answer_due_at, Idea.id), False, _OWED),
}
# What is not listed need not have been published.
_UNLISTED = _Order((Idea.created_at, Idea.id))


def ideas_on_board(
    moderator: "Viewer",
    wanted: Wanted,
    challenge_ids: Sequence[int],
    *,
    after: str | None = None,
    size: int = PAGE_SIZE,
    at: datetime,
) -> Page:
    """Return a page of `BoardRow`s of the challenges, in one statement."""
    order = _UNLISTED if wanted.status and wanted.status not in LISTED else _ORDERS[wanted.sort]
    where = [*_conditions(moderator, wanted, at), *_beyond(order, after)]
    ids = _first_ids(order, where, challenge_ids, size + 1)
    rows = run(_in_full(order).join(ids, ids.c.id == Idea.id), {"moderator_id": moderator.id}).all()
    page = page_of(rows, size, lambda row: encode_cursor(_to_cursor(row.sorted_by), row.then_by))
    return Page([_board_row(row, at) for row in page.rows], page.next_cursor)


def themes_of(challenge_id: int | None) -> Sequence[Any]:
    """Return id and name of the themes of a challenge, by name."""
    if challenge_id is None:
        return []
    return db.session.execute(
        select(ChallengeTheme.id, ChallengeTheme.name)
        .where(ChallengeTheme.challenge_id == challenge_id)
        .order_by(func.lower(ChallengeTheme.name))
    ).all()


def _conditions(moderator: "Viewer", wanted: Wanted, at: datetime) -> list[ColumnElement[bool]]:
    """Return what the filters ask for."""
    found: list[Any] = [Idea.listed if wanted.status is None or wanted.status in LISTED else ~Idea.listed]
    if wanted.status is not None:
        found.append(Idea.status == wanted.status)
    if wanted.theme_id is not None:
        found.append(Idea.theme_id == wanted.theme_id)
    if wanted.owner == "nobody":
        found.append(and_(_OWED, Idea.answer_owner_id.is_(None)))
    elif wanted.owner:
        owner_id = moderator.id if wanted.owner == "me" else int(wanted.owner)
        found.append(Idea.answer_owner_id == owner_id)
    if wanted.unanswered:
        found.append(_UNANSWERED)
    if wanted.overdue:
        found.append(and_(_OWED, Idea.answer_due_at <= at))
    if wanted.tag:
        found.append(exists().where(IdeaTag.idea_id == Idea.id, IdeaTag.tag == wanted.tag).correlate(Idea))
    if wanted.text:
        found.append(_with_text(wanted.text))
    return found


def _with_text(text: str) -> ColumnElement[bool]:
    words = [func.lower(Idea.title).contains(word.lower(), autoescape=True) for word in text.split()]
    return or_(and_(*words), Idea.id == int(text)) if text.isdecimal() and len(text) < 10 else and_(*words)


def _beyond(order: _Order, after: str | None) -> list[ColumnElement[bool]]:
    """Return the condition that an idea comes after the last one shown, and the order's own."""
    found = [] if order.only is None else [order.only]
    column, then = order.columns
    kind = float if column is Idea.trending else int
    if cursor := decode_cursor(after, (kind, int)):
        last = literal(_from_cursor(column, cursor[0]), column.type)
        here, there = tuple_(column, then), tuple_(last, literal(cursor[1], BigInteger))
        found.append(here < there if order.descending else here > there)
    return found


def _first_ids(
    order: _Order, where: Sequence[ColumnElement[bool]], challenge_ids: Sequence[int], rows: int
) -> Any:
    """Return the subquery of the ids that come first, from a range of each challenge's index."""
    if not challenge_ids:
        return select(Idea.id).where(false()).subquery("first")
    column, then = order.columns
    groups: list[Any]
    if column is Idea.answer_due_at:
        # What is owed an answer has one index for all challenges; the sum keeps others out of it.
        groups = [(Idea.challenge_id + 0).in_(challenge_ids)]
    elif len(challenge_ids) <= MOST_RANGES:
        groups = [Idea.challenge_id == id for id in challenge_ids]
    else:
        groups = [Idea.challenge_id.in_(challenge_ids)]
    parts = []
    for idea in groups:
        part = select(Idea.id, column.label("sorted_by"), then.label("then_by")).where(idea, *where)
        parts.append(_sorted(part, column, then, order).limit(rows).subquery())
    if len(parts) == 1:
        return parts[0]
    together = union_all(*(select(part) for part in parts)).subquery("together")
    first = select(together.c.id)
    return _sorted(first, together.c.sorted_by, together.c.then_by, order).limit(rows).subquery("first")


def _sorted(statement: Select[Any], column: Any, then: Any, order: _Order) -> Select[Any]:
    if order.descending:
        return statement.order_by(column.desc(), then.desc())
    return statement.order_by(column, then)


@cache
def _in_full(order: _Order) -> Any:
    column, then = order.columns
    moderator_id = given("moderator_id", Member.id)
    part = part_column(moderator_id)
    notes = select(func.count()).where(IdeaNote.idea_id == Idea.id).correlate(Idea).scalar_subquery()
    last = (
        select(func.max(IdeaDecision.id))
        .where(IdeaDecision.idea_id == Idea.id, IdeaDecision.undone_at.is_(None))
        .correlate(Idea)
        .scalar_subquery()
    )
    statement: Any = (
        select(
            Idea.id,
            Idea.title,
            Idea.status,
            Idea.listed,
            Idea.published_at,
            Idea.up_count,
            Idea.down_count,
            Idea.comments_count,
            Idea.challenge_id,
            Idea.answer_due_at,
            Idea.answered_at,
            Challenge.title.label("challenge_title"),
            ChallengeTheme.name.label("theme_name"),
            case((Idea.answer_owner_id.is_not(None), shown_name(_Owner))).label("owner_name"),
            # Notes are not for who wrote the idea, who may moderate too.
            case((or_(Idea.author_id == moderator_id, part.in_(BESIDE)), 0), else_=notes).label(
                "notes_count"
            ),
            func.coalesce(last, 0).label("last_decision"),
            column.label("sorted_by"),
            then.label("then_by"),
            *byline_columns(),
        )
        .select_from(Idea)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .outerjoin(ChallengeTheme, ChallengeTheme.id == Idea.theme_id)
        .outerjoin(_Owner, _Owner.id == Idea.answer_owner_id)
        .outerjoin(Author, Author.id == Idea.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
    )
    return _sorted(statement, column, then, order)


def _board_row(row: Row[Any], at: datetime) -> BoardRow:
    is_owed = row.listed and row.answered_at is None
    return BoardRow(
        id=row.id,
        title=row.title,
        status=row.status,
        published_at=row.published_at,
        up_count=row.up_count,
        down_count=row.down_count,
        comments_count=row.comments_count,
        challenge_id=row.challenge_id,
        challenge_title=row.challenge_title,
        theme_name=row.theme_name,
        owner_name=row.owner_name,
        due_at=row.answer_due_at if is_owed else None,
        is_overdue=is_owed and row.answer_due_at is not None and row.answer_due_at <= at,
        is_answered=row.answered_at is not None,
        notes_count=row.notes_count,
        last_decision=row.last_decision,
        byline=byline_of(row),
    )


def _to_cursor(value: Any) -> Any:
    return (value - _ZERO) // _MICROSECOND if isinstance(value, datetime) else value


def _from_cursor(column: Any, value: Any) -> Any:
    if not isinstance(column.type, UTCDateTime):
        return value
    try:
        return _ZERO + value * _MICROSECOND
    except OverflowError:
        raise NotFound() from None
