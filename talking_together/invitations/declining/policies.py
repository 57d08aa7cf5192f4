"""Which invitations somebody can still say no to, and what is left of them then."""

# Whose email has left, or may have: the link is, or may be, in somebody's hands.
LINK_IS_OUT = (
    "queued",
    "sending",
    "sent",
    "outcome unknown",
    "failed",
    "bounced",
    "declined",
    "expired",
    "revoked",
    "suppressed",
)
# Of these the state itself tells what was done with them, and stays.
STAYS = ("declined", "revoked", "suppressed")


def can_decline(state: str) -> bool:
    """Return whether the person may say no: not after joining, when nothing more is sent anyway."""
    return state in LINK_IS_OUT


def state_after_declining(state: str) -> str:
    """Return the state that an invitation has once its person has said no."""
    return state if state in STAYS else "declined"
