"""Spending points, and giving back what was spent.

Nobody spends below zero: the member's row is locked, and the balance under the lock has to cover
the cost. Only a reversal of what was earned can take a balance below zero.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, literal, select

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.database import insert_into, locked
from talking_together.core.errors import Conflict
from talking_together.core.formatting import count_of
from talking_together.extensions import db
from talking_together.points import services
from talking_together.points.entering import REVERSED
from talking_together.points.models import PointEntry
from talking_together.points.rules import SPENDING, WITHOUT_VERSION


class NotEnoughPoints(Conflict):
    """The member has fewer points than it costs."""

    def __init__(self, *, balance: int, cost: int) -> None:
        super().__init__(f"You have {count_of(balance, 'point')} and this costs {cost:,}.")
        self.balance = balance
        self.cost = cost


def spend(
    member_id: int, *, event: str, key: str, cost: int, reward_id: int, held_balance: int | None = None
) -> int:
    """Take the cost from the member's balance, and return what is left of it.

    `key` names once for ever what it is spent on; a cost of 0 writes nothing. The rows of the
    reward and of other members are locked before. Who holds the member's row too says what
    `hold_balance` returned. Raises NotEnoughPoints, and Conflict if what the key names was paid for.
    """
    if event not in SPENDING or cost < 0:
        raise ValueError("Points are spent on what is bought, by a cost of at least 0")
    balance = hold_balance(member_id) if held_balance is None else held_balance
    ensure_covers(balance, cost)
    if cost == 0:
        return balance
    entry = {
        "member_id": member_id,
        "event": event,
        "points": -cost,
        "event_key": key,
        "is_reversal": False,
        "day": clock.today(),
        "at": clock.now(),
        "rule_version": WITHOUT_VERSION,
        "is_spending": True,
        "reward_id": reward_id,
    }
    if not _entered(insert_into(PointEntry).values(entry)):
        raise Conflict("This was paid for already.")
    services.move({member_id: -cost})
    return balance - cost


def hold_balance(member_id: int) -> int:
    """Hold the member's row, and return the balance, which stays until the caller moves it."""
    return db.session.scalars(locked(select(Member.points).where(Member.id == member_id))).one()


def ensure_covers(balance: int, cost: int) -> None:
    """Raise NotEnoughPoints unless a balance covers the cost."""
    if cost > 0 and balance < cost:
        raise NotEnoughPoints(balance=balance, cost=cost)


def return_spent(keys: Iterable[str], *, are_held: bool = False) -> dict[int, int]:
    """Give back what was spent under the keys, each once for ever; return each member's change.

    `are_held` says that the caller holds the rows of all who spent it.
    """
    chosen = PointEntry.event_key.in_(sorted(set(keys))), PointEntry.is_spending, ~PointEntry.is_reversal
    if not are_held and not _hold_members_of(*chosen):
        return {}
    same = ("member_id", "event", "idea_id", "comment_id", "rule_version", "is_spending", "reward_id")
    values = {name: getattr(PointEntry, name) for name in same} | {
        "points": -PointEntry.points,
        "event_key": PointEntry.event_key + REVERSED,
        "is_reversal": literal(True),
        "day": literal(clock.today()),
        "at": literal(clock.now(), PointEntry.at.type),
    }
    entries = select(*values.values()).where(*chosen)
    changes = _entered(insert_into(PointEntry).from_select(list(values), entries))
    services.move(changes)
    return changes


def _hold_members_of(*chosen: Any) -> bool:
    """Hold the rows of those who have such entries, in ascending order; return whether there are any."""
    members = select(Member.id).where(Member.id.in_(select(PointEntry.member_id).where(*chosen)))
    return bool(db.session.scalars(locked(members.order_by(Member.id), of=Member)).all())


def _entered(entering: Any) -> dict[int, int]:
    """Write the entries whose keys are free, and return what they change of each balance."""
    changes: dict[int, int] = {}
    returned = entering.on_conflict_do_nothing(index_elements=["event_key"]).returning(
        PointEntry.member_id, PointEntry.points
    )
    for member_id, points in db.session.execute(returned):
        changes[member_id] = changes.get(member_id, 0) + points
    return changes


def spent_by(member_id: int, *, reward_id: int | None = None) -> int:
    """Return what the member has spent and was not given back: on one reward, or on all."""
    statement = select(func.coalesce(-func.sum(PointEntry.points), 0)).where(
        PointEntry.member_id == member_id, PointEntry.is_spending
    )
    if reward_id is not None:
        statement = statement.where(PointEntry.reward_id == reward_id)
    return int(db.session.scalars(statement).one())
