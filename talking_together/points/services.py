"""Writing the points ledger: what is earned, what is taken back, and what is given back.

The entries of one event make a chain: what it earned, the reversal that took it back, and, where that
was itself undone, the reversal of the reversal, and so on. The last entry of a chain says whether
the event counts; each carries the key of the one before with something behind it.

Every write locks the rows of the members it concerns first, in ascending order, so that parallel
writes count a day's entries one after another and a balance is always the sum of its entries.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import String as Text
from sqlalchemy import bindparam, case, cast, func, literal, or_, select, union_all, update
from sqlalchemy.orm import aliased

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.database import dialect_name, insert_into, locked
from talking_together.core.statements import given, run
from talking_together.points.models import PointEntry, PointRule

COLUMNS = [
    "member_id", "event", "points", "event_key", "is_reversal", "idea_id", "comment_id", "day", "at",
    "share_of",
]  # fmt: skip
REVERSED = ":reversed"
# Behind the key of a reversal that is reversed in its turn: short, since keys have an end.
REVERSED_AGAIN = "~"
# How often what an event earned can be given back; after that it stays as it is.
MOST_GIVEN_BACK = 8


class Award(NamedTuple):
    """An event that may earn a member points; `key` names the event once for ever."""

    event: str
    member_id: int
    key: str
    idea_id: int | None = None
    comment_id: int | None = None
    # How many share what it earns, and the key of what this is a share of.
    sharers: int = 1
    share_of: str | None = None


class Moved(NamedTuple):
    """What a write did: each member's change, and the keys of the events that it moved."""

    changes: dict[int, int]
    keys: list[str]


NOTHING = Moved({}, [])


def shared(award: Award, beside: Iterable[int]) -> list[Award]:
    """Return the award with those of others who share it equally, in whole points.

    What is left over is its own member's. Every share has a key of its own, and is taken back and
    given back with the award.
    """
    others = sorted(set(beside) - {award.member_id})
    each = award._replace(sharers=len(others) + 1)
    shares = [each._replace(member_id=id, key=f"{award.key}:with:{id}", share_of=award.key) for id in others]
    return [each, *shares]


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
    return enter(awards).changes


def hold(member_ids: Iterable[int]) -> None:
    """Lock the rows of members, for who enters several times in one transaction: all of them at first."""
    run(_LOCKED_MEMBERS, {"ids": sorted(set(member_ids))})


def enter(awards: Sequence[Award]) -> Moved:
    """Enter what several events earn, in three statements."""
    if not awards:
        return NOTHING
    hold(award.member_id for award in awards)
    values: dict[str, Any] = {"today": clock.today(), "now": clock.now()}
    for place, award in enumerate(awards):
        values |= {f"{name}_{place}": value for name, value in award._asdict().items()}
    return _enter(_earnings(len(awards), dialect_name()), values)


def take_back(keys: Iterable[str]) -> dict[int, int]:
    """Reverse what the events with the keys earned, as far as it counts; return each member's change."""
    return reverse(keys).changes


def reverse(keys: Iterable[str]) -> Moved:
    """Reverse what the events with the keys earned, and the shares of it, as far as it counts."""
    return _turn(list(keys), counting=True)


def give_back(keys: Iterable[str]) -> Moved:
    """Undo `reverse`: what was taken back counts again, by a new entry of the same points.

    It fills no cap, since the event has filled one already.
    """
    return _turn(list(keys), counting=False)


def _turn(keys: list[str], *, counting: bool) -> Moved:
    if not keys or not run(_LOCKED_EARNERS, {"keys": keys}).all():
        return NOTHING
    links = [link for key in keys for link in _links(key, counting=counting)]
    values = {"keys": keys, "links": links, "today": clock.today(), "now": clock.now()}
    return _enter(_reversals(dialect_name(), counting=counting), values)


