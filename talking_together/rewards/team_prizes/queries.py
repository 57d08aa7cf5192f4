"""Reads of team prizes: where the viewer's own groups stand, and what is over."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from talking_together.accounts.models import MemberGroup
from talking_together.extensions import db
from talking_together.organisations.models import StaffGroup
from talking_together.rewards.models import Pledge, Reward, TeamPrize, Voucher
from talking_together.rewards.team_prizes.conditions import can_pledge_for

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


@dataclass(frozen=True, slots=True)
class GroupsWay:
    """How far a group of the viewer's is: its points of all that are needed, and the viewer's among them.

    `voucher_id` is there for who pledged, once the group has won; where that voucher was cancelled,
    `was_cancelled`.
    """

    id: int
    name: str
    pledged: int
    cost: int
    own: int
    is_mine: bool
    has_won: bool
    voucher_id: int | None
    was_cancelled: bool

    @property
    def can_pledge(self) -> bool:
        """Return whether the viewer can pledge for the group."""
        return self.is_mine and not self.has_won

    @property
    def missing(self) -> int:
        """Return how many points are still to be pledged."""
        return max(0, self.cost - self.pledged)


@dataclass(frozen=True, slots=True)
class OwnPledge:
    """A pledge of the viewer's that stands, and can be taken back unless its group has won."""

    id: int
    group_id: int
    points: int
    pledged_at: datetime
    can_take_back: bool


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What the viewer has to do with a team prize."""

    groups: list[GroupsWay]
    pledges: list[OwnPledge]

    @property
    def pledged(self) -> int:
        """Return how many points of the viewer's stand pledged, for all their groups."""
        return sum(pledge.points for pledge in self.pledges)


def own_part(viewer: "Viewer", reward: Any) -> OwnPart:
    """Return where the viewer's groups stand with a team prize, and what they pledged themselves."""
    pledges = _own_pledges(viewer, reward.id)
    return OwnPart(_groups_of(viewer, reward, pledges), pledges)


def _groups_of(viewer: "Viewer", reward: Any, pledges: Collection[OwnPledge]) -> list[GroupsWay]:
    """Return the groups that the viewer is in, or pledged for before they left."""
    own: dict[int, int] = {}
    for pledge in pledges:
        own[pledge.group_id] = own.get(pledge.group_id, 0) + pledge.points
    mine = select(MemberGroup.group_id).where(*can_pledge_for(viewer.id, reward.id))
    statement = (
        select(
            StaffGroup.id,
            StaffGroup.name,
            func.coalesce(TeamPrize.pledged, 0).label("pledged"),
            TeamPrize.won_at.is_not(None).label("has_won"),
            TeamPrize.voucher_id,
            Voucher.cancelled_at.is_not(None).label("was_cancelled"),
            StaffGroup.id.in_(mine).label("is_mine"),
        )
        .outerjoin(TeamPrize, and_(TeamPrize.group_id == StaffGroup.id, TeamPrize.reward_id == reward.id))
        .outerjoin(Voucher, Voucher.id == TeamPrize.voucher_id)
        .where(or_(StaffGroup.id.in_(mine), StaffGroup.id.in_(own)))
        .order_by(StaffGroup.name)
    )
    return [
        GroupsWay(
            row.id,
            row.name,
            row.pledged,
            # What was asked for when the group won may be another than what is asked for now.
            row.pledged if row.has_won else reward.cost,
            own.get(row.id, 0),
            row.is_mine,
            row.has_won,
            row.voucher_id if row.id in own else None,
            row.was_cancelled,
        )
        for row in db.session.execute(statement)
    ]


def _own_pledges(viewer: "Viewer", reward_id: int) -> list[OwnPledge]:
    statement = (
        select(
            Pledge.id,
            Pledge.group_id,
            Pledge.points,
            Pledge.pledged_at,
            TeamPrize.won_at.is_(None).label("can_take_back"),
        )
        .join(TeamPrize, and_(TeamPrize.reward_id == Pledge.reward_id, TeamPrize.group_id == Pledge.group_id))
        .where(Pledge.member_id == viewer.id, Pledge.reward_id == reward_id, Pledge.returned_at.is_(None))
        .order_by(Pledge.id)
    )
    return [OwnPledge(**row._asdict()) for row in db.session.execute(statement)]


def unfinished_prizes(at: datetime) -> list[tuple[int, int]]:
    """Return the reward and group of pledges that stand for nothing.

    No group can win the prize any more, or the voucher that this one won was cancelled.
    """
    is_over = or_(
        Reward.state == "closed",
        and_(Reward.state == "published", or_(Reward.ends_at <= at, Reward.given >= Reward.stock)),
    )
    statement = (
        select(TeamPrize.reward_id, TeamPrize.group_id)
        .join(Reward, Reward.id == TeamPrize.reward_id)
        .outerjoin(Voucher, Voucher.id == TeamPrize.voucher_id)
        .where(
            TeamPrize.pledged > 0,
            or_(and_(TeamPrize.won_at.is_(None), is_over), Voucher.cancelled_at.is_not(None)),
        )
        .order_by(TeamPrize.reward_id, TeamPrize.group_id)
    )
    return [(row.reward_id, row.group_id) for row in db.session.execute(statement)]
