"""What may be done with one person's invitation: the page shows what the services allow."""

from datetime import datetime
from typing import Any

from talking_together.invitations import policies

CORRECTED_STATES = (
    "queued",
    "sending",
    "sent",
    "outcome unknown",
    "failed",
    "bounced",
    "expired",
    "suppressed",
)
RENEWED_STATES = ("revoked",)


def can_send_again(invitation: Any, at: datetime) -> bool:
    """Return whether the same link may be sent once more; `invitation` is joined with its phase."""
    return (
        invitation.phase_state in policies.SENDING_PHASES
        and policies.can_send_again(invitation.state)
        and not policies.has_expired(invitation.state, invitation.expires_at, at)
    )


def can_renew(invitation: Any, at: datetime) -> bool:
    """Return whether the person may be invited anew, with a new link."""
    is_over = policies.has_expired(invitation.state, invitation.expires_at, at)
    return invitation.phase_state in policies.SENDING_PHASES and (
        is_over or invitation.state in RENEWED_STATES
    )


def can_correct(invitation: Any) -> bool:
    """Return whether the address may be corrected: not what somebody has said yes or no to."""
    return invitation.phase_state in policies.SENDING_PHASES and invitation.state in CORRECTED_STATES


def can_revoke(invitation: Any) -> bool:
    """Return whether the invitation may be taken back."""
    return policies.can_revoke(invitation.state)
