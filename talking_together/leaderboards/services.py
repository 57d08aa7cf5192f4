"""Turning leaderboards on and off for the whole site."""

from typing import TYPE_CHECKING

from sqlalchemy import update

from talking_together.audit.services import record
from talking_together.core.access import ensure_role
from talking_together.core.statements import run
from talking_together.points.models import PointSettings

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


def turn_leaderboards(actor: "Viewer", *, on: bool, reason: str) -> bool:
    """Turn leaderboards on or off; return whether that changed anything. Raises NotAllowed."""
    ensure_role(actor, "admin")
    changing = (
        update(PointSettings)
        .where(PointSettings.id == 1, PointSettings.leaderboards_on.is_not(on))
        .values(leaderboards_on=on)
        .returning(PointSettings.id)
    )
    if run(changing, {}).first() is None:
        return False
    record(
        actor,
        "leaderboards turned on" if on else "leaderboards turned off",
        subject_type="site",
        subject_id=None,
        subject_label="Leaderboards",
        reason=reason,
    )
    return True
