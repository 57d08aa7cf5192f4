"""Background work on phases: begun when due, paused while the mail server is away, brought to an end."""

from collections.abc import Callable

from sqlalchemy import func, select, update

from talking_together.core.clock import now
from talking_together.core.commits import commits_alone
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.phases.feeding import feed_invitations


def feed_phases(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Put what may leave into the outbox, and end the phases that are through; return how many."""
    fed = feed_invitations(stop=stop)
    finish_phases()
    return fed


@commits_alone
def finish_phases() -> None:
    """Call a phase sent once nothing of it is left to send."""
    waiting = select(Invitation.id).where(
        Invitation.phase_id == Phase.id, Invitation.state.in_(("queued", "sending"))
    )
    db.session.execute(
        update(Phase)
        .where(Phase.state == "sending", ~waiting.exists())
        .values(state="sent", finished_at=func.coalesce(Phase.finished_at, now()))
        .execution_options(synchronize_session=False)
    )


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
