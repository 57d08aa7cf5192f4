"""Making a draw: once, at its end, by the rule of docs/draws.md; or giving back what it cost to enter."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Row, select, update

from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.notifications.services import notify, notify_everybody_in, notify_many
from talking_together.points.services import hold
from talking_together.points.spending import return_spent
from talking_together.rewards.draws import policies
from talking_together.rewards.draws.order import hash_of_numbers, in_order
from talking_together.rewards.locks import lock_reward
from talking_together.rewards.models import Draw, DrawEntry, DrawWinner
from talking_together.rewards.vouchers.cases import reasons_among
from talking_together.rewards.vouchers.costs import entry_key
from talking_together.rewards.vouchers.giving import give_voucher
from talking_together.rewards.vouchers.refusals import NotGiven, NotYours, RewardGone

# So few in one transaction that nobody waits long for the rows that are held.
CHUNK = 200
HAS_WON = "won with another number"
NOT_THEIRS = "no longer among those it is for"


class _Member(NamedTuple):
    """A member whose row is held."""

    id: int


class _Drawn(NamedTuple):
    """A number in its place: the voucher that it won, or why it was passed over."""

    place: int
    number: int
    voucher_id: int | None
    passed_over: str = ""


def make_draw(reward_id: int) -> bool:
    """Make a draw whose time has come, and return whether this call did: a second one does nothing."""
    reward, at = lock_reward(reward_id), clock.now()
    draw = db.session.execute(select(Draw.__table__).where(Draw.reward_id == reward_id)).first()
    if draw is None or draw.drawn_at is not None or not policies.is_due(reward, at):
        return False
    entries: dict[int, int] = dict(_standing(reward_id))
    drawn = list(_drawn(reward, entries, draw.seed))
    if drawn:
        # The table, not the class: with and without a voucher they go together.
        rows = [{"reward_id": reward_id, **each._asdict()} for each in drawn]
        db.session.execute(insert_into(DrawWinner), rows)
    numbers_hash = hash_of_numbers(entries)
    db.session.execute(
        update(Draw)
        .where(Draw.reward_id == reward_id)
        .values(drawn_at=at, entries_hash=numbers_hash)
        .execution_options(synchronize_session=False)
    )
    won = [each for each in drawn if each.voucher_id is not None]
    _record(reward, draw, drawn, entries=len(entries), numbers_hash=numbers_hash)
    _tell(reward_id, entries, won)
    return True


def return_entries(reward_id: int) -> int:
    """Give back what some of the entries cost to a draw that will not be made, and tell; return how many."""
    reward, at = lock_reward(reward_id), clock.now()
    drawn = select(Draw.drawn_at).where(Draw.reward_id == reward_id)
    if not policies.is_called_off(reward, at) or db.session.scalar(drawn) is not None:
        return 0
    entries = _standing(reward_id, most=CHUNK)
    if not entries:
        return 0
    numbers = [number for number, _member in entries]
    returned = return_spent(entry_key(reward_id, number) for number in numbers)
    db.session.execute(
        update(DrawEntry)
        .where(DrawEntry.reward_id == reward_id, DrawEntry.number.in_(numbers))
        .values(withdrawn_at=at)
        .execution_options(synchronize_session=False)
    )
    notify_many(
        returned,
        "points came back",
        fact_key_of=lambda member_id: f"points came back:draw:{reward_id}:{numbers[0]}:member:{member_id}",
        reward_id=reward_id,
    )
    # Where entering cost nothing, nothing comes back that would tell them.
    notify_many(
        {member_id for _number, member_id in entries} - set(returned),
        "draw called off",
        fact_key_of=lambda member_id: f"draw called off:{reward_id}:member:{member_id}",
        reward_id=reward_id,
    )
    return len(entries)


def _standing(reward_id: int, *, most: int | None = None) -> Sequence[Any]:
    statement = (
        select(DrawEntry.number, DrawEntry.member_id)
        .where(DrawEntry.reward_id == reward_id, DrawEntry.withdrawn_at.is_(None))
        .order_by(DrawEntry.number)
        .limit(most)
    )
    return [(row.number, row.member_id) for row in db.session.execute(statement)]


def _drawn(reward: Row[Any], entries: dict[int, int], seed: str) -> Iterator[_Drawn]:
    """Yield the numbers in their order, until all prizes are given or nobody is left."""
    winners: set[int] = set()
    held: set[int] = set()
    order, prizes, at = in_order(seed, entries), reward.stock - reward.given, clock.now()
    passed = {
        member_id: _words_for(reason)
        for member_id, reason in reasons_among(_members_in(reward.id), reward_id=reward.id, at=at).items()
    }
    # Who may win, in their order, each once.
    hopeful = iter(dict.fromkeys(id for number in order if (id := entries[number]) not in passed))
    for place, number in enumerate(order, start=1):
        if len(winners) == prizes:
            return
        member_id = entries[number]
        if member_id in winners:
            yield _Drawn(place, number, None, HAS_WON)
            continue
        if member_id in passed:
            yield _Drawn(place, number, None, passed[member_id])
            continue
        if member_id not in held:
            # Some at a time, each time in ascending order: as a rule the first time is all.
            some = set(islice(hopeful, prizes + 10))
            hold(some)
            held |= some
        try:
            voucher = give_voucher(reward=reward, member=_Member(member_id), cost=0, at=at)
        except RewardGone:
            # The sponsor's codes are used up before the prizes are.
            return
        except (NotGiven, NotYours) as refusal:
            # Something changed before the member's row was held.
            yield _Drawn(place, number, None, _words_for(type(refusal)))
        else:
            winners.add(member_id)
            yield _Drawn(place, number, voucher.id)


def _words_for(reason: type[NotGiven] | type[NotYours]) -> str:
    return reason.reason if issubclass(reason, NotGiven) else NOT_THEIRS


def _members_in(reward_id: int) -> Any:
    """Return the statement of the members who have entries that stand."""
    return (
        select(DrawEntry.member_id)
        .distinct()
        .where(DrawEntry.reward_id == reward_id, DrawEntry.withdrawn_at.is_(None))
    )


def _record(
    reward: Row[Any], draw: Row[Any], drawn: Sequence[_Drawn], *, entries: int, numbers_hash: str
) -> None:
    record(
        None,
        "draw made",
        subject_type="reward",
        subject_id=reward.id,
        subject_label=reward.title,
        details={
            "entries": entries,
            "hash of the numbers": numbers_hash,
            "hash of the seed": draw.seed_hash,
            "won": [each.number for each in drawn if each.voucher_id is not None],
            "passed over": {str(each.number): each.passed_over for each in drawn if each.passed_over},
        },
    )


def _tell(reward_id: int, entries: dict[int, int], won: Sequence[_Drawn]) -> None:
    winners = {entries[each.number] for each in won}
    for each in won:
        notify(
            entries[each.number],
            "draw won",
            fact_key=f"draw won:reward:{reward_id}:number:{each.number}",
            reward_id=reward_id,
            voucher_id=each.voucher_id,
        )
    others = _members_in(reward_id).where(DrawEntry.member_id.not_in(winners))
    notify_everybody_in(
        others, "draw not won", fact_key=f"draw not won:reward:{reward_id}", reward_id=reward_id
    )
