"""Telling many members of one fact, a chunk in each transaction, each member once.

A fact is a row of another room that notes when all concerned were told (`told_at`). Whoever works on it
holds its row; after a crash the next begins anew, and the keys of what was told already keep it to once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select, update

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.database import insert_into, locked
from talking_together.extensions import db
from talking_together.ideas.decisions import SETTLE
from talking_together.notifications.models import Notification
from talking_together.notifications.services import HOLD

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Fact:
    """What is told: `people` selects `member_id` and `kind`, `about` holds the columns that are alike."""

    key: str
    people: Select[Any]
    about: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts wait to be told: rows of `model` that have stood since `moment` for long enough.

    `only` holds for rows that are told at all. `fact_of` returns None for a row that nobody is to be told of.
    """

    model: Any
    moment: Any
    fact_of: Callable[[Any], Fact | None]
    only: tuple[Any, ...] = ()

    def waiting(self) -> tuple[Any, ...]:
        """Return the conditions that a row is due and those concerned were not told."""
        return self.model.told_at.is_(None), self.moment <= clock.now() - SETTLE, *self.only


@dataclass(frozen=True, slots=True)
class Step:
    """One chunk of work that was done: on which row, and up to which member, None when all were told."""

    row_id: int
    up_to: int | None


def tell_all(source: Source, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Tell everything that waits, in transactions of bounded size; return how many facts were told."""
    told = 0
    after: dict[int, int] = {}
    while not stop():
        step = in_transaction(lambda: tell_some(source, after))
        if step is None:
            break
        after[step.row_id] = step.up_to or 0
        told += step.up_to is None
    return told


def tell_some(source: Source, after: dict[int, int] | None = None) -> Step | None:
    """Tell the next chunk of the first row that waits, within the caller's transaction.

    `after` says up to which member each row has been told already; None is returned when nothing waits.
    """
    model = source.model
    # In the order of the index that holds only what waits.
    waiting = select(model.__table__).where(*source.waiting()).order_by(source.moment, model.id).limit(1)
    row = db.session.execute(locked(waiting, of=model, skip=True)).first()
    if row is None:
        return None
    fact = source.fact_of(row)
    up_to = _tell_chunk(fact, (after or {}).get(row.id, 0)) if fact else None
    if up_to is None:
        db.session.execute(
            update(model)
            .where(model.id == row.id)
            .values(told_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    return Step(row.id, up_to)


def _tell_chunk(fact: Fact, after: int) -> int | None:
    """Tell the next members by id and return the last of them, None when there is nobody left."""
    people = fact.people.subquery("people")
    chunk = (
        select(people.c.member_id)
        .where(people.c.member_id > after)
        .order_by(people.c.member_id)
        .limit(CHUNK)
        .subquery("chunk")
    )
    count, up_to = db.session.execute(select(func.count(), func.max(chunk.c.member_id))).one()
    if not count:
        return None
    at = clock.now()
    same = {**fact.about, "at": at, "email_state": "due", "email_after": at + HOLD}
    table = Notification.__table__
    values = {
        "member_id": people.c.member_id,
        "kind": people.c.kind,
        "fact_key": literal(f"{fact.key}:member:", String) + cast(people.c.member_id, String),
        **{name: literal(value, table.c[name].type) for name, value in same.items()},
    }
    some = (
        select(*values.values())
        .where(people.c.member_id > after, people.c.member_id <= up_to)
        # In one order, so that two who tell the same people wait for each other instead of locking up.
        .order_by(people.c.member_id)
    )
    db.session.execute(
        insert_into(Notification)
        .from_select(list(values), some)
        .on_conflict_do_nothing(index_elements=["fact_key"])
    )
    return int(up_to) if count == CHUNK else None
