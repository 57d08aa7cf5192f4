"""Reading all of a file, a thousand rows at a time, each in a transaction of its own."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from talking_together.accounts.viewers import find_viewer
from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, NotFound
from talking_together.extensions import db
from talking_together.invitations.models import JOINING, StaffList, StaffListFile, StaffListRow
from talking_together.invitations.staff_lists.assessing import Assessed, Partnership, assessor
from talking_together.invitations.staff_lists.files.opening import open_table
from talking_together.invitations.staff_lists.files.tables import UnreadableList
from talking_together.invitations.staff_lists.known_people import (
    mark_known_people,
    mark_leavers,
    partnership,
)
from talking_together.invitations.staff_lists.leavers import leaver_assessor
from talking_together.invitations.staff_lists.reading import rows_of
from talking_together.invitations.staff_lists.uploads import content_of, lock_upload

CHUNK = 1_000
LEASE = timedelta(minutes=5)
# A file that breaks off its reading so often is not read a sixth time.
MOST_ATTEMPTS = 5
# A list this short is read in the request that asks for it.
SHORT = 2_000
BROKEN_OFF = "Reading the file broke off several times. Save it as CSV and upload that."
NO_ROWS = "There are no rows under the headings."


class ReadingIsOver(Exception):
    """Somebody stopped the reading, or another worker has taken it over."""


@dataclass(frozen=True)
class Claim:
    """A list that this process reads, for as long as nobody stops it."""

    list_id: int
    claimed_by: str


def begin_reading(actor: Actor, *, list_id: int) -> bool:
    """Let the worker read an upload; return whether it is short enough to be read at once."""
    ensure_role(actor, "admin")
    staff_list = lock_upload(list_id)
    _change(list_id, state="reading", rows_read=0)
    return bool(staff_list.rows_expected <= SHORT)


def stop_reading(actor: Actor, *, list_id: int) -> None:
    """Stop reading a file and keep nothing of it."""
    ensure_role(actor, "admin")
    staff_list = db.session.execute(
        locked(select(StaffList.state, StaffList.name).where(StaffList.id == list_id))
    ).first()
    if staff_list is None:
        raise NotFound()
    if staff_list.state != "reading":
        raise Conflict("This list is not being read any more.")
    _give_up(list_id, "stopped", "")
    _record(actor, "reading of a staff list stopped", list_id, staff_list.name)


def claim_reading(list_id: int | None = None) -> Claim | None:
    """Take the next list that waits to be read, or whose reader has died; or the one named."""
    waiting = select(StaffList.id, StaffList.claimed_by).where(
        StaffList.state == "reading",
        or_(StaffList.lease_until.is_(None), StaffList.lease_until <= now()),
    )
    if list_id is not None:
        waiting = waiting.where(StaffList.id == list_id)
    row = db.session.execute(locked(waiting.order_by(StaffList.id).limit(1), skip=True)).first()
    if row is None:
        return None
    attempt = int(row.claimed_by.partition(":")[0] or 0) + 1
    if attempt > MOST_ATTEMPTS:
        _give_up(row.id, "failed", BROKEN_OFF)
        return None
    claimed_by = f"{attempt}:{secrets.token_hex(8)}"
    _change(row.id, claimed_by=claimed_by, lease_until=now() + LEASE)
    return Claim(row.id, claimed_by)


def read_claimed(claim: Claim, *, stop: Callable[[], bool] = lambda: False) -> None:
    """Read all of a claimed list; what was read before, by a reader that died, is read anew."""
    try:
        staff_list, content, known = in_transaction(lambda: _begin(claim))
        rows = _assessed(staff_list, content, known)
        while chunk := list(islice(rows, CHUNK)):
            if stop():
                in_transaction(lambda: _let_go(claim))
                return
            in_transaction(lambda kept=chunk: _keep(claim, staff_list, kept))  # type: ignore[misc]
        in_transaction(lambda: _finish(claim, staff_list))
    except UnreadableList as unreadable:
        problem = str(unreadable)
        in_transaction(lambda: _fail(claim, problem))
    except ReadingIsOver:
        return


def _begin(claim: Claim) -> tuple[Any, bytes, Partnership]:
    staff_list = _held(claim)
    db.session.execute(delete(StaffListRow).where(StaffListRow.list_id == claim.list_id))
    _change(claim.list_id, rows_read=0, rows_count=0)
    return staff_list, content_of(claim.list_id), partnership()


def _assessed(staff_list: Any, content: bytes, known: Partnership) -> Iterator[Assessed]:
    table = open_table(content, staff_list.sheet)
    rows = rows_of(table, staff_list.heading_row, staff_list.columns)
    assess = assessor(known, staff_list.corrections) if staff_list.kind == JOINING else leaver_assessor()
    return map(assess, rows)


def _keep(claim: Claim, staff_list: Any, chunk: Sequence[Assessed]) -> None:
    """Keep a chunk of rows; nothing of it stays when the reading was stopped meanwhile."""
    so_far = _held(claim).rows_read + len(chunk)
    if staff_list.kind == JOINING:
        mark_known_people(chunk)
    else:
        mark_leavers(chunk, asked_by=staff_list.uploaded_by)
    insert_rows(claim.list_id, chunk)
    _change(claim.list_id, rows_read=so_far, rows_count=so_far, lease_until=now() + LEASE)


def insert_rows(list_id: int, rows: Sequence[Assessed]) -> None:
    """Write the rows of a list with their outcomes."""
    db.session.execute(insert(StaffListRow), [_row_values(list_id, row) for row in rows])


def _finish(claim: Claim, staff_list: Any) -> None:
    rows = _held(claim).rows_read
    if rows == 0:
        _give_up(claim.list_id, "failed", NO_ROWS)
        return
    db.session.execute(delete(StaffListFile).where(StaffListFile.list_id == claim.list_id))
    _change(claim.list_id, state="read", rows_expected=rows, claimed_by="", lease_until=None)
    actor = find_viewer(staff_list.uploaded_by) if staff_list.uploaded_by else None
    _record(actor, "staff list uploaded", claim.list_id, staff_list.name, {"rows": rows})


def _let_go(claim: Claim) -> None:
    """Leave the list to the next worker at once; this one is told to stop."""
    _held(claim)
    # An orderly stop is no attempt that failed.
    _change(claim.list_id, claimed_by="", lease_until=None)


def _fail(claim: Claim, problem: str) -> None:
    _held(claim)
    _give_up(claim.list_id, "failed", problem)


def _give_up(list_id: int, state: str, problem: str) -> None:
    db.session.execute(delete(StaffListRow).where(StaffListRow.list_id == list_id))
    db.session.execute(delete(StaffListFile).where(StaffListFile.list_id == list_id))
    _change(
        list_id,
        state=state,
        problem=problem[:300],
        rows_read=0,
        rows_count=0,
        claimed_by="",
        lease_until=None,
    )


def _held(claim: Claim) -> Any:
    """Return the list, locked; ReadingIsOver when it is no longer this process that reads it."""
    staff_list = db.session.execute(
        locked(select(StaffList.__table__).where(StaffList.id == claim.list_id))
    ).first()
    if staff_list is None or staff_list.state != "reading" or staff_list.claimed_by != claim.claimed_by:
        raise ReadingIsOver()
    return staff_list


def _change(list_id: int, **values: Any) -> None:
    db.session.execute(update(StaffList).where(StaffList.id == list_id).values(**values))


def _record(actor: Any, action: str, list_id: int, name: str, details: dict[str, Any] | None = None) -> None:
    record(actor, action, subject_type="staff list", subject_id=list_id, subject_label=name, details=details)


def _row_values(list_id: int, row: Assessed) -> dict[str, Any]:
    return {
        "list_id": list_id,
        "line": row.row,
        "name": row.name,
        # Of a leaver without an address, the name that they sign in with.
        "email": row.email or row.staff_number,
        "organisation": row.organisation,
        "groups": row.groups,
        "job_title": row.job_title,
        "organisation_id": row.organisation_id,
        "member_id": row.member_id,
        "outcome": row.outcome,
        "reason": row.reason,
        "field": row.field,
        "suggestion": row.suggestion[:200],
        "cells": row.cells if row.outcome == "needs attention" else None,
    }
