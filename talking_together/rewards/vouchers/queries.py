"""Reads of vouchers: a member's own, one of them, and what redeeming points would come to."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, case, exists, or_, select, tuple_

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, moment_in, page_of
from talking_together.extensions import db
from talking_together.organisations.models import StaffGroup
from talking_together.rewards.models import MAX_ID, Pledge, Sponsor, Voucher
from talking_together.rewards.vouchers.cases import case_of, ensure_redeemable
from talking_together.rewards.vouchers.policies import (
    GOOD,
    can_cancel_own,
    last_day_of,
    returnable_until,
    state_of,
)
from talking_together.rewards.vouchers.refusals import NotGiven

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """What redeeming points for a reward would come to for a member.

    `number` is the how many-th of it this would be, `left_after` what stays of the balance, `refusal`
    why they cannot have it, in words; `missing` how many points they still need.
    """

    number: int
    cost: int
    left_after: int
    missing: int
    refusal: str

    @property
    def can_be_had(self) -> bool:
        """Return whether a button is of use."""
        return not self.refusal and not self.missing


def offer_of(viewer: "Viewer", reward_id: int) -> Offer:
    """Return what redeeming points for a reward would come to for the viewer; raises NotFound."""
    at = clock.now()
    row = case_of(reward_id, viewer.id, at=at)
    refusal = ""
    try:
        ensure_redeemable(row, at)
    except NotGiven as fact:
        refusal = fact.message
    left = viewer.points - row.cost
    return Offer(row.last_number + 1, row.cost, left, max(0, -left) if row.cost else 0, refusal)


@dataclass(frozen=True, slots=True)
class ShownVoucher:
    """A voucher as its page and the list of them show it."""

    id: int
    code: str
    reward_id: int
    kind: str
    title: str
    donor: str
    cost: int
    sponsor_code: str | None
    sponsor_link: str
    group_name: str | None
    given_at: datetime
    last_day: datetime
    used_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    state: str
    can_cancel: bool
    returnable_until: datetime | None

    @property
    def is_good(self) -> bool:
        """Return whether it can be used now."""
        return self.state == GOOD


def vouchers_of(viewer: "Viewer", *, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of the viewer's vouchers and of those their group won: those still good first."""
    at = clock.now()
    over = or_(Voucher.used_at.is_not(None), Voucher.cancelled_at.is_not(None), Voucher.expires_at <= at)
    keys = (case((over, 0), else_=1), Voucher.given_at, Voucher.id)
    statement = _shown().where(
        Voucher.id.in_(select(Voucher.id).where(Voucher.member_id == viewer.id).union(_of_groups(viewer)))
    )
    if start := decode_cursor(after, (int, str, int)):
        statement = statement.where(tuple_(*keys) < tuple_(start[0], moment_in(start[1]), start[2]))
    rows = db.session.execute(statement.order_by(*(key.desc() for key in keys)).limit(size + 1)).all()
    page = page_of(
        rows,
        size,
        lambda row: encode_cursor(int(state_of(row, at) == GOOD), row.given_at.isoformat(), row.id),
    )
    return Page([_voucher(row, viewer, at) for row in page.rows], page.next_cursor)


def get_own_voucher(viewer: "Viewer", voucher_id: int) -> ShownVoucher:
    """Return the viewer's own voucher, or one that their group won; NotFound for any other."""
    if voucher_id > MAX_ID:
        raise NotFound()
    statement = _shown().where(
        Voucher.id == voucher_id, or_(Voucher.member_id == viewer.id, Voucher.id.in_(_of_groups(viewer)))
    )
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFound()
    return _voucher(row, viewer, clock.now())


def get_voucher(voucher_id: int) -> Row[Any]:
    """Return a voucher with whom it was given to, for admins; raises NotFound."""
    statement = (
        select(
            Voucher.__table__,
            shown_name(Member).label("member_name"),
            StaffGroup.name.label("group_name"),
        )
        .join(Member, Member.id == Voucher.member_id)
        .outerjoin(StaffGroup, StaffGroup.id == Voucher.group_id)
        .where(Voucher.id == voucher_id)
    )
    row = db.session.execute(statement).first() if voucher_id <= MAX_ID else None
    if row is None:
        raise NotFound()
    return row


def _of_groups(viewer: "Viewer") -> Any:
    """Select what staff groups won with the viewer's pledge."""
    pledged = exists().where(
        Pledge.reward_id == Voucher.reward_id,
        Pledge.group_id == Voucher.group_id,
        Pledge.member_id == viewer.id,
        Pledge.returned_at.is_(None),
    )
    rewards = select(Pledge.reward_id).where(Pledge.member_id == viewer.id)
    return select(Voucher.id).where(Voucher.group_id.is_not(None), Voucher.reward_id.in_(rewards), pledged)


def _shown() -> Any:
    return (
        select(
            Voucher.__table__,
            Sponsor.link.label("sponsor_link"),
            StaffGroup.name.label("group_name"),
        )
        .join(Sponsor, Sponsor.id == Voucher.sponsor_id)
        .outerjoin(StaffGroup, StaffGroup.id == Voucher.group_id)
    )


def _voucher(row: Any, viewer: "Viewer", at: datetime) -> ShownVoucher:
    return ShownVoucher(
        id=row.id,
        code=row.code,
        reward_id=row.reward_id,
        kind=row.kind,
        title=row.reward_title,
        donor=row.donor,
        cost=row.cost,
        sponsor_code=row.sponsor_code,
        sponsor_link=row.sponsor_link,
        group_name=row.group_name,
        given_at=row.given_at,
        last_day=last_day_of(row),
        used_at=row.used_at,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        state=state_of(row, at),
        can_cancel=can_cancel_own(viewer.id, row, at),
        returnable_until=returnable_until(row),
    )
