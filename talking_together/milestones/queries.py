"""Reads of milestones: a member's own, with how far they have come."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

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
    """Return all milestones as they stand for the viewer, in two statements."""
    standing = select(Milestone.kind, Milestone.reached_at).where(
        Milestone.member_id == viewer.id, Milestone.taken_back_at.is_(None)
    )
    reached = {row.kind: row.reached_at for row in db.session.execute(standing)}
    counted = 0 if "first votes" in reached else count_first_votes(viewer.id)
    return [
        OwnMilestone(kind, reached.get(kind.name), counted if kind.name == "first votes" else 0)
        for kind in TABLE
    ]
