"""Staff lists: reading one against what is known, and keeping every row with its outcome."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import insert, or_, select, update

from talking_together.accounts.models import Member
from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.invitations.models import LIVE_STATES, Invitation, StaffList, StaffListRow
from talking_together.invitations.staff_lists.assessing import (
    Assessed,
    Partnership,
    assessor,
    name_key,
    named,
)
from talking_together.invitations.staff_lists.reading import UnreadableList, read_staff_list
from talking_together.organisations.models import Organisation, OrganisationDomain, StaffGroup

CHUNK = 1_000
MAX_NEW_GROUPS = 200
MAX_GROUP_NAME = 120


@dataclass(slots=True)
class CheckedList:
    """A file's rows with their outcomes, before anything is written."""

    rows: list[Assessed] = field(default_factory=list)
    new_groups: list[str] = field(default_factory=list)


def check_staff_list(stream: BinaryIO, *, create_groups: bool = False) -> CheckedList:
    """Return every row of a CSV file with its outcome; InvalidInput when the file is no list.

    Reads only, so that a long file holds nobody up; `create_groups` accepts groups to be made.
    """
    partnership = _partnership()
    checked = CheckedList()
    new_groups: dict[str, str] = {}
    try:
        rows = map(assessor(partnership), read_staff_list(stream))
        while chunk := list(islice(rows, CHUNK)):
            _mark_known_people(chunk)
            if create_groups:
                for row in chunk:
                    _accept_groups(row, new_groups)
            checked.rows += chunk
    except UnreadableList as unreadable:
        raise InvalidInput(str(unreadable), field="file") from None
    if not checked.rows:
        raise InvalidInput("There are no rows under the headings.", field="file")
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
    _add_groups(checked.new_groups)
    staff_list = StaffList(
        name=name,
        filename=filename[:200],
        uploaded_by=actor.id if actor else None,
        uploaded_at=now(),
        rows_count=len(checked.rows),
    )
    db.session.add(staff_list)
    db.session.flush()  # the rows need its id
    for values in _chunks([_row_values(staff_list.id, row) for row in checked.rows]):
        db.session.execute(insert(StaffListRow), values)
    record(
        actor,
        "staff list uploaded",
        subject_type="staff list",
        subject_id=staff_list.id,
        subject_label=name,
        details={"rows": len(checked.rows), "staff groups added": len(checked.new_groups)},
    )
    return staff_list.id


def review_new_rows(list_id: int) -> None:
    """Give the rows still called new their outcome of today: people join and are invited meanwhile."""
    is_new = (StaffListRow.list_id == list_id, StaffListRow.outcome == "new")
    joined = select(Member.id).where(
        or_(Member.email == StaffListRow.email, Member.sign_in_name == StaffListRow.email)
    )
    invited = select(Invitation.id).where(
        Invitation.email == StaffListRow.email, Invitation.state.in_(LIVE_STATES)
    )
    for condition, outcome, reason in (
        (joined.exists(), "already a member", "Has joined since the list was uploaded"),
        (invited.exists(), "already invited", "Has been invited in another phase since"),
    ):
        db.session.execute(
            update(StaffListRow)
            .where(*is_new, condition)
            .values(outcome=outcome, reason=reason)
            .execution_options(synchronize_session=False)
        )


def _partnership() -> Partnership:
    organisations = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.short_name)
    ).all()
    domains = db.session.execute(select(OrganisationDomain.domain, OrganisationDomain.organisation_id))
    groups = db.session.execute(select(StaffGroup.name, StaffGroup.id))
    short_names = [(row.short_name, row.id) for row in organisations]
    return Partnership(
        # A name wins over a short name that another organisation happens to use as well.
        organisations=named([*short_names, *((row.name, row.id) for row in organisations)]),
        domains={row.domain: row.organisation_id for row in domains},
        groups=named((row.name, row.id) for row in groups),
    )


def _mark_known_people(chunk: Sequence[Assessed]) -> None:
    """Mark those of the chunk who are members or hold an invitation, in two statements."""
    new = {row.email: row for row in chunk if row.outcome == "new"}
    if not new:
        return
    invited = db.session.scalars(
        select(Invitation.email).where(Invitation.email.in_(new), Invitation.state.in_(LIVE_STATES))
    )
    for email in invited:
        new[email].outcome, new[email].reason = "already invited", "Has been invited in another phase"
    members = db.session.execute(
        select(Member.email, Member.sign_in_name).where(
            or_(Member.email.in_(new), Member.sign_in_name.in_(new))
        )
    )
    for member in members:
        for address in {member.email, member.sign_in_name} & new.keys():
            new[address].outcome, new[address].reason = "already a member", "Has joined already"


def _accept_groups(row: Assessed, new_groups: dict[str, str]) -> None:
    if row.outcome != "new" or not row.unknown_groups:
        return
    row.reason = ""
    for name in row.unknown_groups:
        if len(name) > MAX_GROUP_NAME:
            row.reason = f"Groups: a name is longer than {MAX_GROUP_NAME} characters and was left out"
        else:
            new_groups.setdefault(name_key(name), name)


def _add_groups(names: Sequence[str]) -> None:
    taken = set(
        named((row.name, row.id) for row in db.session.execute(select(StaffGroup.name, StaffGroup.id)))
    )
    fresh = [name for name in names if name_key(name) not in taken]
    if fresh:
        at = now()
        db.session.execute(insert(StaffGroup), [{"name": name, "created_at": at} for name in fresh])


def _row_values(list_id: int, row: Assessed) -> dict[str, Any]:
    return {
        "list_id": list_id,
        "line": row.row,
        "name": row.name,
        "email": row.email,
        "organisation": row.organisation,
        "groups": row.groups,
        "job_title": row.job_title,
        "organisation_id": row.organisation_id,
        "outcome": row.outcome,
        "reason": row.reason,
    }


def _chunks(values: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
