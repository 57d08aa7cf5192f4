"""What a sponsor's desk reads: a voucher by its code, and those that were used.

Nothing about whom a voucher was given to is read here: a desk need not know.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, literal, select, tuple_

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, moment_in, page_of
from talking_together.extensions import db
from talking_together.orm import UTCDateTime
from talking_together.rewards.desk.months import Month
from talking_together.rewards.models import DeskMember, Sponsor, Voucher
from talking_together.rewards.vouchers.codes import read_code
from talking_together.rewards.vouchers.refusals import NotOfThisDesk, UnknownCode

PAGE_SIZE = 50
READ_AT_ONCE = 1000

_USED = (
    Voucher.id,
    Voucher.code,
    Voucher.reward_title,
    Voucher.kind,
    Voucher.face_value_pence,
    Voucher.sponsor_code,
    Voucher.used_at,
    shown_name(Member).label("used_by"),
)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many vouchers were used in a month, and what they are worth together."""

    count: int
    pence: int


def get_desk(member_id: int) -> Row[Any]:
    """Return the sponsor, by id and name, at whose desk a member serves; NotFound for nobody's."""
    row: Any = db.session.execute(
        select(Sponsor.id, Sponsor.name)
        .join(DeskMember, DeskMember.sponsor_id == Sponsor.id)
        .where(DeskMember.member_id == member_id)
    ).first()
    if row is None:
        raise NotFound()
    found: Row[Any] = row
    return found


def get_voucher(desk: Any, typed: str) -> Row[Any]:
    """Return the voucher of the desk's sponsor with a code, as typed or scanned.

    Raises MistypedCode, UnknownCode or NotOfThisDesk.
    """
    row: Row[Any] | None = db.session.execute(
        select(
            *_USED,
            Voucher.sponsor_id,
            Voucher.given_at,
            Voucher.expires_at,
            Voucher.cancelled_at,
            Voucher.used_by_id,
        )
        .outerjoin(Member, Member.id == Voucher.used_by_id)
        .where(Voucher.code == read_code(typed))
    ).first()
    if row is None:
        raise UnknownCode()
    if row.sponsor_id != desk.id:
        raise NotOfThisDesk()
    return row


def used_in(sponsor_id: int, month: Month, *, after: str | None, size: int = PAGE_SIZE) -> Page:
    """Return a page of the sponsor's vouchers that were used in a month, the latest first."""
    statement = _used(sponsor_id, month).limit(size + 1)
    if cursor := decode_cursor(after, (str, int)):
        last = tuple_(literal(moment_in(cursor[0]), UTCDateTime()), literal(cursor[1]))
        statement = statement.where(tuple_(Voucher.used_at, Voucher.id) < last)
    rows = db.session.execute(statement).all()
    return page_of(rows, size, lambda row: encode_cursor(row.used_at.isoformat(), row.id))


def all_used_in(sponsor_id: int, month: Month) -> Iterator[Any]:
    """Yield every voucher of the sponsor that was used in a month, the latest first, for a file."""
    page = used_in(sponsor_id, month, after=None, size=READ_AT_ONCE)
    yield from page.rows
    while page.next_cursor:
        page = used_in(sponsor_id, month, after=page.next_cursor, size=READ_AT_ONCE)
        yield from page.rows


def used_totals(sponsor_id: int, month: Month) -> Totals:
    """Return how many of the sponsor's vouchers were used in a month, and their worth in pence."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Voucher.face_value_pence), 0)).where(
            *_within(sponsor_id, month)
        )
    ).one()
    return Totals(*row)


def first_used_at(sponsor_id: int) -> datetime | None:
    """Return when the first of the sponsor's vouchers was used, or None."""
    return db.session.scalar(select(func.min(Voucher.used_at)).where(Voucher.sponsor_id == sponsor_id))


def staff_of(sponsor_id: int) -> Sequence[Any]:
    """Return everybody who serves or served at a sponsor's desk, by name."""
    return db.session.execute(
        select(
            Member.id,
            shown_name(Member).label("name"),
            Member.email,
            Member.is_active,
            Member.joined_at,
            Member.password_hash.is_not(None).label("has_password"),
        )
        .join(DeskMember, DeskMember.member_id == Member.id)
        .where(DeskMember.sponsor_id == sponsor_id)
        .order_by(func.lower(shown_name(Member)), Member.id)
    ).all()


def desks_of(member_ids: Iterable[int]) -> dict[int, Any]:
    """Return the sponsor, by `sponsor_id` and `name`, of each of the members who serves at a desk."""
    ids = list(member_ids)
    if not ids:
        return {}
    rows = db.session.execute(
        select(DeskMember.member_id, DeskMember.sponsor_id, Sponsor.name)
        .join(Sponsor, Sponsor.id == DeskMember.sponsor_id)
        .where(DeskMember.member_id.in_(ids))
    )
    return {row.member_id: row for row in rows}


def _within(sponsor_id: int, month: Month) -> tuple[Any, ...]:
    return (
        Voucher.sponsor_id == sponsor_id,
        and_(Voucher.used_at >= month.starts_at, Voucher.used_at < month.next.starts_at),
    )


def _used(sponsor_id: int, month: Month) -> Any:
    return (
        select(*_USED)
        .outerjoin(Member, Member.id == Voucher.used_by_id)
        .where(*_within(sponsor_id, month))
        .order_by(Voucher.used_at.desc(), Voucher.id.desc())
    )
