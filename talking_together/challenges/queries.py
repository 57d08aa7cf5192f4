"""Reads of challenges. What the viewer may not see does not exist."""

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, exists, or_, true

from talking_together.accounts.models import MemberGroup
from talking_together.challenges.models import Challenge, ChallengeGroup, ChallengeOrganisation
from talking_together.core import clock

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


def visible_to(viewer: "Viewer") -> ColumnElement[bool]:
    """Return the condition on Challenge that it exists for the viewer."""
    if viewer.is_moderator:
        return true()
    by_organisation = (
        exists()
        .where(
            ChallengeOrganisation.challenge_id == Challenge.id,
            ChallengeOrganisation.organisation_id == viewer.organisation_id,
        )
        .correlate(Challenge)
    )
    by_group = (
        exists()
        .where(
            ChallengeGroup.challenge_id == Challenge.id,
            ChallengeGroup.group_id == MemberGroup.group_id,
            MemberGroup.member_id == viewer.id,
        )
        .correlate(Challenge)
    )
    return and_(
        Challenge.is_published,
        Challenge.opens_at <= clock.now(),
        or_(Challenge.audience == "everyone", by_organisation, by_group),
    )
