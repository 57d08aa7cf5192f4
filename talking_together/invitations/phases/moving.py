"""A phase from state to state: scheduled, started, paused, stopped.

Whoever moves a phase locks its row first, so a second admin, a double click or a restarted worker
finds it moved already. A start locks every phase that could start at the same moment as well: two
of them must not invite the same address.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.database import locked
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.phases.emails import PURPOSE, stream_of
from talking_together.invitations.phases.policies import state_after
from talking_together.invitations.phases.schedule import in_hours
from talking_together.invitations.phases.selection import (
    STOPPED,
    Person,
    is_live_elsewhere,
    is_member,
    is_suppressed,
    selection_of,
)
from talking_together.invitations.phases.services import lock_phase, record_act
from talking_together.invitations.staff_lists.services import review_new_rows
from talking_together.mail.models import OutboxMessage
from talking_together.mail.outbox import cancel, hold, release

CHUNK = 1_000
NOBODY = "There is nobody left to invite. Change whom the phase is for."
ELSEWHERE = "Invited in another phase meanwhile"


def start_phase(actor: Actor | None, *, phase_id: int, people: int | None = None) -> int:
    """Invite everybody whom the phase is for, from now on; return how many.

    `people` is the number that the admin typed: InvalidInput unless it is the number invited.
    """
    if actor is not None:
        ensure_role(actor, "admin")
    phase = _lock_to_begin(phase_id)
    state = state_after(phase.state, phase.pause_cause, "start")
    if phase.state == "draft":
        invited = _invite(phase, people, as_state="queued")
    else:
        invited = _queue_reviewed(phase)
        _check_number(invited, people)
    _move(phase, state, started_at=now())
    record_act(actor, "phase started", phase, {"people": invited})
    return invited


def schedule_phase(actor: Actor, *, phase_id: int, people: int | None = None) -> int:
    """Write the invitations of a phase for its time to come; return how many."""
    ensure_role(actor, "admin")
    phase = _lock_to_begin(phase_id)
    state = state_after(phase.state, phase.pause_cause, "schedule")
    if phase.starts_at is None or phase.starts_at <= now():
        raise InvalidInput("The time to start has passed: set another, or start now.", field="people")
    invited = _invite(phase, people, as_state="draft")
    _move(phase, state)
    record_act(actor, "phase scheduled", phase, {"people": invited, "for": phase.starts_at.isoformat()})
    return invited


def unschedule_phase(actor: Actor, *, phase_id: int) -> None:
    """Make a scheduled phase a draft again, as if it had never been scheduled."""
    ensure_role(actor, "admin")
    phase = lock_phase(phase_id)
    state = state_after(phase.state, phase.pause_cause, "unschedule")
    db.session.execute(delete(Invitation).where(Invitation.phase_id == phase_id, Invitation.state == "draft"))
    _move(phase, state, people_count=0)
    record_act(actor, "phase back to draft", phase)


def begin_scheduled(phase_id: int) -> int | None:
    """Start a phase whose time has come and return how many it invites; None if it is not due.

    People who joined, declined or were invited elsewhere meanwhile are left out. With nobody left
    the phase is sent at once.
    """
    phase = _lock_to_begin(phase_id)
    if phase.state != "scheduled" or phase.starts_at is None or phase.starts_at > now():
        return None
    invited = _queue_reviewed(phase)
    at = now()
    if invited:
        _move(phase, state_after(phase.state, "", "begin"), started_at=at)
    else:
        _move(phase, state_after(phase.state, "", "finish"), started_at=at, finished_at=at)
    record_act(None, "phase started", phase, {"people": invited, "by": "its schedule"})
    return invited


def pause_phase(actor: Actor, *, phase_id: int) -> None:
    """Let nothing more of a phase leave until somebody resumes it."""
    ensure_role(actor, "admin")
    stream = stream_of(phase_id)
    # Before the phase is locked, since a message that is leaving changes its phase last; and after
    # it, for what entered the outbox while we waited.
    hold(stream)
    phase = lock_phase(phase_id)
    state = state_after(phase.state, phase.pause_cause, "pause")
    hold(stream)
    _move(phase, state, pause_cause="admin")
    record_act(actor, "phase paused", phase)


def resume_phase(actor: Actor, *, phase_id: int) -> None:
    """Let a paused phase go on."""
    ensure_role(actor, "admin")
    phase = lock_phase(phase_id)
    state = state_after(phase.state, phase.pause_cause, "resume")
    # Outside the sending hours it stays held until they begin.
    if in_hours(phase, now()):
        release(stream_of(phase_id))
    _move(phase, state, pause_cause="")
    record_act(actor, "phase resumed", phase)


def stop_phase(actor: Actor, *, phase_id: int) -> int:
    """End a phase for good: what has not been sent is revoked, what has stays; return how many."""
    ensure_role(actor, "admin")
    stream = stream_of(phase_id)
    cancel(stream)
    phase = lock_phase(phase_id)
    state = state_after(phase.state, phase.pause_cause, "stop")
    cancel(stream)
    revoked = _revoke_unsent(phase_id)
    _forget_reminders(phase_id)
    _move(phase, state, pause_cause="", finished_at=now())
    record_act(actor, "phase stopped", phase, {"not sent": revoked})
    return revoked


def pause_for_server(phase_id: int) -> bool:
    """Pause a phase while the mail server is away; what waits stays, to try the server with."""
    phase = lock_phase(phase_id)
    if phase.state != "sending":
        return False
    _move(phase, state_after(phase.state, "", "lose"), pause_cause="mail server")
    record_act(None, "phase paused", phase, {"because": "the mail server does not answer"})
    return True


def resume_for_server(phase_id: int) -> bool:
    """Let a phase go on that waited for the mail server alone."""
    phase = lock_phase(phase_id)
    if phase.state != "paused" or phase.pause_cause != "mail server":
        return False
    _move(phase, state_after(phase.state, phase.pause_cause, "find"), pause_cause="")
    record_act(None, "phase resumed", phase, {"because": "the mail server answers again"})
    return True


def _lock_to_begin(phase_id: int) -> Any:
    could_begin = or_(Phase.state.in_(("draft", "scheduled")), Phase.id == phase_id)
    statement = select(Phase.__table__).where(could_begin).order_by(Phase.id)
    phases = {phase.id: phase for phase in db.session.execute(locked(statement))}
    if phase_id not in phases:
        raise NotFound()
    return phases[phase_id]


def _invite(phase: Any, people: int | None, *, as_state: str) -> int:
    """Write an invitation for everybody whom a draft is for."""
    if phase.source == "list":
        review_new_rows(phase.list_id)
    selected = selection_of(phase).people
    _check_number(len(selected), people)
    at = now()
    for start in range(0, len(selected), CHUNK):
        rows = [_row_of(phase.id, person, as_state) for person in selected[start : start + CHUNK]]
        db.session.execute(insert(Invitation), [row | {"created_at": at} for row in rows])
    db.session.execute(update(Phase).where(Phase.id == phase.id).values(people_count=len(selected)))
    return len(selected)


def _row_of(phase_id: int, person: Person, state: str) -> dict[str, Any]:
    return {
        "phase_id": phase_id,
        "email": person.email,
        "name": person.name,
        "job_title": person.job_title,
        "organisation_id": person.organisation_id,
        "group_ids": list(person.group_ids),
        "state": state,
        "nonce": secrets.token_hex(16),
        "last_answer": "",
    }


def _check_number(invited: int, typed: int | None) -> None:
    if invited == 0:
        raise InvalidInput(NOBODY, field="people")
    if typed is not None and typed != invited:
        raise InvalidInput(f"This phase goes to {invited:,} people. Type that number.", field="people")


def _queue_reviewed(phase: Any) -> int:
    """Queue the invitations of a scheduled phase but for those that things have overtaken."""
    elsewhere = is_live_elsewhere(Invitation.email, phase, aliased(Invitation))
    for condition, state, words in (
        (is_member(Invitation.email), "already a member", ""),
        (is_suppressed(Invitation.email), "suppressed", ""),
        (elsewhere, "revoked", ELSEWHERE),
        (Invitation.id.is_not(None), "queued", ""),
    ):
        moved = db.session.execute(
            update(Invitation)
            .where(Invitation.phase_id == phase.id, Invitation.state == "draft", condition)
            .values(state=state, last_answer=words)
            .execution_options(synchronize_session=False)
        )
    return int(moved.rowcount)  # type: ignore[attr-defined]


def _revoke_unsent(phase_id: int) -> int:
    # One whose body is on its way at this moment is told of by the mail room.
    leaving = select(OutboxMessage.id).where(
        OutboxMessage.purpose == PURPOSE,
        OutboxMessage.ref_id == Invitation.id,
        OutboxMessage.state == "sending",
    )
    unsent: Sequence[Any] = (
        Invitation.phase_id == phase_id,
        or_(
            Invitation.state.in_(("draft", "queued")),
            (Invitation.state == "sending") & ~leaving.exists(),
        ),
    )
    # One that waits to be sent again has its link out already, which stays usable.
    db.session.execute(
        update(Invitation)
        .where(*unsent, Invitation.sent_at.is_not(None), Invitation.renewed_at.is_(None))
        .values(state="sent")
        .execution_options(synchronize_session=False)
    )
    revoked = db.session.execute(
        update(Invitation)
        .where(*unsent)
        .values(state="revoked", last_answer=STOPPED)
        .execution_options(synchronize_session=False)
    )
    return int(revoked.rowcount)  # type: ignore[attr-defined]


def _forget_reminders(phase_id: int) -> None:
    db.session.execute(
        update(Invitation)
        .where(Invitation.phase_id == phase_id, Invitation.next_reminder_at.is_not(None))
        .values(next_reminder_at=None)
        .execution_options(synchronize_session=False)
    )


def _move(phase: Any, state: str, **values: Any) -> None:
    if "started_at" in values:
        values["started_at"] = func.coalesce(Phase.started_at, values["started_at"])
    db.session.execute(
        update(Phase)
        .where(Phase.id == phase.id)
        .values(state=state, **values)
        .execution_options(synchronize_session=False)
    )
