"""Writing the points ledger: what is earned, and what is taken back.

Every write locks the rows of the members it concerns first, in ascending order, so that parallel
writes count a day's entries one after another and a balance is always the sum of its entries.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import String as Text
from sqlalchemy import bindparam, case, func, literal, or_, select, union_all, update
from sqlalchemy.orm import aliased

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.database import dialect_name, insert_into, locked
from talking_together.core.statements import given, run
from talking_together.points.models import PointEntry, PointRule

COLUMNS = [
    "member_id", "event", "points", "event_key", "is_reversal", "idea_id", "comment_id", "day", "at",
]  # fmt: skip


class Award(NamedTuple):
    """An event that may earn a member points; `key` names the event once for ever."""

    event: str
    member_id: int
    key: str
    idea_id: int | None = None
    comment_id: int | None = None


def award(
    event: str,
    *,
    member_id: int,
    key: str,
    idea_id: int | None = None,
    comment_id: int | None = None,
) -> int:
    """Enter what an event earns and return it: 0 if it earned before or the day's cap is met."""
    earned = award_many([Award(event, member_id, key, idea_id, comment_id)])
    return earned.get(member_id, 0)


def award_many(awards: Sequence[Award]) -> dict[int, int]:
    """Enter what several events earn, in three statements; return what each member earned."""
    if not awards:
        return {}
    run(_LOCKED_MEMBERS, {"ids": sorted({award.member_id for award in awards})})
    values: dict[str, Any] = {"today": clock.today(), "now": clock.now()}
    for place, award in enumerate(awards):
        values |= {f"{name}_{place}": value for name, value in award._asdict().items()}
    return _enter(_earnings(len(awards), dialect_name()), values)


def take_back(keys: Iterable[str]) -> dict[int, int]:
    """Reverse the entries with the keys, unless reversed before; return each member's change."""
    keys = list(keys)
    if not keys:
        return {}
    if not run(_LOCKED_EARNERS, {"keys": keys}).all():
        return {}
    values = {"keys": keys, "today": clock.today(), "now": clock.now()}
    return _enter(_reversals(dialect_name()), values)


_KEYS: Any = bindparam("keys", expanding=True)
_LOCKED_MEMBERS = locked(
    select(Member.id).where(Member.id.in_(bindparam("ids", expanding=True))).order_by(Member.id)
)
_LOCKED_EARNERS = locked(
    select(Member.id)
    .where(Member.id.in_(select(PointEntry.member_id).where(PointEntry.event_key.in_(_KEYS))))
    .order_by(Member.id)
)


@cache
def _earnings(count: int, _dialect: str) -> Any:
    """Return the INSERT of so many awards, as far as they are new and within the day's caps."""
    offered = union_all(*(_offer(place) for place in range(count))).subquery("offered")
    same_key = aliased(PointEntry)
    # Events of one kind in the same batch fill the cap one after another.
    fresh = (
        select(
            offered,
            func.row_number()
            .over(partition_by=[offered.c.member_id, offered.c.event], order_by=offered.c.position)
            .label("place"),
        )
        .where(~select(same_key.id).where(same_key.event_key == offered.c.key).exists())
        .subquery("fresh")
    )
    counted = aliased(PointEntry)
    entered_today = (
        select(func.count())
        .where(
            counted.member_id == fresh.c.member_id,
            counted.event == fresh.c.event,
            counted.day == given("today", PointEntry.day),
            counted.is_reversal.is_(False),
        )
        .scalar_subquery()
    )
    entries = (
        select(
            fresh.c.member_id,
            fresh.c.event,
            PointRule.points,
            fresh.c.key,
            literal(False),
            fresh.c.idea_id,
            fresh.c.comment_id,
            given("today", PointEntry.day),
            given("now", PointEntry.at),
        )
        .join_from(fresh, PointRule, PointRule.event == fresh.c.event)
        .where(
            PointRule.points > 0,
            or_(
                PointRule.daily_cap.is_(None),
                entered_today + fresh.c.place <= PointRule.daily_cap,
            ),
        )
    )
    return _entering(entries)


def _offer(place: int) -> Any:
    return select(
        literal(place).label("position"),
        given(f"event_{place}", PointEntry.event).label("event"),
        given(f"member_id_{place}", PointEntry.member_id).label("member_id"),
        given(f"key_{place}", PointEntry.event_key).label("key"),
        given(f"idea_id_{place}", PointEntry.idea_id).label("idea_id"),
        given(f"comment_id_{place}", PointEntry.comment_id).label("comment_id"),
    )


@cache
def _reversals(_dialect: str) -> Any:
    """Return the INSERT of the entries that take back those with the keys."""
    entries = select(
        PointEntry.member_id,
        PointEntry.event,
        -PointEntry.points,
        PointEntry.event_key + literal(":reversed", Text()),
        literal(True),
        PointEntry.idea_id,
        PointEntry.comment_id,
        given("today", PointEntry.day),
        given("now", PointEntry.at),
    ).where(PointEntry.event_key.in_(_KEYS), PointEntry.is_reversal.is_(False))
    return _entering(entries)


def _entering(entries: Any) -> Any:
    return (
        insert_into(PointEntry)
        .from_select(COLUMNS, entries)
        # A key that stands has earned.
        .on_conflict_do_nothing(index_elements=["event_key"])
        .returning(PointEntry.member_id, PointEntry.points)
    )


def _enter(entering: Any, values: dict[str, Any]) -> dict[int, int]:
    """Write the entries and move the balances by them; return each member's change."""
    changes: Counter[int] = Counter()
    for entry in run(entering, values):
        changes[entry.member_id] += entry.points
    if changes:
        moved: dict[str, int] = {}
        for place, (member_id, points) in enumerate(changes.items()):
            moved |= {f"member_{place}": member_id, f"change_{place}": points}
        run(_moving(len(changes)), moved)
    return dict(changes)


@cache
def _moving(count: int) -> Any:
    """Return the UPDATE that moves the balances of so many members."""
    members: Any = Member.__table__
    ids = [given(f"member_{place}", Member.id) for place in range(count)]
    changes = case(
        *((members.c.id == id, given(f"change_{place}", Member.points)) for place, id in enumerate(ids))
    )
    return update(members).where(members.c.id.in_(ids)).values(points=members.c.points + changes)
