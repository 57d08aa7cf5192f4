"""Challenges by name, for pages that mention them."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import visible_to
from talking_together.extensions import db

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


def challenges_named(viewer: "Viewer", ids: Collection[int]) -> dict[int, Any]:
    """Return id and title of those of the challenges that exist for the viewer, by id."""
    if not ids:
        return {}
    statement = select(Challenge.id, Challenge.title).where(Challenge.id.in_(ids), visible_to(viewer))
    return {row.id: row for row in db.session.execute(statement)}
