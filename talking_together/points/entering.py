"""The statements behind the ledger's writes, each put together once.

What is earned goes to the ledger, or, where a name is hidden, to the entries held for the week's batch.
Both are looked at for what was earned before and for the caps of a day.
"""

from functools import cache
from typing import Any

from sqlalchemy import String as Text
from sqlalchemy import bindparam, case, cast, exists, func, literal, or_, select, union, union_all, update
from sqlalchemy.orm import aliased

from talking_together.accounts.models import Member
from talking_together.core.database import insert_into, locked
from talking_together.core.statements import given
from talking_together.points.models import HeldEntry, PointEntry, PointRuleVersion
from talking_together.points.versions import id_in_force

REVERSED = ":reversed"
# Behind the key of a reversal that is reversed in its turn: short, since keys have an end.
REVERSED_AGAIN = "~"

_KEYS: Any = bindparam("keys", expanding=True)
LOCKED_MEMBERS = locked(
    select(Member.id).where(Member.id.in_(bindparam("ids", expanding=True))).order_by(Member.id)
)


def _with_keys(ledger: Any) -> Any:
    return or_(ledger.event_key.in_(_KEYS), ledger.share_of.in_(_KEYS))


# Each with whether anything of the keys is held.
LOCKED_EARNERS = locked(
    select(Member.id, exists().where(_with_keys(HeldEntry)).label("some_held"))
    .where(
        Member.id.in_(
            union(*(select(ledger.member_id).where(_with_keys(ledger)) for ledger in (PointEntry, HeldEntry)))
        )
    )
    .order_by(Member.id),
    of=Member,
)


@cache
def earnings(count: int, ledger: Any, _dialect: str) -> Any:
    """Return the INSERT of so many awards, as far as they are new and within the day's caps."""
    offered = union_all(*(_offer(place) for place in range(count))).subquery("offered")
    # Events of one kind in the same batch fill the cap one after another.
    fresh = (
        select(
            offered,
            func.row_number()
            .over(partition_by=[offered.c.member_id, offered.c.event], order_by=offered.c.position)
            .label("place"),
        )
        # Of what was earned before nobody gets a share who shares it only now.
        .where(*(~_has(entry, offered) for entry in (PointEntry, HeldEntry)))
        .subquery("fresh")
    )
    rule = PointRuleVersion
    now = given("now", PointEntry.at)
    share = rule.points // fresh.c.sharers
    own = case(
        (fresh.c.share_of.is_(None), rule.points - (fresh.c.sharers - literal(1)) * share), else_=share
    )
    today = _entered_today(PointEntry, fresh) + _entered_today(HeldEntry, fresh)
    values = {
        "member_id": fresh.c.member_id,
        "event": fresh.c.event,
        "points": own,
        "event_key": fresh.c.key,
        "is_reversal": literal(False),
        "idea_id": fresh.c.idea_id,
        "comment_id": fresh.c.comment_id,
        "day": given("today", PointEntry.day),
        "at": now,
        "share_of": fresh.c.share_of,
        "rule_version": rule.version,
    }
    return _entering(
        ledger,
        values,
        lambda columns: (
            select(*columns)
            .join_from(fresh, rule, rule.id == id_in_force(fresh.c.event, now))
            .where(
                rule.is_on, own > 0, or_(rule.daily_cap.is_(None), today + fresh.c.place <= rule.daily_cap)
            )
        ),
    )


def _has(ledger: Any, offered: Any) -> Any:
    same_key = aliased(ledger)
    keys = (offered.c.key, offered.c.share_of)
    return select(same_key.id).where(same_key.event_key.in_(keys)).exists()


def _entered_today(ledger: Any, fresh: Any) -> Any:
    counted = aliased(ledger)
    return (
        select(func.count())
        .where(
            counted.member_id == fresh.c.member_id,
            counted.event == fresh.c.event,
            counted.day == given("today", PointEntry.day),
            counted.is_reversal.is_(False),
        )
        .scalar_subquery()
    )


def _offer(place: int) -> Any:
    return select(
        literal(place).label("position"),
        given(f"event_{place}", PointEntry.event).label("event"),
        given(f"member_id_{place}", PointEntry.member_id).label("member_id"),
        given(f"key_{place}", PointEntry.event_key).label("key"),
        given(f"idea_id_{place}", PointEntry.idea_id).label("idea_id"),
        given(f"comment_id_{place}", PointEntry.comment_id).label("comment_id"),
        given(f"sharers_{place}", PointRuleVersion.points).label("sharers"),
        given(f"share_of_{place}", PointEntry.share_of).label("share_of"),
    )


@cache
def reversals(ledger: Any, _dialect: str, *, counting: bool) -> Any:
    """Return the INSERT of the entries that reverse those which end their chains.

    One that is not the end of its chain finds the key of its reversal taken.
    """
    behind = case((ledger.is_reversal, REVERSED_AGAIN), else_=REVERSED)
    changed = {
        "points": -ledger.points,
        "event_key": ledger.event_key + cast(behind, Text()),
        "is_reversal": literal(True),
        "day": given("today", PointEntry.day),
        "at": given("now", PointEntry.at),
    }
    same = ("member_id", "event", "idea_id", "comment_id", "share_of", "rule_version")
    values = {name: getattr(ledger, name) for name in same if hasattr(ledger, name)} | changed
    chosen = or_(
        ledger.event_key.in_(bindparam("links", expanding=True)),
        ledger.share_of.in_(_KEYS),
    )
    turned = ledger.points > 0 if counting else ledger.points < 0
    return _entering(ledger, values, lambda columns: select(*columns).where(chosen, turned))


def _entering(ledger: Any, values: dict[str, Any], entries: Any) -> Any:
    kept = {name: value for name, value in values.items() if hasattr(ledger, name)}
    return (
        insert_into(ledger)
        .from_select(list(kept), entries(kept.values()))
        # A key that stands has earned.
        .on_conflict_do_nothing(index_elements=["event_key"])
        .returning(ledger.member_id, ledger.points, ledger.event_key, ledger.share_of)
    )


@cache
def moving(count: int) -> Any:
    """Return the UPDATE that moves the balances of so many members."""
    members: Any = Member.__table__
    ids = [given(f"member_{place}", Member.id) for place in range(count)]
    changes = case(
        *((members.c.id == id, given(f"change_{place}", Member.points)) for place, id in enumerate(ids))
    )
    return update(members).where(members.c.id.in_(ids)).values(points=members.c.points + changes)
