"""People who have left: found on a list, shut out, and their invitations taken back."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select, update

from talking_together.accounts.services import LastAdmin, deactivate_member
from talking_together.accounts.sign_in_names import normal_sign_in_name
from talking_together.accounts.viewers import find_viewer
from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from talking_together.core.formatting import count_of
from talking_together.extensions import db
from talking_together.invitations.models import LEAVING, OPEN_STATES, Invitation, StaffList, StaffListRow
from talking_together.invitations.staff_lists.assessing import (
    Assessed,
    Problem,
    cleaned,
    is_example,
    needing_attention,
)
from talking_together.invitations.staff_lists.cells import problem_with_address
from talking_together.invitations.staff_lists.known_people import YOURSELF
from talking_together.invitations.staff_lists.reading import ListRow
from talking_together.invitations.states import EMAIL_PURPOSES, lock_invitation, move_invitation
from talking_together.mail.outbox import cancel_of

# How many lose their access in one transaction.
CHUNK = 25
# What a leaver could still join with, or have sent anew.
TAKEN_BACK = ("draft", *OPEN_STATES, "expired")
NO_WAY_TO_KNOW = "Email: missing, and so is the staff number"
LEFT = "Has left the organisation"


def leaver_assessor() -> Callable[[ListRow], Assessed]:
    """Return the function that assesses the rows of one list of leavers, in their order."""
    first_rows: dict[str, int] = {}

    def assess(row: ListRow) -> Assessed:
        if row.is_empty:
            return Assessed(row.row, "ignored", "This row is empty")
        if is_example(row):
            return Assessed(row.row, "ignored", "The example of the template", name=row.cells["name"][:100])
        found, problem = cleaned(row, ("email", "staff_number", "name"))
        found.staff_number = normal_sign_in_name(found.staff_number)
        problem = problem or _problem_with_who(found)
        if problem:
            return needing_attention(found, problem, row.whole)
        first = first_rows.setdefault(found.email or found.staff_number, row.row)
        if first != row.row:
            found.outcome, found.reason = "ignored", f"The same person as row {first:,}"
            return found
        found.outcome, found.cells = "leaving", [cell[:200] for cell in row.whole]
        return found

    return assess


def _problem_with_who(found: Assessed) -> Problem | None:
    if not found.email:
        return None if found.staff_number else Problem("email", NO_WAY_TO_KNOW)
    words = problem_with_address(found.email)
    return Problem("email", words) if words else None


def ask_to_end_access(actor: Actor, *, list_id: int, people: int) -> None:
    """Decide that those on a list lose their access; `people` is the number that the admin typed."""
    ensure_role(actor, "admin")
    staff_list = db.session.execute(
        locked(
            select(StaffList.id, StaffList.name, StaffList.state, StaffList.kind, StaffList.applied_at).where(
                StaffList.id == list_id
            )
        )
    ).first()
    if staff_list is None or staff_list.kind != LEAVING:
        raise NotFound()
    if staff_list.state != "read":
        raise Conflict("This list has not been read yet.")
    if staff_list.applied_at is not None:
        raise Conflict("The access of the people on this list is being ended already.")
    leaving = db.session.scalar(
        select(func.count()).where(StaffListRow.list_id == list_id, StaffListRow.outcome == "leaving")
    )
    if people != leaving:
        raise InvalidInput(
            f"{count_of(leaving or 0, 'person loses', 'people lose')} access. Type that number.",
            field="people",
        )
    db.session.execute(
        update(StaffList).where(StaffList.id == list_id).values(applied_at=now(), applied_by=actor.id)
    )
    _take_back_invitations_of_strangers(list_id)
    record(
        actor,
        "leavers’ list applied",
        subject_type="staff list",
        subject_id=list_id,
        subject_label=staff_list.name,
        details={"people": leaving},
    )


def lists_to_apply() -> list[int]:
    """Return the lists that an admin has asked to apply and that are not done."""
    waiting = select(StaffListRow.id).where(
        StaffListRow.list_id == StaffList.id, StaffListRow.outcome == "leaving"
    )
    return list(
        db.session.scalars(
            select(StaffList.id)
            .where(StaffList.kind == LEAVING, StaffList.applied_at.is_not(None), waiting.exists())
            .order_by(StaffList.id)
        )
    )


def end_access_of_some(list_id: int) -> int:
    """End the access of the next few on a list that is being applied; return how many rows are done.

    Each row tells its new state in the same transaction, so that nobody is shut out twice.
    """
    staff_list = db.session.execute(
        select(StaffList.name, StaffList.applied_by).where(StaffList.id == list_id)
    ).one()
    actor = find_viewer(staff_list.applied_by)
    rows = db.session.execute(
        locked(
            select(StaffListRow.id, StaffListRow.email, StaffListRow.member_id)
            .where(StaffListRow.list_id == list_id, StaffListRow.outcome == "leaving")
            # Members are locked by ascending id, here as everywhere.
            .order_by(StaffListRow.member_id)
            .limit(CHUNK),
            skip=True,
        )
    ).all()
    for row in rows:
        outcome, reason = _end_access(actor, row.member_id, staff_list.name)
        if outcome == "has left":
            _take_back_invitations(row.email)
        db.session.execute(
            update(StaffListRow)
            .where(StaffListRow.id == row.id)
            .values(outcome=outcome, reason=reason, field="email" if outcome == "needs attention" else "")
        )
    return len(rows)


def _end_access(actor: Any, member_id: int, list_name: str) -> tuple[str, str]:
    """Shut a member out and return the outcome of the row and why."""
    if actor is None:
        return "needs attention", "The admin who asked for this has left. Upload the list again"
    try:
        deactivate_member(actor, member_id=member_id, reason=f"On the leavers’ list “{list_name}”")
    except LastAdmin as last:
        return "needs attention", last.message
    except NotAllowed as refused:
        return "needs attention", YOURSELF if actor.id == member_id else refused.message
    except (Conflict, NotFound):
        return "has left", "Access has ended already"
    return "has left", "Access ended by this list"


def _take_back_invitations_of_strangers(list_id: int) -> None:
    """Take back the invitations of those on the list who have not joined."""
    rows = select(StaffListRow.email).where(
        StaffListRow.list_id == list_id, StaffListRow.outcome == "not a member"
    )
    for email in db.session.scalars(rows).all():
        _take_back_invitations(email)


def _take_back_invitations(email: str) -> None:
    found = select(Invitation.id).where(Invitation.email == email, Invitation.state.in_(TAKEN_BACK))
    for invitation_id in db.session.scalars(found.order_by(Invitation.id)).all():
        invitation = lock_invitation(invitation_id)
        if invitation.state in TAKEN_BACK:
            cancel_of(EMAIL_PURPOSES, [invitation_id])
            move_invitation(invitation, "revoked", last_answer=LEFT)
