"""Adding up the ledger again."""

from collections.abc import Iterator

from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.extensions import db
from talking_together.points.models import PointEntry


def drift() -> Iterator[tuple[str, int, int]]:
    """Yield a label, the kept balance and the sum of its entries wherever they differ."""
    sums = (
        select(PointEntry.member_id, func.sum(PointEntry.points).label("total"))
        .group_by(PointEntry.member_id)
        .subquery()
    )
    total = func.coalesce(sums.c.total, 0)
    statement = (
        select(Member.id, Member.points, total.label("total"))
        .outerjoin(sums, sums.c.member_id == Member.id)
        .where(Member.points != total)
        .order_by(Member.id)
    )
    for row in db.session.execute(statement):
        yield f"member {row.id} points", row.points, int(row.total)
