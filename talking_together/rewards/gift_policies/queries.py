"""What organisations' rules on gifts allow."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, func, select

from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.organisations.models import Organisation
from talking_together.rewards.models import TEAM, GiftPolicy, Voucher


class Allowance(NamedTuple):
    """What an organisation allows; `ceiling_pence` None where it sets no ceiling."""

    organisation_id: int
    organisation: str
    opted_out: bool
    ceiling_pence: int | None


def get_allowance(organisation_id: int) -> Allowance:
    """Return what an organisation allows, which is everything until an admin says otherwise; NotFound."""
    row = db.session.execute(_allowances().where(Organisation.id == organisation_id)).first()
    if row is None:
        raise NotFound()
    return Allowance(*row)


def allowances_set() -> Sequence[Row[Any]]:
    """Return the organisations whose rules limit what their people may have, by name."""
    limited = GiftPolicy.opted_out | GiftPolicy.ceiling_pence.is_not(None)
    return db.session.execute(_allowances().where(limited).order_by(func.lower(Organisation.name))).all()


def counts_for_person() -> ColumnElement[bool]:
    """Return the condition on Voucher that it counts against its member's ceiling.

    One that was cancelled was not had; what a staff group won together is nobody's own.
    """
    return and_(Voucher.cancelled_at.is_(None), Voucher.group_id.is_(None), Voucher.kind != TEAM)


def _allowances() -> Any:
    return (
        select(
            Organisation.id,
            Organisation.name,
            func.coalesce(GiftPolicy.opted_out, False).label("opted_out"),
            GiftPolicy.ceiling_pence,
        )
        .select_from(Organisation)
        .outerjoin(GiftPolicy, GiftPolicy.organisation_id == Organisation.id)
    )
