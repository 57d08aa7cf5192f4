"""Adding up again what groups pledged, and what the ledger says of it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, select

from talking_together.extensions import db
from talking_together.points.models import PointEntry
from talking_together.rewards.models import Pledge, TeamPrize
from talking_together.rewards.team_prizes.services import EVENT


def drift() -> Iterator[tuple[str, Any, Any]]:
    """Yield a label, what is kept and what was added up wherever they differ."""
    standing = (
        select(Pledge.reward_id, Pledge.group_id, func.sum(Pledge.points).label("points"))
        .where(Pledge.returned_at.is_(None))
        .group_by(Pledge.reward_id, Pledge.group_id)
        .subquery()
    )
    summed = func.coalesce(standing.c.points, 0)
    groups = (
        select(TeamPrize.reward_id, TeamPrize.group_id, TeamPrize.pledged, summed.label("summed"))
        .outerjoin(
            standing,
            and_(standing.c.reward_id == TeamPrize.reward_id, standing.c.group_id == TeamPrize.group_id),
        )
        .where(TeamPrize.pledged != summed)
        .order_by(TeamPrize.reward_id, TeamPrize.group_id)
    )
    for row in db.session.execute(groups):
        yield f"team prize {row.reward_id} of group {row.group_id}", row.pledged, int(row.summed)
    spent = (
        select(PointEntry.reward_id, (-func.sum(PointEntry.points)).label("points"))
        .where(PointEntry.event == EVENT)
        .group_by(PointEntry.reward_id)
        .subquery()
    )
    prizes = (
        select(TeamPrize.reward_id, func.sum(TeamPrize.pledged).label("pledged"), spent.c.points)
        .outerjoin(spent, spent.c.reward_id == TeamPrize.reward_id)
        .group_by(TeamPrize.reward_id, spent.c.points)
        .order_by(TeamPrize.reward_id)
    )
    for row in db.session.execute(prizes):
        if int(row.pledged) != int(row.points or 0):
            yield f"team prize {row.reward_id} points", int(row.pledged), int(row.points or 0)
