"""Pledging points for a team prize, and taking a pledge back.

The reward's row is held, so that a group never pledges more than the prize costs and wins it once.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, insert, select, update

from talking_together.accounts.models import Member, MemberGroup
from talking_together.core import clock
from talking_together.core.database import insert_into, locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.notifications.services import notify_everybody_in
from talking_together.points.spending import ensure_covers, return_spent, spend
from talking_together.rewards.locks import lock_reward
from talking_together.rewards.models import Pledge, TeamPrize
from talking_together.rewards.team_prizes import policies
from talking_together.rewards.team_prizes.conditions import can_pledge_for
from talking_together.rewards.vouchers.cases import case_of, ensure_giveable
from talking_together.rewards.vouchers.giving import write_voucher

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

EVENT = "points pledged"


class Pledged(NamedTuple):
    """What became of a pledge: the points taken, what the group still misses, and the voucher it won."""

    points: int
    missing: int
    voucher_id: int | None


def pledge_points(
    member: "Viewer", *, reward_id: int, group_id: int, points: int, pledged_before: int
) -> Pledged:
    """Pledge points of the member's for their group; no more are taken than the group misses.

    `pledged_before` is how much of the member's own stood for all their groups when the button was
    pressed, so that a second press is told from a second pledge. Raises InvalidInput, NotEnoughPoints
    or Conflict.
    """
    lock_reward(reward_id)
    stands = _where_group_stands(member.id, reward_id, group_id)
    at = clock.now()
    reward = case_of(reward_id, member.id, at=at)
    policies.ensure_takes_pledges(reward, at)
    ensure_giveable(reward, at=at, group_id=group_id)
    if points < 1:
        raise InvalidInput("Enter at least 1 point", field="how_many")
    if stands is None:
        raise InvalidInput("Choose one of your groups", field="group")
    if stands.won_at is not None:
        raise Conflict("Your group has this prize already.")
    if pledged_before != stands.own:
        raise Conflict("You pledged since you opened this page. Look at what stands before you pledge more.")
    # It can be less than nothing where the price was lowered meanwhile: then the group has enough.
    taken = max(0, min(points, reward.cost - stands.pledged))
    if taken:
        _write_pledge(member, reward_id, group_id, taken, at, balance=stands.balance)
    missing = max(0, reward.cost - stands.pledged - taken)
    voucher_id = None if missing else _win(reward, group_id, at)
    _add(reward_id, group_id, taken, won_at=at if voucher_id else None, voucher_id=voucher_id)
    return Pledged(taken, missing, voucher_id)


def take_back_pledge(member: "Viewer", *, reward_id: int, pledge_id: int) -> int:
    """Take a pledge of the member's back while its group has not won, and return its points."""
    reward: Any = lock_reward(reward_id)
    pledge = db.session.execute(
        select(Pledge.group_id, Pledge.points, Pledge.returned_at, TeamPrize.won_at)
        .join(TeamPrize, and_(TeamPrize.reward_id == Pledge.reward_id, TeamPrize.group_id == Pledge.group_id))
        .where(Pledge.id == pledge_id, Pledge.reward_id == reward_id, Pledge.member_id == member.id)
    ).first()
    if pledge is None:
        raise NotFound()
    if pledge.returned_at is not None:
        raise Conflict("This pledge came back before.")
    if pledge.won_at is not None:
        raise Conflict("Your group has won: what was pledged stays.")
    at = clock.now()
    if not policies.takes_pledges(reward, at):
        raise Conflict("The time for pledges is over. What did not win comes back by itself.")
    return_pledges(reward_id, pledge.group_id, [(pledge_id, pledge.points)], at=at)
    return int(pledge.points)


def return_pledges(
    reward_id: int, group_id: int, pledges: list[tuple[int, int]], *, at: datetime
) -> dict[int, int]:
    """Give back pledges (id, points) of a group, whose reward is held; return each member's change."""
    db.session.execute(
        update(Pledge)
        .where(Pledge.id.in_([id for id, _points in pledges]))
        .values(returned_at=at)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(TeamPrize)
        .where(TeamPrize.reward_id == reward_id, TeamPrize.group_id == group_id)
        .values(pledged=TeamPrize.pledged - sum(points for _id, points in pledges))
        .execution_options(synchronize_session=False)
    )
    return return_spent(key_of(id) for id, _points in pledges)


def has_won(reward_id: int, group_id: int) -> bool:
    """Return whether the group has won the prize, whose reward is held."""
    won = select(TeamPrize.won_at).where(TeamPrize.reward_id == reward_id, TeamPrize.group_id == group_id)
    return db.session.scalar(won) is not None


def key_of(pledge_id: int) -> str:
    """Return the ledger's key of what was pledged."""
    return f"{EVENT}:pledge:{pledge_id}"


def _where_group_stands(member_id: int, reward_id: int, group_id: int) -> Any:
    """Hold the member's row, and return what they and their group have, or None for no group of theirs.

    That is what the group has `pledged`, when it won, the member's `own` pledges and their `balance`.
    The reward is held, so that nothing of the pledges changes while this waits for the member's row.
    """
    own = select(func.coalesce(func.sum(Pledge.points), 0)).where(
        Pledge.reward_id == reward_id,
        Pledge.member_id == member_id,
        Pledge.returned_at.is_(None),
    )
    stands = (
        select(
            func.coalesce(TeamPrize.pledged, 0).label("pledged"),
            TeamPrize.won_at,
            own.scalar_subquery().label("own"),
            Member.points.label("balance"),
        )
        .select_from(MemberGroup)
        .join(Member, Member.id == MemberGroup.member_id)
        .outerjoin(
            TeamPrize,
            and_(TeamPrize.group_id == MemberGroup.group_id, TeamPrize.reward_id == reward_id),
        )
        .where(*can_pledge_for(member_id, reward_id), MemberGroup.group_id == group_id)
    )
    return db.session.execute(locked(stands, of=Member)).first()


def _write_pledge(
    member: "Viewer", reward_id: int, group_id: int, points: int, at: datetime, *, balance: int
) -> None:
    # Before anything is written: a page that says why not shows what stands.
    ensure_covers(balance, points)
    pledge = {
        "reward_id": reward_id,
        "group_id": group_id,
        "member_id": member.id,
        "points": points,
        "pledged_at": at,
    }
    id = db.session.scalars(insert(Pledge).values(pledge).returning(Pledge.id)).one()
    spend(member.id, event=EVENT, key=key_of(id), cost=points, reward_id=reward_id, held_balance=balance)


def _add(reward_id: int, group_id: int, points: int, **won: Any) -> None:
    adding = insert_into(TeamPrize).values(reward_id=reward_id, group_id=group_id, pledged=points, **won)
    db.session.execute(
        adding.on_conflict_do_update(
            index_elements=["reward_id", "group_id"],
            set_={"pledged": TeamPrize.pledged + points, **won},
        )
    )


def _win(case: Any, group_id: int, at: datetime) -> int:
    """Give the group its voucher, which it can have, and tell everybody else who pledged."""
    voucher_id = write_voucher(case, cost=0, at=at, group_id=group_id).id
    pledgers = (
        select(Pledge.member_id)
        .distinct()
        .where(
            Pledge.reward_id == case.id,
            Pledge.group_id == group_id,
            Pledge.member_id != case.member_id,
            Pledge.returned_at.is_(None),
        )
    )
    notify_everybody_in(
        pledgers,
        "team prize won",
        fact_key=f"team prize won:reward:{case.id}:group:{group_id}",
        reward_id=case.id,
        voucher_id=voucher_id,
    )
    return voucher_id
