"""Background work on phases: begun when due, paused while the mail server is away, brought to an end."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import String, cast, func, literal, select, update

from talking_together.core.clock import now
from talking_together.core.commits import commits_alone, in_transaction
from talking_together.core.database import one_snapshot
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.phases import feeding, moving
from talking_together.invitations.phases.delivery import count_deliveries_of
from talking_together.invitations.phases.emails import stream_of
from talking_together.invitations.phases.schedule import in_hours
from talking_together.invitations.phases.services import lock_phase
from talking_together.mail.models import OutboxMessage
from talking_together.mail.outbox import hold, release
from talking_together.mail.queries import server_state

# A server that misses a moment is no reason to pause.
PATIENCE = timedelta(seconds=10)


def feed_phases(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Put what may leave into the outbox, and end the phases that are through; return how many."""
    fed = feeding.feed_invitations(stop=stop)
    if _sending():
        finish_phases()
    return fed


def feed_reminders(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Put the reminders that are due into the outbox and return how many."""
    return feeding.feed_reminders(stop=stop)


def start_due_phases() -> int:
    """Start the phases whose time has come and return how many."""
    due = select(Phase.id).where(Phase.state == "scheduled", Phase.starts_at <= now()).order_by(Phase.id)
    with one_snapshot():
        phase_ids = db.session.scalars(due).all()
    begun = [in_transaction(partial(moving.begin_scheduled, phase_id)) for phase_id in phase_ids]
    return sum(invited is not None for invited in begun)


def follow_mail_server() -> None:
    """Pause the phases that wait for a mail server that is away; let them go on when it is back."""
    at = now()
    with one_snapshot():
        server = server_state()
        is_away = server is not None and server.failing_since is not None
        if is_away and server.failing_since > at - PATIENCE:
            return
        if is_away:
            found = [phase.id for phase in _with_messages(("sending",)) if phase.waits]
        else:
            waiting = (Phase.state == "paused", Phase.pause_cause == "mail server")
            found = list(db.session.scalars(select(Phase.id).where(*waiting).order_by(Phase.id)))
    move = moving.pause_for_server if is_away else moving.resume_for_server
    for phase_id in found:
        in_transaction(partial(move, phase_id))


def keep_hours() -> None:
    """Hold what waits of a phase when its sending hours end, and release it when they begin."""
    at = now()
    with one_snapshot():
        phases = _with_messages(("sending", "sent"))
    for phase in phases:
        if phase.waits and not in_hours(phase, at):
            in_transaction(partial(hold, stream_of(phase.id)))
        elif phase.is_held and in_hours(phase, at):
            in_transaction(partial(_release, phase.id))


@commits_alone
def finish_phases() -> None:
    """Call a phase sent once nothing of it is left to send."""
    waiting = select(Invitation.id).where(
        Invitation.phase_id == Phase.id, Invitation.state.in_(("queued", "sending"))
    )
    finished = db.session.scalars(
        update(Phase)
        .where(Phase.state == "sending", ~waiting.exists())
        .values(state="sent", finished_at=func.coalesce(Phase.finished_at, now()))
        .returning(Phase.id)
        .execution_options(synchronize_session=False)
    )
    for phase_id in finished.all():
        # Who sees that it is through sees its whole number.
        count_deliveries_of(phase_id)


@commits_alone
def expire_invitations() -> int:
    """Close the invitations whose time is over and return how many."""
    phases = select(Phase.id).where(Phase.state.not_in(("draft", "scheduled")))
    expired = db.session.execute(
        update(Invitation)
        .where(Invitation.phase_id.in_(phases), Invitation.state == "sent", Invitation.expires_at <= now())
        .values(state="expired", next_reminder_at=None)
        .execution_options(synchronize_session=False)
    )
    return int(expired.rowcount)  # type: ignore[attr-defined]


def _sending() -> bool:
    with one_snapshot():
        return db.session.scalar(select(Phase.id).where(Phase.state == "sending").limit(1)) is not None


def _with_messages(states: Sequence[str]) -> Sequence[Any]:
    """Return the phases in some states, and whether messages of each wait or are held."""
    stream = literal(stream_of("")) + cast(Phase.id, String)

    def has(*message_states: str) -> Any:
        found = select(OutboxMessage.id).where(
            OutboxMessage.stream == stream, OutboxMessage.state.in_(message_states)
        )
        return found.correlate(Phase).exists()

    return db.session.execute(
        select(Phase.__table__, has("queued", "claimed").label("waits"), has("held").label("is_held")).where(
            Phase.state.in_(states)
        )
    ).all()


def _release(phase_id: int) -> None:
    # Locked, so that a phase that is being paused at this moment stays held.
    if lock_phase(phase_id).state in feeding.REMINDING_STATES:
        release(stream_of(phase_id))
