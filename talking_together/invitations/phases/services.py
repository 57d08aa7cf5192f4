"""Phases as they are prepared: written, changed, tried on oneself."""

from typing import Any

from sqlalchemy import func, select, update

from talking_together.audit.services import record
from talking_together.challenges.models import Challenge
from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.invitations.models import JOINING, Phase, StaffList
from talking_together.invitations.phases.emails import PURPOSE, email_for_test
from talking_together.invitations.phases.plan import Plan, check_plan
from talking_together.invitations.phases.policies import PhaseMoved, can_edit
from talking_together.invitations.phases.queries import get_phase
from talking_together.mail.outbox import enqueue_many


def create_phase(actor: Actor | None, *, plan: Plan) -> int:
    """Write a phase as a draft and return its id; InvalidInput names what stands in the way."""
    if actor is not None:
        ensure_role(actor, "admin")
    _check(plan, own_id=None)
    phase = Phase(**plan.values(), created_by=actor.id if actor else None, created_at=now())
    db.session.add(phase)
    db.session.flush()  # its log entry needs the id
    record_act(actor, "phase created", phase)
    return phase.id


def change_phase(actor: Actor, *, phase_id: int, plan: Plan) -> None:
    """Change a phase that is still a draft."""
    ensure_role(actor, "admin")
    phase = lock_phase(phase_id)
    if not can_edit(phase.state):
        raise PhaseMoved(phase.state)
    _check(plan, own_id=phase_id)
    values = plan.values()
    db.session.execute(update(Phase).where(Phase.id == phase_id).values(**values))
    changed = sorted(name for name, value in values.items() if value != getattr(phase, name))
    record_act(actor, "phase changed", phase, {"changed": [name.replace("_", " ") for name in changed]})


def send_test(actor: Any, *, phase_id: int, purpose: str = PURPOSE) -> str:
    """Send the phase's email to the admin who asks, with a link to a sample; return the address."""
    ensure_role(actor, "admin")
    phase = get_phase(phase_id)
    if not actor.email:
        raise Conflict("Your account has no email address to send a test to.")
    enqueue_many([email_for_test(phase, purpose=purpose, actor=actor)])
    record_act(actor, "phase tested", phase, {"email": purpose})
    return str(actor.email)


def lock_phase(phase_id: int) -> Any:
    """Return the row of a phase, locked; raises NotFound."""
    phase = db.session.execute(locked(select(Phase.__table__).where(Phase.id == phase_id))).first()
    if phase is None:
        raise NotFound()
    return phase


def record_act(actor: Actor | None, action: str, phase: Any, details: dict[str, Any] | None = None) -> None:
    """Log what was done with a phase."""
    record(
        actor, action, subject_type="phase", subject_id=phase.id, subject_label=phase.name, details=details
    )


def _check(plan: Plan, *, own_id: int | None) -> None:
    check_plan(plan, now())
    taken = db.session.scalar(select(Phase.id).where(func.lower(Phase.name) == func.lower(plan.name)))
    if taken is not None and taken != own_id:
        raise InvalidInput("Another phase has this name", field="name")
    if plan.source == "list" and not _is_list_to_invite(plan.list_id):
        raise InvalidInput("Choose one of the staff lists", field="list_id")
    if plan.source == "choice" and plan.not_joined_from is not None:
        earlier = db.session.scalar(select(Phase.state).where(Phase.id == plan.not_joined_from))
        if earlier in (None, "draft") or plan.not_joined_from == own_id:
            raise InvalidInput("Choose a phase that has been started", field="not_joined_from")
    if plan.challenge_id is not None and not _exists(Challenge.id, plan.challenge_id):
        raise InvalidInput("Choose one of the challenges", field="challenge_id")


def _is_list_to_invite(list_id: int | None) -> bool:
    found = select(StaffList.id).where(
        StaffList.id == list_id, StaffList.kind == JOINING, StaffList.state == "read"
    )
    return db.session.scalar(found) is not None


def _exists(column: Any, id: int) -> bool:
    return db.session.scalar(select(column).where(column == id)) is not None
