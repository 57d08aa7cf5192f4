"""The states of an invitation: how it moves from one to another, and what is counted with it."""

import secrets
from typing import Any

from sqlalchemy import select, update

from talking_together.core.database import locked
from talking_together.core.errors import Conflict, NotFound
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.policies import SENDING_PHASES
from talking_together.mail.outbox import cancel_of, is_leaving, let_go_of

EMAIL_PURPOSES = ("invitation", "invitation reminder")


class EmailIsLeaving(Conflict):
    """An email with the link of the invitation is on its way to the server at this moment."""

    message = "An email of this invitation is leaving at this moment. Try again in a minute."


class NothingMoreIsSent(Conflict):
    """The phase of the invitation was stopped a moment ago."""

    message = "The phase of this invitation has been stopped: nothing more of it is sent."


def lock_invitation(invitation_id: int) -> Any:
    """Return the row of an invitation, locked; raises NotFound."""
    row = db.session.execute(
        locked(select(Invitation.__table__).where(Invitation.id == invitation_id))
    ).first()
    if row is None:
        raise NotFound()
    return row


# Which count of the phase an invitation stands in, by its state.
_COUNT_OF = {"joined": "joined_count", "failed": "failed_count", "outcome unknown": "unknown_count"}


def move_invitation(invitation: Any, state: str, **values: Any) -> None:
    """Give a locked invitation its next state and keep the phase's counts with it."""
    changes: dict[str, int] = {}
    if counted := _COUNT_OF.get(invitation.state):
        changes[counted] = -1
    if counted := _COUNT_OF.get(state):
        changes[counted] = changes.get(counted, 0) + 1
    if values.get("sent_at") is not None and invitation.sent_at is None:
        changes["sent_count"] = 1
    elif "sent_at" in values and values["sent_at"] is None and invitation.sent_at is not None:
        changes["sent_count"] = -1
    db.session.execute(update(Invitation).where(Invitation.id == invitation.id).values(state=state, **values))
    moved = {name: getattr(Phase, name) + change for name, change in changes.items() if change}
    if moved:
        db.session.execute(
            update(Phase)
            .where(Phase.id == invitation.phase_id)
            .values(**moved)
            .execution_options(synchronize_session=False)
        )


def queue_again(invitation: Any, **values: Any) -> None:
    """Queue a locked invitation once more; a phase that was through with sending takes it up.

    EmailIsLeaving when what becomes of the last email is not known yet, NothingMoreIsSent when the
    phase was stopped meanwhile.
    """
    # Whoever stops the phase holds its row and would not see that this one waits again.
    phase_state = db.session.scalar(locked(select(Phase.state).where(Phase.id == invitation.phase_id)))
    if phase_state not in SENDING_PHASES:
        raise NothingMoreIsSent()
    cancel_of(EMAIL_PURPOSES, [invitation.id])
    let_go_of(EMAIL_PURPOSES, invitation.id)
    # Asked after that, so that a worker cannot begin in between.
    if is_leaving(EMAIL_PURPOSES, invitation.id):
        raise EmailIsLeaving()
    move_invitation(invitation, "queued", **values)
    if phase_state == "sent":
        db.session.execute(
            update(Phase)
            .where(Phase.id == invitation.phase_id)
            .values(state="sending", finished_at=None)
            .execution_options(synchronize_session=False)
        )


def queue_with_new_link(invitation: Any, **values: Any) -> None:
    """Queue a locked invitation with a new link and code; the old ones open nothing any more."""
    queue_again(invitation, nonce=secrets.token_hex(16), **values)
