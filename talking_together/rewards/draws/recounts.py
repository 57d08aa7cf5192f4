"""Counting the numbers of prize draws again, what was spent on them, and what they gave."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, case, cast, exists, func, literal, select

from talking_together.extensions import db
from talking_together.points.entering import REVERSED
from talking_together.points.models import PointEntry
from talking_together.rewards.models import Draw, DrawEntry, DrawWinner, Reward, Voucher
from talking_together.rewards.vouchers.costs import ENTERED


def drift() -> Iterator[tuple[str, Any, Any]]:
    """Yield a label, what is kept and what was counted wherever they differ."""
    standing = func.sum(case((DrawEntry.withdrawn_at.is_(None), 1), else_=0))
    entries = (
        select(
            DrawEntry.reward_id,
            func.max(DrawEntry.number).label("last"),
            func.count().label("count"),
            standing.label("standing"),
        )
        .group_by(DrawEntry.reward_id)
        .subquery()
    )
    spent = (
        select(PointEntry.reward_id, (-func.sum(PointEntry.points)).label("points"))
        .where(PointEntry.event == ENTERED)
        .group_by(PointEntry.reward_id)
        .subquery()
    )
    won = (
        select(func.count(DrawWinner.voucher_id))
        .where(DrawWinner.reward_id == Draw.reward_id)
        .correlate(Draw)
        .scalar_subquery()
    )
    # What the number cost came back with the prize that an admin cancelled. It did not always: what was
    # cancelled before that was the rule stays spent.
    came_back = exists().where(
        PointEntry.event_key
        == literal(f"{ENTERED}:reward:")
        + cast(DrawWinner.reward_id, String())
        + literal(":entry:")
        + cast(DrawWinner.number, String())
        + literal(REVERSED)
    )
    cancelled = (
        select(func.count())
        .select_from(DrawWinner)
        .join(Voucher, Voucher.id == DrawWinner.voucher_id)
        .where(
            DrawWinner.reward_id == Draw.reward_id,
            Voucher.cancelled_at.is_not(None),
            came_back.correlate(DrawWinner),
        )
        .correlate(Draw)
        .scalar_subquery()
    )
    given = (
        select(func.count())
        .where(Voucher.reward_id == Draw.reward_id, Voucher.kind == "draw")
        .correlate(Draw)
        .scalar_subquery()
    )
    statement = (
        select(
            Draw.reward_id,
            func.coalesce(entries.c.last, 0).label("last"),
            func.coalesce(entries.c.count, 0).label("count"),
            ((func.coalesce(entries.c.standing, 0) - cancelled) * Reward.cost).label("costs"),
            func.coalesce(spent.c.points, 0).label("spent"),
            won.label("won"),
            given.label("given"),
        )
        .join(Reward, Reward.id == Draw.reward_id)
        .outerjoin(entries, entries.c.reward_id == Draw.reward_id)
        .outerjoin(spent, spent.c.reward_id == Draw.reward_id)
        .order_by(Draw.reward_id)
    )
    for row in db.session.execute(statement):
        for what, kept, counted in (
            ("numbers", row.last, row.count),
            # What entering costs stays as it is once somebody has entered.
            ("points", int(row.costs), int(row.spent)),
            ("vouchers", row.won, row.given),
        ):
            if kept != counted:
                yield f"draw {row.reward_id} {what}", kept, counted
