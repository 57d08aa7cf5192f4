"""Mending the rows of a list that has been read: what was meant, and groups that were missing."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, update

from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.commits import in_transaction
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.invitations.models import JOINING, StaffList, StaffListRow
from talking_together.invitations.staff_lists.assessing import Assessed, assessor, name_key
from talking_together.invitations.staff_lists.known_people import mark_known_people, partnership
from talking_together.invitations.staff_lists.queries import unknown_groups
from talking_together.invitations.staff_lists.reading import ListRow
from talking_together.invitations.staff_lists.services import MAX_GROUP_NAME, MAX_NEW_GROUPS, add_groups
from talking_together.mail.addresses import domain_of
from talking_together.organisations.models import Organisation, OrganisationDomain

CHUNK = 1_000
MAX_CORRECTIONS = 1_000
# A row with one of these stands for its address in the list.
_STANDS = ("new", "already invited", "already a member", "suppressed")


def accept_organisation(actor: Actor, *, list_id: int, said: str, organisation_id: int) -> int:
    """Read one organisation for what a list says instead; return how many rows it mended."""
    ensure_role(actor, "admin")
    key = name_key(said)

    def accept() -> None:
        name = db.session.scalar(select(Organisation.name).where(Organisation.id == organisation_id))
        if name is None:
            raise InvalidInput("Choose one of the organisations", field="organisation_id")
        _accept(list_id, "organisation", key, name)

    in_transaction(accept)
    return _assess_anew(
        list_id,
        (StaffListRow.outcome == "needs attention", StaffListRow.field == "organisation"),
        lambda row: name_key(row.organisation) == key,
    )


def accept_domain(actor: Actor, *, list_id: int, said: str, meant: str) -> int:
    """Read one domain of a partner for what a list says, or keep what it says; return how many rows."""
    ensure_role(actor, "admin")

    def accept() -> None:
        labels = meant.split(".")
        at_or_above = [".".join(labels[start:]) for start in range(len(labels))]
        known = select(OrganisationDomain.domain).where(OrganisationDomain.domain.in_(at_or_above[:20]))
        if meant != said and db.session.scalar(known.limit(1)) is None:
            raise InvalidInput("This is not a domain of one of the partners", field="meant")
        _accept(list_id, "domain", said, meant)

    in_transaction(accept)
    return _assess_anew(
        list_id,
        (StaffListRow.outcome == "needs attention", StaffListRow.field == "email"),
        lambda row: domain_of(row.email) == said,
    )


def make_groups(actor: Actor, *, list_id: int) -> int:
    """Make the staff groups that a list names and that do not exist; its people will be in them."""
    ensure_role(actor, "admin")

    def make() -> int:
        staff_list = _lock_read(list_id)
        names = [name for name, _ in unknown_groups(list_id) if len(name) <= MAX_GROUP_NAME]
        if len(names) > MAX_NEW_GROUPS:
            raise Conflict(
                f"At most {MAX_NEW_GROUPS} staff groups can be made at once: check the Groups column."
            )
        made = add_groups(names)
        record(
            actor,
            "staff groups added from a list",
            subject_type="staff list",
            subject_id=list_id,
            subject_label=staff_list.name,
            details={"staff groups": names},
        )
        return made

    made = in_transaction(make)
    _assess_anew(list_id, (StaffListRow.outcome == "new", StaffListRow.field == "groups"), lambda _row: True)
    return made


def _accept(list_id: int, field: str, said: str, meant: str) -> None:
    staff_list = _lock_read(list_id)
    corrections = {name: dict(words) for name, words in staff_list.corrections.items()}
    accepted = corrections.setdefault(field, {})
    accepted[said] = meant
    if len(accepted) > MAX_CORRECTIONS:
        raise Conflict("That is more than can be corrected here. Mend the file and upload it again.")
    db.session.execute(update(StaffList).where(StaffList.id == list_id).values(corrections=corrections))


def _lock_read(list_id: int) -> Any:
    staff_list = db.session.execute(
        locked(select(StaffList.__table__).where(StaffList.id == list_id))
    ).first()
    if staff_list is None:
        raise NotFound()
    if staff_list.state != "read" or staff_list.kind != JOINING:
        raise Conflict("The rows of this list cannot be corrected.")
    return staff_list


def _assess_anew(list_id: int, conditions: tuple[Any, ...], concerns: Callable[[Any], bool]) -> int:
    """Assess some rows of a list once more, each chunk in a transaction; return how many need nothing now."""
    mended, after = 0, 0
    while True:
        chunk = in_transaction(lambda start=after: _assess_chunk(list_id, conditions, concerns, start))  # type: ignore[misc]
        if chunk is None:
            return mended
        after, now_well = chunk
        mended += now_well


def _assess_chunk(
    list_id: int, conditions: tuple[Any, ...], concerns: Callable[[Any], bool], after: int
) -> tuple[int, int] | None:
    """Assess the next rows; return the last line looked at and how many need nothing now."""
    staff_list = _lock_read(list_id)
    rows = db.session.execute(
        select(StaffListRow.__table__)
        .where(StaffListRow.list_id == list_id, StaffListRow.line > after, *conditions)
        .order_by(StaffListRow.line)
        .limit(CHUNK)
    ).all()
    if not rows:
        return None
    ids = {row.line: row.id for row in rows if concerns(row)}
    assess = assessor(partnership(), staff_list.corrections)
    found = [assess(_as_list_row(row)) for row in rows if row.line in ids]
    _mark_repeats(list_id, found, ids)
    mark_known_people(found)
    if found:
        db.session.execute(update(StaffListRow), [_values(ids[row.row], row) for row in found])
    return rows[-1].line, sum(row.outcome != "needs attention" for row in found)


def _as_list_row(row: Any) -> ListRow:
    cells = {name: getattr(row, name) for name in ("name", "email", "organisation", "groups", "job_title")}
    return ListRow(row.line, cells, is_empty=False, whole=row.cells or [])


def _mark_repeats(list_id: int, found: Sequence[Assessed], ids: dict[int, int]) -> None:
    """Mark the rows whose address another row of the list stands for already."""
    emails = [row.email for row in found if row.outcome == "new"]
    standing = select(StaffListRow.email, StaffListRow.line).where(
        StaffListRow.list_id == list_id,
        StaffListRow.email.in_(emails),
        StaffListRow.outcome.in_(_STANDS),
        StaffListRow.id.not_in(list(ids.values())),
    )
    lines = dict(db.session.execute(standing).all()) if emails else {}
    for row in found:
        if row.outcome == "new" and row.email in lines:
            row.outcome = "ignored"
            row.reason = f"The same email address as row {lines[row.email]:,}"


def _values(row_id: int, row: Assessed) -> dict[str, Any]:
    return {
        "id": row_id,
        "email": row.email,
        "organisation": row.organisation,
        "organisation_id": row.organisation_id,
        "outcome": row.outcome,
        "reason": row.reason,
        "field": row.field,
        "suggestion": row.suggestion[:200],
        "cells": row.cells if row.outcome == "needs attention" else None,
    }
