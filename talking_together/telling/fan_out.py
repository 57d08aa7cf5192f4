"""Telling many members of one fact, a chunk in each transaction, each member once.

A fact is a row of another room that notes when it began to be told (`told_at`), under its row's lock. What
is told to more than one chunk goes on from a row of `tellings`, whoever works on it after a crash; unique
keys keep what each member is told to once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Select, String, cast, delete, func, insert, literal, select, update

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.database import insert_into, locked
from talking_together.extensions import db
from talking_together.ideas.decisions import SETTLE
from talking_together.notifications.models import Notification
from talking_together.notifications.services import HOLD
from talking_together.telling.models import Telling

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

    `only` holds for rows that are told at all. `fact_of` returns None for a row that nobody is to be
    told of. `then` does what follows, besides, from a row that has come to stand.
    """

    name: str
    model: Any
    moment: Any
    fact_of: Callable[[Any], Fact | None]
    only: tuple[Any, ...] = ()
    then: Callable[[Any], None] = lambda _row: None

    def waiting(self) -> tuple[Any, ...]:
        """Return the conditions that a row is due and those concerned were not told."""
        return self.model.told_at.is_(None), self.moment <= clock.now() - SETTLE, *self.only


def tell_all(source: Source, *, stop: Callable[[], bool] = lambda: False) -> None:
    """Tell everything that waits, in transactions of bounded size."""
    while not stop() and in_transaction(partial(tell_some, source)):
        pass


def tell_some(source: Source) -> bool:
    """Tell a chunk of people what waits, within the caller's transaction; return if anything waited."""
    return _go_on(source) or _begin(source)


def _go_on(source: Source) -> bool:
    begun = db.session.execute(
        locked(
            select(Telling.row_id, Telling.up_to)
            .where(Telling.source == source.name)
            .order_by(Telling.row_id)
            .limit(1),
            of=Telling,
            skip=True,
        )
    ).first()
    if begun is None:
        return False
    this = (Telling.source == source.name, Telling.row_id == begun.row_id)
    row = db.session.execute(select(source.model.__table__).where(source.model.id == begun.row_id)).first()
    fact = source.fact_of(row) if row else None
    up_to = _tell_chunk(fact, begun.up_to) if fact else None
    change: Any = delete(Telling) if up_to is None else update(Telling).values(up_to=up_to)
    db.session.execute(change.where(*this).execution_options(synchronize_session=False))
    return True


def _begin(source: Source) -> bool:
    model = source.model
    # In the order of the index that holds only what waits.
    waiting = select(model.__table__).where(*source.waiting()).order_by(source.moment, model.id).limit(1)
    row = db.session.execute(locked(waiting, of=model, skip=True)).first()
    if row is None:
        return False
    # From the first one told there is no way back: who would undo it meets this.
    db.session.execute(
        update(model)
        .where(model.id == row.id)
        .values(told_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    source.then(row)
    fact = source.fact_of(row)
    up_to = _tell_chunk(fact, 0) if fact else None
    if up_to is not None:
        db.session.execute(insert(Telling).values(source=source.name, row_id=row.id, up_to=up_to))
    return True


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
