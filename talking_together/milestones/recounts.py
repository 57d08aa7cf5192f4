"""Comparing milestones with the facts again."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from talking_together.extensions import db
from talking_together.milestones.facts import differing
from talking_together.milestones.kinds import FOLLOWED
from talking_together.milestones.models import MilestoneCheck


def drift() -> Iterator[tuple[str, Any, Any]]:
    """Yield a label, the kept date and that of the facts wherever one stands that the facts do not say so.

    Whom somebody is to look at yet is left out, and what is reached and not written down: that comes
    with the daily look at everybody, as do first votes, which follow from the votes of others.
    """
    different = differing(kinds=FOLLOWED).subquery("different")
    due = select(MilestoneCheck.member_id)
    statement = (
        select(different)
        .where(different.c.kept.is_not(None), different.c.member_id.not_in(due))
        .order_by(different.c.member_id, different.c.kind)
    )
    for row in db.session.execute(statement):
        yield f"member {row.member_id} milestone “{row.kind}”", row.kept, row.counted
