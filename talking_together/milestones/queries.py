"""Reads of milestones: a member's own, with how far they have come."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, exists, literal, null, select, union_all

from talking_together.extensions import db
from talking_together.milestones.facts import count_first_votes
from talking_together.milestones.kinds import TABLE, MilestoneKind
from talking_together.milestones.models import Milestone

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


@dataclass(frozen=True, slots=True)
class OwnMilestone:
    """A milestone as its member's own page shows it; `reached_at` is None while it is not reached."""

    kind: MilestoneKind
    reached_at: datetime | None
    count: int

    @property
    def progress(self) -> str:
        """Return how far it is, "7 of 10", and "" where it takes one thing alone or is reached."""
        if self.reached_at is not None or self.kind.needed == 1:
            return ""
        return f"{min(self.count, self.kind.needed)} of {self.kind.needed}"


def own_milestones(viewer: "Viewer") -> list[OwnMilestone]:
    """Return all milestones as they stand for the viewer, in one statement."""
    standing = select(Milestone.kind, Milestone.reached_at, literal(0).label("counted")).where(
        Milestone.member_id == viewer.id, Milestone.taken_back_at.is_(None)
    )
    # A row more, without a day, says how many first votes there are; who has them all is not asked again.
    has_all = exists().where(
        Milestone.member_id == viewer.id,
        Milestone.kind == "first votes",
        Milestone.taken_back_at.is_(None),
    )
    on_the_way = select(
        literal("first votes", String), null(), count_first_votes(viewer.id).scalar_subquery()
    ).where(~has_all)
    rows = {row.kind: row for row in db.session.execute(union_all(standing, on_the_way))}
    return [
        OwnMilestone(kind, row.reached_at, row.counted) if row else OwnMilestone(kind, None, 0)
        for kind, row in ((kind, rows.get(kind.name)) for kind in TABLE)
    ]
