"""What the mail room tells of an invitation's email, and what the phase counts of it."""

from talking_together.core.clock import now
from talking_together.invitations.states import lock_invitation, move_invitation


def record_delivery(invitation_id: int | None, state: str, answer: str) -> None:
    """Note what became of an invitation's email: sent, failed or outcome unknown."""
    if invitation_id is None:
        return
    invitation = lock_invitation(invitation_id)
    # Who joined or was revoked while the email was on its way stays so.
    under_way = invitation.state in ("queued", "sending", "outcome unknown")
    if state == "sent":
        move_invitation(
            invitation,
            "sent" if under_way else invitation.state,
            sent_at=invitation.sent_at or now(),
            last_answer=answer,
        )
    elif invitation.state == "sending":
        move_invitation(invitation, state, last_answer=answer)
