"""One person's invitation: sent again, revoked."""

from typing import Any

from sqlalchemy import update

from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.errors import Conflict
from talking_together.extensions import db
from talking_together.invitations import policies
from talking_together.invitations.models import Phase
from talking_together.invitations.states import lock_invitation, move_invitation


def send_again(actor: Actor, *, invitation_id: int) -> int:
    """Queue an invitation whose delivery failed or is unknown, as a person decided.

    Returns the id of its phase.
    """
    ensure_role(actor, "admin")
    invitation = lock_invitation(invitation_id)
    if not policies.can_send_again(invitation.state):
        raise Conflict("This invitation is not one that can be sent again now.")
    move_invitation(invitation, "queued")
    db.session.execute(
        update(Phase).where(Phase.id == invitation.phase_id).values(state="sending", finished_at=None)
    )
    _record_invitation(actor, "invitation sent again", invitation, {"was": invitation.state})
    return int(invitation.phase_id)


def revoke_invitation(actor: Actor, *, invitation_id: int) -> int:
    """Take an invitation back, so that its link lets nobody join; return the id of its phase."""
    ensure_role(actor, "admin")
    invitation = lock_invitation(invitation_id)
    if not policies.can_revoke(invitation.state):
        raise Conflict("This invitation is not one that can be revoked now.")
    move_invitation(invitation, "revoked")
    _record_invitation(actor, "invitation revoked", invitation, {"was": invitation.state})
    return int(invitation.phase_id)


def _record_invitation(actor: Actor, action: str, invitation: Any, details: dict[str, Any]) -> None:
    record(
        actor,
        action,
        subject_type="invitation",
        subject_id=invitation.id,
        subject_label=invitation.email,
        details=details,
    )
