"""Which version of a rule is in force."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from talking_together.points.models import PointRuleVersion


def id_in_force(event: Any, at: Any) -> Any:
    """Return the SQL expression of the id of the version of an event's rule in force at a moment.

    None can be withdrawn once it has started, so what was withdrawn was never in force.
    """
    version = aliased(PointRuleVersion)
    return (
        select(version.id)
        .where(version.event == event, version.starts_at <= at, version.withdrawn_at.is_(None))
        .order_by(version.starts_at.desc(), version.version.desc())
        .limit(1)
        .scalar_subquery()
    )
