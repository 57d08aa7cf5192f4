"""The codes that a sponsor gave for a reward: added, and taken away while nobody has had them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.extensions import db
from talking_together.rewards.catalogue.codes import Fault, read_codes
from talking_together.rewards.catalogue.contents import MOST_STOCK
from talking_together.rewards.catalogue.fixed import takers_of
from talking_together.rewards.locks import lock_reward
from talking_together.rewards.models import Reward, RewardCode, Sponsor


class FaultyCodes(InvalidInput):
    """Some lines of a list hold no code that can be taken, and none has been taken."""

    def __init__(self, faults: list[Fault], *, good: int) -> None:
        lines = "line has" if len(faults) == 1 else "lines have"
        super().__init__(f"{len(faults):,} {lines} something wrong, and no code was taken", field="codes")
        self.faults, self.good = faults, good


def add_codes(actor: Actor, *, reward_id: int, lines: Sequence[str], without_faulty: bool = False) -> int:
    """Add the codes of a list and return how many; each raises the reward's stock by one.

    Raises FaultyCodes where a line is faulty, unless what is right is to be taken `without_faulty`.
    """
    ensure_role(actor, "admin")
    reward = _reward_with_codes(reward_id)
    earlier, elsewhere = _codes_of_sponsor(reward)
    read = read_codes(lines, earlier=earlier, elsewhere=elsewhere)
    if read.faults and not (without_faulty and read.codes):
        raise FaultyCodes(read.faults, good=len(read.codes))
    if len(earlier) + len(read.codes) > MOST_STOCK:
        raise InvalidInput(f"A reward can have at most {MOST_STOCK:,} codes", field="codes")
    db.session.execute(insert(RewardCode), [{"reward_id": reward_id, "code": code} for code in read.codes])
    _count_again(reward_id)
    details = {"added": len(read.codes), "lines left out": len(read.faults)}
    _log(actor, "codes added", reward, details)
    return len(read.codes)


def remove_codes(actor: Actor, *, reward_id: int, code_ids: Collection[int] | None) -> int:
    """Take codes away that nobody has had, all where `code_ids` is None; return how many."""
    ensure_role(actor, "admin")
    reward = _reward_with_codes(reward_id)
    if takers_of(reward_id).promised:
        raise Conflict("People entered or pledged points for what these codes give, so they stay.")
    statement = delete(RewardCode).where(RewardCode.reward_id == reward_id, RewardCode.voucher_id.is_(None))
    if code_ids is not None:
        statement = statement.where(RewardCode.id.in_(list(code_ids)))
    gone: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    removed = int(gone.rowcount)
    if removed:
        _count_again(reward_id)
        _log(actor, "codes removed", reward, {"removed": removed})
    return removed


def _reward_with_codes(reward_id: int) -> Any:
    reward = lock_reward(reward_id)
    if reward.stock_kind != "codes":
        raise Conflict("This reward is counted by a number, not by codes.")
    return reward


def _codes_of_sponsor(reward: Any) -> tuple[set[str], set[str]]:
    """Return the codes of the reward, and those of the sponsor's others; the sponsor is held.

    A list sent twice, for two rewards, would give two people one code.
    """
    db.session.execute(locked(select(Sponsor.id).where(Sponsor.id == reward.sponsor_id)))
    rows = db.session.execute(
        select(RewardCode.code, RewardCode.reward_id)
        .join(Reward, Reward.id == RewardCode.reward_id)
        .where(Reward.sponsor_id == reward.sponsor_id)
    ).all()
    own = {row.code for row in rows if row.reward_id == reward.id}
    return own, {row.code for row in rows if row.reward_id != reward.id}


def _count_again(reward_id: int) -> None:
    count = select(func.count()).where(RewardCode.reward_id == reward_id).correlate(None).scalar_subquery()
    db.session.execute(
        update(Reward)
        .where(Reward.id == reward_id)
        .values(stock=count)
        .execution_options(synchronize_session=False)
    )


def _log(actor: Actor, action: str, reward: Any, details: dict[str, Any]) -> None:
    record(
        actor,
        action,
        subject_type="reward",
        subject_id=reward.id,
        subject_label=reward.title,
        details=details,
    )
