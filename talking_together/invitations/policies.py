"""What may be done with a phase and with an invitation, by the state it is in."""

from datetime import datetime

from talking_together.invitations.models import OPEN_STATES

# A phase that is being prepared has sent nothing, and nothing more goes out of one that was stopped.
SENDING_PHASES = ("sending", "paused", "sent")
SEND_AGAIN_STATES = ("outcome unknown", "failed", "sent", "bounced")
# Every link that still works may be taken back, also one that is leaving at this moment.
REVOKE_STATES = OPEN_STATES


def can_send_again(state: str) -> bool:
    """Return whether a person may decide to send this invitation once more."""
    return state in SEND_AGAIN_STATES


def can_revoke(state: str) -> bool:
    """Return whether the invitation may be taken back: not after joining, nor when it is over anyway."""
    return state in REVOKE_STATES


def can_join(state: str, expires_at: datetime | None, at: datetime) -> bool:
    """Return whether the invitation's link still lets its person join; the end is exclusive."""
    return state in OPEN_STATES and (expires_at is None or at < expires_at)


def has_expired(state: str, expires_at: datetime | None, at: datetime) -> bool:
    """Return whether the invitation's time is over, whether or not the sweep has been by."""
    return state == "expired" or (state in OPEN_STATES and expires_at is not None and at >= expires_at)
