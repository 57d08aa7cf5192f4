"""Background work: invitations into the outbox, what became of them, and their expiry."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select, update

from talking_together.core.clock import now
from talking_together.core.commits import commits_alone, in_transaction
from talking_together.core.database import locked
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.phases.emails import PURPOSE, invitation_of
from talking_together.mail.outbox import enqueue_many
from talking_together.mail.queries import messages_waiting
from talking_together.organisations.models import Organisation

BATCH = 100
# No more than this wait in the outbox at a time, so that a phase of thousands does not stand in
# front of somebody's password reset.
FEED_AHEAD = 300


def feed_phases(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Write the emails of queued invitations until enough wait in the outbox; return how many."""
    fed = 0
    while not stop() and (batch := in_transaction(_feed_batch)):
        fed += batch
    in_transaction(_finish_phases)
    return fed


@commits_alone
def expire_invitations() -> int:
    """Close the invitations whose time is over and return how many."""
    phases = select(Phase.id).where(Phase.state != "draft")
    expired = db.session.execute(
        update(Invitation)
        .where(Invitation.phase_id.in_(phases), Invitation.state == "sent", Invitation.expires_at <= now())
        .values(state="expired")
        .execution_options(synchronize_session=False)
    )
    return int(expired.rowcount)  # type: ignore[attr-defined]


def _feed_batch() -> int:
    room = FEED_AHEAD - messages_waiting(PURPOSE)
    if room <= 0:
        return 0
    rows = db.session.execute(
        locked(
            select(
                Invitation.id,
                Invitation.email,
                Invitation.name,
                Invitation.nonce,
                Phase.subject,
                Phase.message,
                Phase.expires_days,
                Organisation.name.label("organisation_name"),
            )
            .join(Phase, Phase.id == Invitation.phase_id)
            .join(Organisation, Organisation.id == Invitation.organisation_id)
            .where(Invitation.state == "queued")
            .order_by(Invitation.phase_id, Invitation.id)
            .limit(min(BATCH, room)),
            of=Invitation,
            skip=True,
        )
    ).all()
    at = now()
    ends = {days: at + timedelta(days=days) for days in {row.expires_days for row in rows}}
    enqueue_many([invitation_of(row, expires_at=ends[row.expires_days]) for row in rows])
    for days, expires_at in ends.items():
        db.session.execute(
            update(Invitation)
            .where(Invitation.id.in_([row.id for row in rows if row.expires_days == days]))
            .values(state="sending", expires_at=expires_at)
            .execution_options(synchronize_session=False)
        )
    return len(rows)


def _finish_phases() -> None:
    waiting = select(Invitation.id).where(
        Invitation.phase_id == Phase.id, Invitation.state.in_(("queued", "sending"))
    )
    db.session.execute(
        update(Phase)
        .where(Phase.state == "sending", ~waiting.exists())
        .values(state="sent", finished_at=func.coalesce(Phase.finished_at, now()))
        .execution_options(synchronize_session=False)
    )
