"""Counting what was given of each reward again, its codes, and what was spent on it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, or_, select

from talking_together.extensions import db
from talking_together.points.models import PointEntry
from talking_together.rewards.draws import recounts as draws
from talking_together.rewards.models import REDEEM, Reward, RewardCode, Voucher
from talking_together.rewards.team_prizes import recounts as team_prizes


def drift() -> Iterator[tuple[str, Any, Any]]:
    """Yield a label, what is kept and what was counted wherever they differ."""
    yield from _given()
    yield from _codes()
    yield from _spent()
    yield from draws.drift()
    yield from team_prizes.drift()


def _given() -> Iterator[tuple[str, int, int]]:
    """A voucher that was cancelled is there for others again, but not one with a sponsor's code."""
    counted = (
        select(func.count())
        .where(
            Voucher.reward_id == Reward.id,
            or_(Voucher.cancelled_at.is_(None), Voucher.sponsor_code.is_not(None)),
        )
        .correlate(Reward)
        .scalar_subquery()
    )
    rows = db.session.execute(select(Reward.id, Reward.given, counted.label("counted")).order_by(Reward.id))
    for row in rows:
        if row.given != row.counted:
            yield f"reward {row.id} given", row.given, row.counted
    codes = select(func.count()).where(RewardCode.reward_id == Reward.id).correlate(Reward).scalar_subquery()
    statement = select(Reward.id, Reward.stock, codes.label("counted")).where(Reward.stock_kind == "codes")
    for row in db.session.execute(statement.order_by(Reward.id)):
        if row.stock != row.counted:
            yield f"reward {row.id} codes", row.stock, row.counted


def _codes() -> Iterator[tuple[str, Any, Any]]:
    """Each code that was taken stands on the voucher that took it, and on no other."""
    on_vouchers = (
        select(Voucher.id, Voucher.sponsor_code, RewardCode.code)
        .outerjoin(RewardCode, RewardCode.voucher_id == Voucher.id)
        .where(func.coalesce(Voucher.sponsor_code, "") != func.coalesce(RewardCode.code, ""))
        .order_by(Voucher.id)
    )
    for row in db.session.execute(on_vouchers):
        # The codes themselves are worth money: none is written down here.
        yield f"voucher {row.id} has its code", row.sponsor_code is not None, row.code is not None


def _spent() -> Iterator[tuple[str, int, int]]:
    """What the ledger says was redeemed is what the vouchers cost that were not cancelled."""
    costs = (
        select(func.coalesce(func.sum(Voucher.cost), 0))
        .where(
            Voucher.reward_id == Reward.id,
            Voucher.kind == REDEEM,
            Voucher.cancelled_at.is_(None),
        )
        .correlate(Reward)
        .scalar_subquery()
    )
    spent = (
        select(PointEntry.reward_id, (-func.sum(PointEntry.points)).label("points"))
        .where(PointEntry.event == "reward redeemed")
        .group_by(PointEntry.reward_id)
        .subquery()
    )
    statement = (
        select(Reward.id, costs.label("costs"), func.coalesce(spent.c.points, 0).label("spent"))
        .outerjoin(spent, spent.c.reward_id == Reward.id)
        .order_by(Reward.id)
    )
    for row in db.session.execute(statement):
        if row.costs != int(row.spent):
            yield f"reward {row.id} points", row.costs, int(row.spent)
