"""The register of gifts: who was given what by whom, as it was on that day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select, tuple_

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, moment_in, page_of
from talking_together.extensions import db
from talking_together.organisations.models import Organisation, StaffGroup
from talking_together.orm import UTCDateTime
from talking_together.rewards.eligibility import had_a_hand_in
from talking_together.rewards.gift_policies.queries import counts_for_person
from talking_together.rewards.models import GiftPolicy, Voucher
from talking_together.rewards.policies import MOST_UNTAXED_PENCE
from talking_together.rewards.vouchers.policies import CANCELLED, EXPIRED, GOOD, USED
from talking_together.rewards.vouchers.terms import TAX_YEAR_BEGINS

PAGE_SIZE = 100
READ_AT_ONCE = 1000
STATES = (GOOD, USED, EXPIRED, CANCELLED)
# From this share of the ceiling on, in per cent, somebody is near it.
NEAR = 80
MOST_NEAR = 200


@dataclass(frozen=True, slots=True)
class Filter:
    """What the register is narrowed by; None and the empty text narrow nothing."""

    tax_year: int | None = None
    organisation_id: int | None = None
    sponsor_id: int | None = None
    state: str = ""

    @property
    def chosen(self) -> Mapping[str, str]:
        """Return what was chosen as it stands in an address."""
        values = {
            "tax-year": str(self.tax_year or "all"),
            "organisation": str(self.organisation_id or ""),
            "donor": str(self.sponsor_id or ""),
            "state": self.state,
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Totals:
    """What the gifts that were found come to; those cancelled are only in `count`."""

    count: int
    standing: int
    pence: int
    used: int
    above_untaxed: int


def gifts_found(wanted: Filter, *, after: str | None, size: int = PAGE_SIZE) -> Page:
    """Return a page of the gifts that the filter leaves, the latest first."""
    statement = (
        select(
            Voucher.id,
            Voucher.given_at,
            Voucher.tax_year,
            Voucher.donor,
            Voucher.reward_title,
            Voucher.kind,
            Voucher.face_value_pence,
            Voucher.cost,
            Voucher.member_id,
            Voucher.organisation_name,
            Voucher.expires_at,
            Voucher.used_at,
            Voucher.cancelled_at,
            Voucher.cancel_reason,
            shown_name(Member).label("person"),
            StaffGroup.name.label("group_name"),
            had_a_hand_in(Voucher.member_id, Voucher.reward_id, until=Voucher.given_at).label(
                "set_up_by_them"
            ),
        )
        .join(Member, Member.id == Voucher.member_id)
        .outerjoin(StaffGroup, StaffGroup.id == Voucher.group_id)
        .where(*_conditions(wanted))
        .order_by(Voucher.given_at.desc(), Voucher.id.desc())
        .limit(size + 1)
    )
    if cursor := decode_cursor(after, (str, int)):
        last = tuple_(literal(moment_in(cursor[0]), UTCDateTime()), literal(cursor[1]))
        statement = statement.where(tuple_(Voucher.given_at, Voucher.id) < last)
    rows = db.session.execute(statement).all()
    return page_of(rows, size, lambda row: encode_cursor(row.given_at.isoformat(), row.id))


def all_gifts(wanted: Filter) -> Iterator[Any]:
    """Yield every gift that the filter leaves, read a batch at a time, for a file."""
    page = gifts_found(wanted, after=None, size=READ_AT_ONCE)
    yield from page.rows
    while page.next_cursor:
        page = gifts_found(wanted, after=page.next_cursor, size=READ_AT_ONCE)
        yield from page.rows


def totals_of(wanted: Filter) -> Totals:
    """Return what the gifts that the filter leaves come to, in pence."""
    stands = Voucher.cancelled_at.is_(None)
    row = db.session.execute(
        select(
            func.count(),
            _count_if(stands),
            func.coalesce(func.sum(case((stands, Voucher.face_value_pence), else_=0)), 0),
            _count_if(Voucher.used_at.is_not(None)),
            _count_if(and_(stands, Voucher.face_value_pence > MOST_UNTAXED_PENCE)),
        ).where(*_conditions(wanted))
    ).one()
    return Totals(*row)


def first_tax_year() -> int | None:
    """Return the tax year of the first gift of all, or None."""
    return db.session.scalar(select(Voucher.tax_year).order_by(Voucher.given_at, Voucher.id).limit(1))


def people_near_ceiling(tax_year: int, *, organisation_id: int | None = None) -> Sequence[Any]:
    """Return who was given at least four fifths of what their organisation allows in a tax year.

    Each with name, organisation, ceiling and sum in pence, and per cent; the nearest first, at most
    `MOST_NEAR`. It is the organisation that they belong to now whose ceiling holds.
    """
    had = func.sum(Voucher.face_value_pence)
    # In whole per cent; whatever was had where nothing is allowed is too much.
    share = case((GiftPolicy.ceiling_pence == 0, 100), else_=had * 100 // GiftPolicy.ceiling_pence)
    statement = (
        select(
            Member.id,
            shown_name(Member).label("person"),
            Organisation.name.label("organisation"),
            GiftPolicy.ceiling_pence,
            had.label("had_pence"),
            share.label("share"),
        )
        .join(Member, Member.id == Voucher.member_id)
        .join(GiftPolicy, GiftPolicy.organisation_id == Member.organisation_id)
        .join(Organisation, Organisation.id == Member.organisation_id)
        .where(*_of_tax_year(tax_year), counts_for_person(), GiftPolicy.ceiling_pence.is_not(None))
        .group_by(Member.id, Organisation.name, GiftPolicy.ceiling_pence)
        .having(had * 100 >= NEAR * GiftPolicy.ceiling_pence)
        .order_by(share.desc(), Member.id)
        .limit(MOST_NEAR)
    )
    if organisation_id is not None:
        statement = statement.where(Member.organisation_id == organisation_id)
    return db.session.execute(statement).all()


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = list(_of_tax_year(wanted.tax_year)) if wanted.tax_year is not None else []
    if wanted.organisation_id is not None:
        conditions.append(Voucher.organisation_id == wanted.organisation_id)
    if wanted.sponsor_id is not None:
        conditions.append(Voucher.sponsor_id == wanted.sponsor_id)
    if wanted.state:
        conditions.append(_is_in(wanted.state, clock.now()))
    return conditions


def _of_tax_year(year: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    # By the moment, of which there are indexes; the tax year of a voucher is that of its moment.
    return Voucher.given_at >= _start_of(year), Voucher.given_at < _start_of(year + 1)


def _start_of(tax_year: int) -> datetime:
    return clock.from_london(datetime.combine(date(tax_year, *TAX_YEAR_BEGINS), time()))


def _is_in(state: str, at: datetime) -> ColumnElement[bool]:
    """Return the condition on Voucher that `vouchers.policies.state_of` answers with the state."""
    is_open = and_(Voucher.used_at.is_(None), Voucher.cancelled_at.is_(None))
    return {
        USED: Voucher.used_at.is_not(None),
        CANCELLED: Voucher.cancelled_at.is_not(None),
        EXPIRED: and_(is_open, Voucher.expires_at <= at),
        GOOD: and_(is_open, Voucher.expires_at > at),
    }[state]


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
