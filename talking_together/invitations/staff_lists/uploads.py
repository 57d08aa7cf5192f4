"""An upload, from the file as it came to the columns that an admin says are right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import delete, select, update

from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.invitations.models import JOINING, LEAVING, StaffList, StaffListFile
from talking_together.invitations.staff_lists.assessing import Assessed, assessor
from talking_together.invitations.staff_lists.files.opening import open_table
from talking_together.invitations.staff_lists.files.tables import MAX_COLUMNS, Table, UnreadableList
from talking_together.invitations.staff_lists.known_people import (
    mark_known_people,
    mark_leavers,
    partnership,
)
from talking_together.invitations.staff_lists.leavers import leaver_assessor
from talking_together.invitations.staff_lists.reading import (
    FIELDS_OF,
    NO_EMAILS,
    NO_LEAVERS,
    Layout,
    layout_of,
    rows_of,
)

PREVIEWED = 50
KEPT_UNREAD = timedelta(days=1)


class AlreadyRead(Conflict):
    """The columns were confirmed before, in another window or by another admin."""

    message = "This list is being read or has been read already."


@dataclass(frozen=True, slots=True)
class Examined:
    """What a look at a file found: what it is and how it is laid out."""

    table: Table
    layout: Layout


def examine(
    content: bytes, *, kind: str, sheet: int | None = None, has_headings: bool | None = None
) -> Examined:
    """Look at the beginning of a file; InvalidInput when it is no list.

    `has_headings` is what an admin says of it; None leaves it to be found out.
    """
    known = partnership().organisations.keys()
    try:
        table = open_table(content, sheet)
        row = 0 if has_headings is False else None
        layout = layout_of(table, kind, heading_row=row, is_organisation=known)
        if has_headings and not layout.headings:
            first = next(record.line for record in table.records() if not record.is_empty)
            layout = layout_of(table, kind, heading_row=first)
    except UnreadableList as unreadable:
        raise InvalidInput(str(unreadable), field="file") from None
    return Examined(table, layout)


def keep_upload(
    actor: Actor, *, name: str, kind: str, filename: str, content: bytes, examined: Examined
) -> int:
    """Keep a file until it has been read, and return the id of its list; nobody is on it yet."""
    ensure_role(actor, "admin")
    staff_list = StaffList(
        name=name,
        kind=kind,
        filename=filename[:200],
        uploaded_by=actor.id,
        uploaded_at=now(),
        state="uploaded",
        **_found(examined),
    )
    db.session.add(staff_list)
    db.session.flush()  # the file needs its id
    db.session.add(StaffListFile(list_id=staff_list.id, content=content))
    return staff_list.id


def examined_anew(staff_list: Any, *, sheet: int | None, has_headings: bool) -> Examined | None:
    """Look again at an upload whose sheet or headings are not what we took them for; None if they are."""
    if sheet in (None, staff_list.sheet) and has_headings == bool(staff_list.heading_row):
        return None
    chosen = staff_list.sheet if sheet is None else sheet
    return examine(content_of(staff_list.id), kind=staff_list.kind, sheet=chosen, has_headings=has_headings)


def arrange(
    actor: Actor, *, list_id: int, columns: Mapping[str, int], examined: Examined | None = None
) -> None:
    """Keep which columns hold what, as an admin says; InvalidInput when no row could be used.

    Of a file that was looked at again, the columns are those that were found.
    """
    ensure_role(actor, "admin")
    staff_list = lock_upload(list_id)
    if examined is not None:
        _change(list_id, _found(examined))
        return
    wanted = FIELDS_OF[staff_list.kind]
    chosen = {name: at for name, at in columns.items() if name in wanted and 0 <= at < MAX_COLUMNS}
    if not {"email", "staff_number"} & chosen.keys():
        raise InvalidInput(NO_LEAVERS if staff_list.kind == LEAVING else NO_EMAILS, field="email")
    if len(set(chosen.values())) < len(chosen):
        raise InvalidInput("Each column of the file can be used once", field="email")
    _change(list_id, {"columns": chosen})


def preview_of(staff_list: Any) -> list[Assessed]:
    """Return the first rows of an upload as they are understood, with their outcomes of today."""
    table = open_table(content_of(staff_list.id), staff_list.sheet)
    rows = islice(rows_of(table, staff_list.heading_row, staff_list.columns), PREVIEWED)
    if staff_list.kind == JOINING:
        found = list(map(assessor(partnership(), staff_list.corrections), rows))
        mark_known_people(found)
    else:
        found = list(map(leaver_assessor(), rows))
        mark_leavers(found, asked_by=staff_list.uploaded_by)
    return found


def shape_of(staff_list: Any) -> tuple[tuple[str, ...], list[str]]:
    """Return the names of an upload's sheets, and what each of its columns is called or begins with."""
    table = open_table(content_of(staff_list.id), staff_list.sheet)
    records = [record.cells for record in islice(table.records(), PREVIEWED) if not record.is_empty]
    first = next(iter(records), [])
    width = max(map(len, (staff_list.headings, *records)))
    called = staff_list.headings or first
    return table.sheets, [called[at] if at < len(called) else "" for at in range(width)]


def discard_upload(actor: Actor, *, list_id: int) -> None:
    """Forget a file that has not been read."""
    ensure_role(actor, "admin")
    lock_upload(list_id)
    db.session.execute(delete(StaffList).where(StaffList.id == list_id))


def forget_old_uploads() -> int:
    """Forget the files that nobody had read within a day; return how many."""
    old = select(StaffList.id).where(
        StaffList.state == "uploaded", StaffList.uploaded_at <= now() - KEPT_UNREAD
    )
    gone = db.session.execute(
        delete(StaffList)
        .where(StaffList.id.in_(old))
        .returning(StaffList.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def lock_upload(list_id: int) -> Any:
    """Return an uploaded list, locked; raises NotFound, or AlreadyRead when it is past that."""
    staff_list = db.session.execute(
        locked(select(StaffList.__table__).where(StaffList.id == list_id))
    ).first()
    if staff_list is None:
        raise NotFound()
    if staff_list.state != "uploaded":
        raise AlreadyRead()
    return staff_list


def content_of(list_id: int) -> bytes:
    """Return the file of a list; raises NotFound once it has been read."""
    content = db.session.scalar(select(StaffListFile.content).where(StaffListFile.list_id == list_id))
    if content is None:
        raise NotFound()
    return content


def _found(examined: Examined) -> dict[str, Any]:
    table, layout = examined.table, examined.layout
    return {
        "file_format": table.format,
        "sheet": table.sheet,
        "rows_expected": max(0, table.rows_expected - layout.heading_row),
        "heading_row": layout.heading_row,
        "headings": layout.headings,
        "columns": layout.columns,
    }


def _change(list_id: int, values: Mapping[str, Any]) -> None:
    db.session.execute(update(StaffList).where(StaffList.id == list_id).values(**values))
