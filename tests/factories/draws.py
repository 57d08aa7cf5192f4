"""Prize draws, team prizes, and the members of a group with points to spend."""

from typing import Any

from talking_together.accounts.models import Member
from talking_together.rewards.models import Reward
from tests.factories.members import make_member
from tests.factories.points import give_points
from tests.factories.rewards import make_reward


def make_draw(stage: str = "open", **values: Any) -> Reward:
    """Return a reward that is drawn by lot: 50 points, three prizes, one place each unless said."""
    return make_reward(stage=stage, **{"kind": "draw", "stock": 3, "per_member": 1, **values})


def make_team_prize(stage: str = "open", **values: Any) -> Reward:
    """Return a reward that groups pledge 100 points for, and two can have, unless said."""
    return make_reward(stage=stage, **{"kind": "team", "cost": 100, "stock": 2, **values})


def make_member_with_points(points: int, *args: Any, **values: Any) -> Member:
    """Return a member who earned so many points."""
    member = make_member(*args, **values)
    give_points(member.id, points)
    return member