def _links(key: str, *, counting: bool) -> list[str]:
    """Return the keys that the chain of an event can have: those that count, or those taken back."""
    taken = [key + REVERSED + REVERSED_AGAIN * (2 * place) for place in range(MOST_GIVEN_BACK)]
    return [key, *(link + REVERSED_AGAIN for link in taken)] if counting else taken


_KEYS: Any = bindparam("keys", expanding=True)
_LOCKED_MEMBERS = locked(
    select(Member.id).where(Member.id.in_(bindparam("ids", expanding=True))).order_by(Member.id)
)
_LOCKED_EARNERS = locked(
    select(Member.id)
    .where(
        Member.id.in_(
            select(PointEntry.member_id).where(
                or_(PointEntry.event_key.in_(_KEYS), PointEntry.share_of.in_(_KEYS))
            )
        )
    )
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
        # Of what was earned before nobody gets a share who shares it only now.
        .where(
            ~select(same_key.id).where(same_key.event_key.in_((offered.c.key, offered.c.share_of))).exists()
        )
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
    share = PointRule.points // fresh.c.sharers
    own = case(
        (fresh.c.share_of.is_(None), PointRule.points - (fresh.c.sharers - literal(1)) * share), else_=share
    )
    entries = (
        select(
            fresh.c.member_id,
            fresh.c.event,
            own,
            fresh.c.key,
            literal(False),
            fresh.c.idea_id,
            fresh.c.comment_id,
            given("today", PointEntry.day),
            given("now", PointEntry.at),
            fresh.c.share_of,
        )
        .join_from(fresh, PointRule, PointRule.event == fresh.c.event)
        .where(
            own > 0,
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
        given(f"sharers_{place}", PointRule.points).label("sharers"),
        given(f"share_of_{place}", PointEntry.share_of).label("share_of"),
    )


@cache
def _reversals(_dialect: str, *, counting: bool) -> Any:
    """Return the INSERT of the entries that reverse those which end their chains.

    One that is not the end of its chain finds the key of its reversal taken.
    """
    behind = case((PointEntry.is_reversal, REVERSED_AGAIN), else_=REVERSED)
    entries = select(
        PointEntry.member_id,
        PointEntry.event,
        -PointEntry.points,
        PointEntry.event_key + cast(behind, Text()),
        literal(True),
        PointEntry.idea_id,
        PointEntry.comment_id,
        given("today", PointEntry.day),
        given("now", PointEntry.at),
        PointEntry.share_of,
    ).where(
        or_(
            PointEntry.event_key.in_(bindparam("links", expanding=True)),
            PointEntry.share_of.in_(_KEYS),
        ),
        PointEntry.points > 0 if counting else PointEntry.points < 0,
    )
    return _entering(entries)


def _entering(entries: Any) -> Any:
    return (
        insert_into(PointEntry)
        .from_select(COLUMNS, entries)
        # A key that stands has earned.
        .on_conflict_do_nothing(index_elements=["event_key"])
        .returning(PointEntry.member_id, PointEntry.points, PointEntry.event_key, PointEntry.share_of)
    )


def _enter(entering: Any, values: dict[str, Any]) -> Moved:
    """Write the entries and move the balances by them."""
    changes: Counter[int] = Counter()
    keys: dict[str, None] = {}
    for entry in run(entering, values):
        changes[entry.member_id] += entry.points
        keys[entry.share_of or entry.event_key.partition(REVERSED)[0]] = None
    if changes:
        moved: dict[str, int] = {}
        for place, (member_id, points) in enumerate(changes.items()):
            moved |= {f"member_{place}": member_id, f"change_{place}": points}
        run(_moving(len(changes)), moved)
    return Moved(dict(changes), list(keys))


@cache
def _moving(count: int) -> Any:
    """Return the UPDATE that moves the balances of so many members."""
    members: Any = Member.__table__
    ids = [given(f"member_{place}", Member.id) for place in range(count)]
    changes = case(
        *((members.c.id == id, given(f"change_{place}", Member.points)) for place, id in enumerate(ids))
    )
    return update(members).where(members.c.id.in_(ids)).values(points=members.c.points + changes)
