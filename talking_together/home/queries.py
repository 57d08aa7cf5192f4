"""Reads that compose several features for one page."""

from typing import Any

from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.extensions import db
from talking_together.ideas.queries import IdeaCard
from talking_together.invitations.models import Phase
from talking_together.organisations.models import Organisation, StaffGroup


def admin_figures() -> Any:
    """Return the few numbers of the admin's first page, from kept counts where there are any."""
    return db.session.execute(
        select(
            select(func.count())
            .select_from(Member)
            .where(Member.is_active, Member.sign_in_name.is_not(None))
            .scalar_subquery()
            .label("members"),
            select(func.count()).select_from(Organisation).scalar_subquery().label("organisations"),
            select(func.count()).select_from(StaffGroup).scalar_subquery().label("groups"),
            select(func.coalesce(func.sum(Phase.sent_count), 0)).scalar_subquery().label("sent"),
            select(func.coalesce(func.sum(Phase.joined_count), 0)).scalar_subquery().label("joined"),
        )
    ).one()


def to_vote_on(cards: list[IdeaCard], most: int) -> list[IdeaCard]:
    """Return the ideas that the viewer can vote on and has not, in the order given."""
    return [idea for idea in cards if idea.can_vote and idea.my_vote == 0][:most]
