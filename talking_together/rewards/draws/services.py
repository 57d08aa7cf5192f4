"""Entering a prize draw, and taking an entry back.

The reward's row is held, so that numbers have no gaps and nobody enters after the draw was made.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from talking_together.core import clock
from talking_together.core.errors import Conflict, NotFound
from talking_together.core.formatting import count_of
from talking_together.extensions import db
from talking_together.points.spending import return_spent, spend
from talking_together.rewards.draws import policies
from talking_together.rewards.locks import lock_reward
from talking_together.rewards.models import Draw, DrawEntry
from talking_together.rewards.vouchers.costs import ENTERED, entry_key
from talking_together.rewards.vouchers.giving import case_of, ensure_giveable
from talking_together.rewards.vouchers.refusals import LimitMet

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


class EnteredMeanwhile(Conflict):
    """The member has entered since the page was opened, as by a second press of the button."""

    message = "You are in the draw already."


def enter_draw(member: "Viewer", *, reward_id: int, expected_cost: int, entries_before: int) -> int:
    """Enter the member in a draw and return the number of the entry.

    `expected_cost` and `entries_before`, how often the member has entered, are what the page said
    when the button was pressed. Raises EnteredMeanwhile, LimitMet, NotEnoughPoints, or Conflict
    with what else stands against it.
    """
    lock_reward(reward_id)
    at = clock.now()
    reward = case_of(reward_id, member.id, at=at)
    policies.ensure_takes_entries(reward, at)
    # Nobody pays for a place with which they could not win.
    ensure_giveable(reward, at=at)
    taken = _taken(reward_id, member.id)
    policies.ensure_not_drawn(taken.drawn_at)
    if taken.own != entries_before:
        raise EnteredMeanwhile()
    policies.ensure_not_toggled(taken.own - taken.own_standing)
    if reward.per_member is not None and taken.own_standing >= reward.per_member:
        raise LimitMet(reward.per_member)
    if reward.cost != expected_cost:
        raise Conflict(
            f"A place costs {count_of(reward.cost, 'point')} now. Nothing was taken: press again to agree."
        )
    number = int(taken.last) + 1
    # Before the entry: a page that says why not shows what stands.
    spend(member.id, event=ENTERED, key=entry_key(reward_id, number), cost=reward.cost, reward_id=reward_id)
    db.session.add(DrawEntry(reward_id=reward_id, number=number, member_id=member.id, entered_at=at))
    db.session.flush()
    return number


def withdraw_entry(member: "Viewer", *, reward_id: int, number: int) -> int:
    """Take the member's entry back before the draw closes, and return the points that come back."""
    reward: Any = lock_reward(reward_id)
    own = (
        DrawEntry.reward_id == reward_id,
        DrawEntry.number == number,
        DrawEntry.member_id == member.id,
    )
    entry = db.session.execute(
        select(DrawEntry.withdrawn_at, Draw.drawn_at)
        .join(Draw, Draw.reward_id == DrawEntry.reward_id)
        .where(*own)
    ).first()
    if entry is None:
        raise NotFound()
    if entry.withdrawn_at is not None:
        raise Conflict(f"Number {number} was withdrawn before.")
    at = clock.now()
    policies.ensure_can_withdraw(reward, at)
    policies.ensure_not_drawn(entry.drawn_at)
    db.session.execute(
        update(DrawEntry).where(*own).values(withdrawn_at=at).execution_options(synchronize_session=False)
    )
    return return_spent([entry_key(reward_id, number)]).get(member.id, 0)


def _taken(reward_id: int, member_id: int) -> Any:
    """Return the last number of the draw, when it was drawn, and how often the member entered and is in."""
    last = select(func.coalesce(func.max(DrawEntry.number), 0)).where(DrawEntry.reward_id == reward_id)
    own = select(func.count()).where(DrawEntry.reward_id == reward_id, DrawEntry.member_id == member_id)
    return db.session.execute(
        select(
            last.scalar_subquery().label("last"),
            select(Draw.drawn_at).where(Draw.reward_id == reward_id).scalar_subquery().label("drawn_at"),
            own.scalar_subquery().label("own"),
            own.where(DrawEntry.withdrawn_at.is_(None)).scalar_subquery().label("own_standing"),
        )
    ).one()
