"""Challenges by name, for pages that mention them."""

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values, visible_to_given
from talking_together.core.statements import run

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


def challenges_named(viewer: "Viewer", ids: Collection[int]) -> dict[int, Any]:
    """Return id and title of those of the challenges that exist for the viewer, by id."""
    if not ids:
        return {}
    values = {"ids": list(ids), **viewer_values(viewer)}
    return {row.id: row for row in run(_named(is_moderator=viewer.is_moderator), values)}


@cache
def _named(*, is_moderator: bool) -> Any:
    return select(Challenge.id, Challenge.title).where(
        Challenge.id.in_(bindparam("ids", type_=Challenge.id.type, expanding=True)),
        visible_to_given(is_moderator=is_moderator),
    )
