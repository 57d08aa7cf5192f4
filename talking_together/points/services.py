"""Writing the points ledger: what is earned, what is taken back, and what is given back.

The entries of one event make a chain: what it earned, the reversal that took it back, and, where that
was itself undone, the reversal of the reversal, and so on. The last entry of a chain says whether
the event counts; each carries the key of the one before with something behind it.

What is earned under a hidden name is held, and enters the balance with the week's batch (see
`points.held`); its chain stands among the held entries from end to end.

Every write locks the rows of the members it concerns first, in ascending order, so that parallel
writes count a day's entries one after another and a balance is always the sum of its entries.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from talking_together.core import clock
from talking_together.core.database import dialect_name
from talking_together.core.statements import run
from talking_together.points.entering import (
    LOCKED_EARNERS,
    LOCKED_MEMBERS,
    REVERSED,
    REVERSED_AGAIN,
    earnings,
    moving,
    reversals,
)
from talking_together.points.models import HeldEntry, PointEntry

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
    # Whether the name over it is hidden, so that no balance may tell of it when it happens.
    hidden: bool = False


class Moved(NamedTuple):
    """What a write did: the change of each balance, and the keys of the events that it moved."""

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
    run(LOCKED_MEMBERS, {"ids": sorted(set(member_ids))})


def enter(awards: Sequence[Award]) -> Moved:
    """Enter what several events earn by the rules in force, in three statements."""
    if not awards:
        return NOTHING
    hold(award.member_id for award in awards)
    moved = _earn([award for award in awards if not award.hidden], PointEntry)
    held = _earn([award for award in awards if award.hidden], HeldEntry)
    return Moved(moved.changes, [*moved.keys, *held.keys])


def _earn(awards: Sequence[Award], ledger: Any) -> Moved:
    if not awards:
        return NOTHING
    values: dict[str, Any] = {"today": clock.today(), "now": clock.now()}
    for place, award in enumerate(awards):
        offered = award._asdict()
        del offered["hidden"]
        values |= {f"{name}_{place}": value for name, value in offered.items()}
    return _enter(earnings(len(awards), ledger, dialect_name()), values, ledger)


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
    earners = run(LOCKED_EARNERS, {"keys": keys}).all() if keys else []
    if not earners:
        return NOTHING
    links = [link for key in keys for link in _links(key, counting=counting)]
    values = {"keys": keys, "links": links, "today": clock.today(), "now": clock.now()}
    moved = _enter(reversals(PointEntry, dialect_name(), counting=counting), values, PointEntry)
    if not earners[0].some_held:
        return moved
    held = _enter(reversals(HeldEntry, dialect_name(), counting=counting), values, HeldEntry)
    return Moved(moved.changes, [*moved.keys, *held.keys])


def _links(key: str, *, counting: bool) -> list[str]:
    """Return the keys that the chain of an event can have: those that count, or those taken back."""
    taken = [key + REVERSED + REVERSED_AGAIN * (2 * place) for place in range(MOST_GIVEN_BACK)]
    return [key, *(link + REVERSED_AGAIN for link in taken)] if counting else taken


def _enter(entering: Any, values: dict[str, Any], ledger: Any) -> Moved:
    """Write the entries, and move the balances by those of the ledger itself."""
    changes: Counter[int] = Counter()
    keys: dict[str, None] = {}
    for entry in run(entering, values):
        changes[entry.member_id] += entry.points
        keys[entry.share_of or entry.event_key.partition(REVERSED)[0]] = None
    if ledger is HeldEntry:
        return Moved({}, list(keys))
    move(changes)
    return Moved(dict(changes), list(keys))


def move(changes: Mapping[int, int]) -> None:
    """Move the balances of members by what was entered for each; their rows are locked."""
    if changes:
        values: dict[str, int] = {}
        for place, (member_id, points) in enumerate(changes.items()):
            values |= {f"member_{place}": member_id, f"change_{place}": points}
        run(moving(len(changes)), values)
