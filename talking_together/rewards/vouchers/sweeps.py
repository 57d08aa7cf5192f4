"""Reminding members of vouchers that expire soon, once each."""

from datetime import timedelta

from sqlalchemy import String, cast, exists, literal, select

from talking_together.core import clock
from talking_together.core.commits import commits_alone
from talking_together.extensions import db
from talking_together.notifications.models import Notification
from talking_together.notifications.services import notify
from talking_together.rewards.models import Voucher

SOON = timedelta(days=3)
# Whoever was given one in these days knows.
KNOWN = timedelta(days=4)
KIND = "voucher expires soon"
BATCH = 200


def remind_of_vouchers() -> int:
    """Tell whose vouchers expire within three days, and return how many were told of."""
    told = 0
    while some := _remind_some():
        told += some
        if some < BATCH:
            break
    return told


@commits_alone
def _remind_some() -> int:
    at = clock.now()
    key = literal(f"{KIND}:") + cast(Voucher.id, String)
    rows = db.session.execute(
        select(Voucher.id, Voucher.reward_id, Voucher.member_id)
        .where(
            Voucher.used_at.is_(None),
            Voucher.cancelled_at.is_(None),
            Voucher.expires_at > at,
            Voucher.expires_at <= at + SOON,
            Voucher.given_at <= at - KNOWN,
            ~exists().where(Notification.fact_key == key),
        )
        .order_by(Voucher.id)
        .limit(BATCH)
    ).all()
    for row in rows:
        notify(
            row.member_id,
            KIND,
            fact_key=f"{KIND}:{row.id}",
            reward_id=row.reward_id,
            voucher_id=row.id,
        )
    return len(rows)
