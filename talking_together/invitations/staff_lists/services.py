"""Staff lists: kept by a command in one go, reviewed before a phase, and mended row by row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from sqlalchemy import insert, select, update

from talking_together.accounts.models import Member
from talking_together.accounts.queries import has_proven
from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.invitations.models import LIVE_STATES, Invitation, StaffList, StaffListRow
from talking_together.invitations.staff_lists.assessing import Assessed, assessor, name_key, named
from talking_together.invitations.staff_lists.files.opening import open_table
from talking_together.invitations.staff_lists.known_people import SUPPRESSED, mark_known_people, partnership
from talking_together.invitations.staff_lists.reading import UnreadableList, layout_of, rows_of
from talking_together.invitations.staff_lists.readings import CHUNK, NO_ROWS, insert_rows
from talking_together.mail.models import SuppressedAddress
from talking_together.organisations.models import StaffGroup

MAX_NEW_GROUPS = 200
MAX_GROUP_NAME = 120


@dataclass(slots=True)
class CheckedList:
    """A file's rows with their outcomes, before anything is written."""

    rows: list[Assessed] = field(default_factory=list)
    new_groups: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    file_format: str = ""


def check_staff_list(stream: BinaryIO, *, create_groups: bool = False) -> CheckedList:
    """Return every row of a file with its outcome; InvalidInput when the file is no list.

    For commands: reads only, so that a long file holds nobody up; `create_groups` accepts groups to
    be made.
    """
    known = partnership()
    new_groups: dict[str, str] = {}
    try:
        table = open_table(stream.read())
        layout = layout_of(table, is_organisation=known.organisations.keys())
        checked = CheckedList([], [], layout.headings, layout.columns, table.format)
        rows = map(assessor(known), rows_of(table, layout.heading_row, layout.columns))
        while chunk := list(islice(rows, CHUNK)):
            mark_known_people(chunk)
            if create_groups:
                for row in chunk:
                    _accept_groups(row, new_groups)
            checked.rows += chunk
    except UnreadableList as unreadable:
        raise InvalidInput(str(unreadable), field="file") from None
    if not checked.rows:
        raise InvalidInput(NO_ROWS, field="file")
    if len(new_groups) > MAX_NEW_GROUPS:
        raise InvalidInput(
            f"The file names {len(new_groups):,} staff groups that do not exist. "
            f"At most {MAX_NEW_GROUPS} can be made at once: check the Groups column.",
            field="create_groups",
        )
    checked.new_groups = list(new_groups.values())
    return checked


def keep_staff_list(actor: Actor | None, *, name: str, filename: str, checked: CheckedList) -> int:
    """Write a checked list with all its rows and the groups it brings; return its id."""
    if actor is not None:
        ensure_role(actor, "admin")
    add_groups(checked.new_groups)
    count = len(checked.rows)
    staff_list = StaffList(
        name=name,
        filename=filename[:200],
        uploaded_by=actor.id if actor else None,
        uploaded_at=now(),
        rows_count=count,
        rows_read=count,
        rows_expected=count,
        file_format=checked.file_format,
        headings=checked.headings,
        columns=checked.columns,
    )
    db.session.add(staff_list)
    db.session.flush()  # the rows need its id
    for chunk in _chunks(checked.rows):
        insert_rows(staff_list.id, chunk)
    record(
        actor,
        "staff list uploaded",
        subject_type="staff list",
        subject_id=staff_list.id,
        subject_label=name,
        details={"rows": count, "staff groups added": len(checked.new_groups)},
    )
    return staff_list.id


def review_new_rows(list_id: int) -> None:
    """Give the rows still called new their outcome of today.

    People join, are invited elsewhere and ask not to be written to, after the list was read.
    """
    is_new = (StaffListRow.list_id == list_id, StaffListRow.outcome == "new")
    joined = select(Member.id).where(has_proven(StaffListRow.email))
    invited = select(Invitation.id).where(
        Invitation.email == StaffListRow.email, Invitation.state.in_(LIVE_STATES)
    )
    suppressed = select(SuppressedAddress.id).where(SuppressedAddress.address == StaffListRow.email)
    for condition, outcome, reason in (
        (joined.exists(), "already a member", "Has joined since the list was uploaded"),
        (invited.exists(), "already invited", "Has been invited in another phase since"),
        (suppressed.exists(), "suppressed", SUPPRESSED),
    ):
        db.session.execute(
            update(StaffListRow)
            .where(*is_new, condition)
            .values(outcome=outcome, reason=reason)
            .execution_options(synchronize_session=False)
        )


def add_groups(names: Iterable[str]) -> int:
    """Make the staff groups that do not exist yet and return how many."""
    taken = set(
        named((row.name, row.id) for row in db.session.execute(select(StaffGroup.name, StaffGroup.id)))
    )
    fresh = {name_key(name): name for name in names if name_key(name) not in taken}
    if fresh:
        at = now()
        db.session.execute(insert(StaffGroup), [{"name": name, "created_at": at} for name in fresh.values()])
    return len(fresh)


def _accept_groups(row: Assessed, new_groups: dict[str, str]) -> None:
    if row.outcome != "new" or not row.unknown_groups:
        return
    row.field = row.reason = ""
    for name in row.unknown_groups:
        if len(name) > MAX_GROUP_NAME:
            row.field = "groups"
            row.reason = f"Groups: a name is longer than {MAX_GROUP_NAME} characters and was left out"
        else:
            new_groups.setdefault(name_key(name), name)


def _chunks(rows: Sequence[Assessed]) -> Iterator[Sequence[Assessed]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
