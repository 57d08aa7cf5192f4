"""What admins read of the members: the list with its search, and one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import shown_name, unless_former
from talking_together.accounts.models import Member, MemberGroup
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.organisations.models import Organisation

PAGE_SIZE = 50
MAX_SEARCH = 100

_COLUMNS = (
    Member.id,
    Member.name,
    Member.email,
    Member.sign_in_name,
    Member.job_title,
    Member.role,
    Member.is_active,
    Member.joined_at,
    Member.deactivated_at,
    Member.awaiting_approval,
    Member.shown_as_former,
    Member.photo_key,
    Member.organisation_id,
    Organisation.short_name.label("organisation_short_name"),
)
# A list is read by chance, so it shows a former colleague as everybody sees them; who looks for a
# name or an address still finds them, and their own page says who they were.
_LISTED = (
    Member.id,
    shown_name(Member).label("name"),
    unless_former(Member, Member.email).label("email"),
    unless_former(Member, Member.sign_in_name).label("sign_in_name"),
    Member.role,
    Member.is_active,
    Member.awaiting_approval,
    Member.joined_at,
    Member.shown_as_former,
    unless_former(Member, Member.organisation_id).label("organisation_id"),
    unless_former(Member, Organisation.short_name).label("organisation_short_name"),
)


_STATES = {
    "active": Member.is_active,
    "waiting": Member.awaiting_approval,
    "deactivated": ~Member.is_active & ~Member.awaiting_approval,
}
STATES = tuple(_STATES)


@dataclass(frozen=True, slots=True)
class Search:
    """What the list of members is narrowed by; empty values narrow nothing."""

    text: str = ""
    role: str = ""
    organisation_id: int | None = None
    state: str = ""


def members_found(search: Search, *, after: str | None) -> Page:
    """Return a page of members by name; people from earlier consultations are not among them."""
    statement = _people(_LISTED).order_by(Member.name, Member.id).limit(PAGE_SIZE + 1)
    if words := search.text.strip()[:MAX_SEARCH]:
        statement = statement.where(
            or_(
                *(
                    column.icontains(words, autoescape=True)
                    for column in (Member.name, Member.sign_in_name, Member.email)
                )
            )
        )
    if search.role:
        statement = statement.where(Member.role == search.role)
    if search.organisation_id is not None:
        statement = statement.where(Member.organisation_id == search.organisation_id)
    if search.state:
        statement = statement.where(_STATES[search.state])
    if cursor := decode_cursor(after, (int,)):
        last = aliased(Member)
        name = select(last.name).where(last.id == cursor[0]).scalar_subquery()
        statement = statement.where(tuple_(Member.name, Member.id) > tuple_(name, literal(cursor[0])))
    rows = db.session.execute(statement).all()
    # The name itself could be too long for an address, or hold what no cursor may.
    return page_of(rows, PAGE_SIZE, lambda row: encode_cursor(row.id))


def get_person(member_id: int) -> Row[Any]:
    """Return a member as admins see them; raises NotFound."""
    row: Row[Any] | None = db.session.execute(_people(_COLUMNS).where(Member.id == member_id)).first()
    if row is None:
        raise NotFound()
    return row


def groups_of(member_id: int) -> list[int]:
    """Return the ids of the member's staff groups."""
    return list(db.session.scalars(select(MemberGroup.group_id).where(MemberGroup.member_id == member_id)))


def group_sizes() -> dict[int, int]:
    """Return how many active members each staff group has, by the group's id."""
    rows: Sequence[Any] = db.session.execute(
        select(MemberGroup.group_id, func.count().label("size"))
        .join(Member, Member.id == MemberGroup.member_id)
        .where(Member.is_active)
        .group_by(MemberGroup.group_id)
    ).all()
    return {row.group_id: row.size for row in rows}


def _people(columns: Sequence[Any]) -> Any:
    return (
        select(*columns)
        .outerjoin(Organisation, Organisation.id == Member.organisation_id)
        .where(Member.sign_in_name.is_not(None))
    )
