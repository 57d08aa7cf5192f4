"""Phases and the invitations in them: prepared, tested, started, sent again, revoked."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select, update

from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.invitations import policies
from talking_together.invitations.models import Invitation, Phase, StaffList, StaffListRow
from talking_together.invitations.phases.emails import PURPOSE, email_for_test
from talking_together.invitations.phases.messages import check_placeholders
from talking_together.invitations.phases.queries import get_phase
from talking_together.invitations.staff_lists.assessing import known_groups, named
from talking_together.invitations.staff_lists.services import review_new_rows
from talking_together.mail.outbox import enqueue_many
from talking_together.organisations.models import StaffGroup

CHUNK = 1_000


class PhaseStarted(Conflict):
    """The phase is no longer a draft."""

    message = "This phase has been started already."


def create_phase(
    actor: Actor | None, *, name: str, list_id: int, subject: str, message: str, expires_days: int = 30
) -> int:
    """Write a phase as a draft and return its id; InvalidInput names what stands in the way."""
    if actor is not None:
        ensure_role(actor, "admin")
    _check_phase(name=name, list_id=list_id, subject=subject, message=message, own_id=None)
    phase = Phase(
        name=name,
        list_id=list_id,
        subject=subject,
        message=message,
        expires_days=expires_days,
        created_by=actor.id if actor else None,
        created_at=now(),
    )
    db.session.add(phase)
    db.session.flush()  # its log entry needs the id
    _record(actor, "phase created", phase.id, name)
    return phase.id


def change_phase(
    actor: Actor, *, phase_id: int, name: str, list_id: int, subject: str, message: str, expires_days: int
) -> None:
    """Change a phase that has not been started."""
    ensure_role(actor, "admin")
    phase = _lock_phase(phase_id)
    if not policies.can_edit(phase.state):
        raise PhaseStarted()
    _check_phase(name=name, list_id=list_id, subject=subject, message=message, own_id=phase_id)
    db.session.execute(
        update(Phase)
        .where(Phase.id == phase_id)
        .values(name=name, list_id=list_id, subject=subject, message=message, expires_days=expires_days)
    )
    _record(actor, "phase changed", phase_id, name)


def send_test(actor: Any, *, phase_id: int) -> str:
    """Send the phase's email to the admin who asks, with a link to a sample; return the address."""
    ensure_role(actor, "admin")
    phase = get_phase(phase_id)
    if not actor.email:
        raise Conflict("Your account has no email address to send a test to.")
    enqueue_many([email_for_test(phase, purpose=PURPOSE, actor=actor)])
    return str(actor.email)


def start_phase(actor: Actor | None, *, phase_id: int, people: int | None = None) -> int:
    """Invite everybody on the phase's list who is still new; return how many.

    `people` is the number that the admin typed: InvalidInput unless it is the number invited.
    A second start, from a double click or another admin, finds the phase started.
    """
    if actor is not None:
        ensure_role(actor, "admin")
    # Every phase, so that two that are started at once cannot both invite the same address.
    phases = {phase.id: phase for phase in db.session.execute(locked(_PHASES.order_by(Phase.id)))}
    phase = phases.get(phase_id)
    if phase is None:
        raise NotFound()
    if not policies.can_edit(phase.state):
        raise PhaseStarted()
    review_new_rows(phase.list_id)
    rows = _new_rows(phase.list_id)
    invited = len(rows)
    if invited == 0:
        raise InvalidInput("Nobody on this list is new. Choose another list.", field="people")
    if people is not None and people != invited:
        raise InvalidInput(
            f"This phase goes to {invited:,} people. Type that number to start it.", field="people"
        )
    _invite(phase_id, rows)
    db.session.execute(
        update(Phase)
        .where(Phase.id == phase_id)
        .values(state="sending", started_at=now(), people_count=invited)
    )
    _record(actor, "phase started", phase_id, phase.name, {"people": invited})
    return invited


_PHASES = select(Phase.id, Phase.name, Phase.state, Phase.list_id)


def _lock_phase(phase_id: int) -> Any:
    phase = db.session.execute(locked(_PHASES.where(Phase.id == phase_id))).first()
    if phase is None:
        raise NotFound()
    return phase


def _check_phase(*, name: str, list_id: int, subject: str, message: str, own_id: int | None) -> None:
    check_placeholders(subject, field="subject", has_challenge=False)
    check_placeholders(message, field="message", has_challenge=False)
    taken = db.session.scalar(select(Phase.id).where(func.lower(Phase.name) == func.lower(name)))
    if taken is not None and taken != own_id:
        raise InvalidInput("Another phase has this name", field="name")
    if db.session.scalar(select(StaffList.id).where(StaffList.id == list_id)) is None:
        raise InvalidInput("Choose one of the staff lists", field="list_id")


def _new_rows(list_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(
            StaffListRow.email,
            StaffListRow.name,
            StaffListRow.job_title,
            StaffListRow.organisation_id,
            StaffListRow.groups,
        )
        .where(StaffListRow.list_id == list_id, StaffListRow.outcome == "new")
        .order_by(StaffListRow.line)
    ).all()


def _invite(phase_id: int, rows: Sequence[Any]) -> None:
    groups = named(
        (group.name, group.id) for group in db.session.execute(select(StaffGroup.name, StaffGroup.id))
    )
    at = now()
    for start in range(0, len(rows), CHUNK):
        invitations = [
            {
                "phase_id": phase_id,
                "email": row.email,
                "name": row.name,
                "job_title": row.job_title,
                "organisation_id": row.organisation_id,
                "group_ids": known_groups(row.groups, groups),
                "state": "queued",
                "nonce": secrets.token_hex(16),
                "last_answer": "",
                "created_at": at,
            }
            for row in rows[start : start + CHUNK]
        ]
        db.session.execute(insert(Invitation), invitations)


def _record(
    actor: Actor | None, action: str, phase_id: int, name: str, details: dict[str, Any] | None = None
) -> None:
    record(actor, action, subject_type="phase", subject_id=phase_id, subject_label=name, details=details)
