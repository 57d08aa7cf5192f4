"""What an invitation is after a mail system reported that its email came back."""

from talking_together.core.clock import now
from talking_together.core.errors import NotFound
from talking_together.invitations.states import EMAIL_PURPOSES, lock_invitation, move_invitation
from talking_together.mail.bounce_kinds import DELAYED, HARD
from talking_together.mail.outbox import cancel_of

# Whose email was on its way or thought to have arrived. Who joined, declined or was revoked
# stays so.
UNDER_WAY = ("queued", "sending", "sent", "outcome unknown", "failed")


def record_bounce(invitation_id: int | None, address: str, kind: str, words: str) -> None:
    """Note that an invitation's email came back: for good, given up this time, or only delayed."""
    if invitation_id is None:
        return
    try:
        invitation = lock_invitation(invitation_id)
    except NotFound:
        return
    if invitation.email != address:
        # It was corrected since; what was sent to the old address is no longer about it.
        return
    soft = 0 if kind == HARD else 1
    counted = {"soft_bounces": invitation.soft_bounces + soft}
    if kind == DELAYED:
        # What a mail system holds has left us, whatever we could tell of it.
        unknown = invitation.state == "outcome unknown"
        left = {"sent_at": invitation.sent_at or now()} if unknown else {}
        move_invitation(invitation, "sent" if unknown else invitation.state, **counted, **left)
    elif invitation.state in UNDER_WAY:
        # A reminder that waits for the morning would go where nothing arrives.
        cancel_of(EMAIL_PURPOSES, [invitation.id])
        move_invitation(
            invitation,
            "bounced",
            sent_at=invitation.sent_at or now(),
            bounced_at=now(),
            last_answer=words,
            next_reminder_at=None,
            **counted,
        )
    else:
        move_invitation(invitation, invitation.state, bounced_at=now(), **counted)
