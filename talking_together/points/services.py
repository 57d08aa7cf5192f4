"""Writing the points ledger: what is earned, and what is taken back.

Every write locks the rows of the members it concerns first, in ascending order, so that parallel
writes count a day's entries one after another and a balance is always the sum of its entries.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Date, case, func, literal, or_, select, union_all, update
from sqlalchemy import String as Text
from sqlalchemy.orm import aliased

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.database import insert_into, locked
from talking_together.extensions import db
from talking_together.orm import BigId, UTCDateTime
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
    _lock_members({award.member_id for award in awards})
    return _enter(_earnings(awards))


def take_back(keys: Iterable[str]) -> dict[int, int]:
    """Reverse the entries with the keys, unless reversed before; return each member's change."""
    keys = list(keys)
    if not keys:
        return {}
    earners = select(PointEntry.member_id).where(PointEntry.event_key.in_(keys))
    if not _lock_members(earners):
        return {}
    return _enter(_reversals(keys))


def _lock_members(ids: Any) -> list[int]:
    statement = select(Member.id).where(Member.id.in_(ids)).order_by(Member.id)
    return list(db.session.scalars(locked(statement)))


def _earnings(awards: Sequence[Award]) -> Any:
    """Select the entries of the awards that are new and within the day's caps."""
    offered = union_all(
        *(
            select(
                literal(position).label("position"),
                literal(award.event, Text()).label("event"),
                literal(award.member_id).label("member_id"),
                literal(award.key, Text()).label("key"),
                literal(award.idea_id, BigId).label("idea_id"),
                literal(award.comment_id, BigId).label("comment_id"),
            )
            for position, award in enumerate(awards)
        )
    ).subquery("offered")
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
    today = clock.today()
    counted = aliased(PointEntry)
    entered_today = (
        select(func.count())
        .where(
            counted.member_id == fresh.c.member_id,
            counted.event == fresh.c.event,
            counted.day == today,
            counted.is_reversal.is_(False),
        )
        .scalar_subquery()
    )
    return (
        select(
            fresh.c.member_id,
            fresh.c.event,
            PointRule.points,
            fresh.c.key,
            literal(False),
            fresh.c.idea_id,
            fresh.c.comment_id,
            literal(today, Date()),
            literal(clock.now(), UTCDateTime()),
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


def _reversals(keys: Sequence[str]) -> Any:
    """Select the entries that take back those with the keys."""
    return select(
        PointEntry.member_id,
        PointEntry.event,
        -PointEntry.points,
        PointEntry.event_key + literal(":reversed", Text()),
        literal(True),
        PointEntry.idea_id,
        PointEntry.comment_id,
        literal(clock.today(), Date()),
        literal(clock.now(), UTCDateTime()),
    ).where(PointEntry.event_key.in_(keys), PointEntry.is_reversal.is_(False))


def _enter(entries: Any) -> dict[int, int]:
    """Insert the selected entries, skipping keys that stand, and move the balances by them."""
    entered = db.session.execute(
        insert_into(PointEntry)
        .from_select(COLUMNS, entries)
        .on_conflict_do_nothing(index_elements=["event_key"])
        .returning(PointEntry.member_id, PointEntry.points)
    )
    changes: Counter[int] = Counter()
    for member_id, points in entered:
        changes[member_id] += points
    if changes:
        db.session.execute(
            update(Member)
            .where(Member.id.in_(changes))
            .values(points=Member.points + case(dict(changes), value=Member.id))
            .execution_options(synchronize_session=False)
        )
    return dict(changes)
