"""What the link of an invitation leads to, and when a new invitation may be asked for."""

from datetime import datetime, timedelta
from typing import Any

from talking_together.invitations.policies import SENDING_PHASES, can_join, has_expired

# The pages of a link.
FORM, USED, EXPIRED, REVOKED, CLOSED, OWN, SOMEBODY_ELSE = (
    "form",
    "used",
    "expired",
    "revoked",
    "closed",
    "own",
    "somebody else",
)
RENEWAL_WAIT = timedelta(days=1)


def page_for(invited: Any, viewer: Any, at: datetime) -> str:
    """Return which page the link shows to whoever opened it; `viewer` is None for nobody signed in."""
    if viewer is not None:
        return OWN if _is_of(invited, viewer) else SOMEBODY_ELSE
    if invited.state in ("joined", "already a member") or invited.existing_member_id is not None:
        return USED
    if has_expired(invited.state, invited.expires_at, at):
        return EXPIRED
    if can_join(invited.state, invited.expires_at, at):
        return FORM
    return REVOKED if invited.state == "revoked" else CLOSED


def can_be_renewed(state: str, expires_at: datetime | None, phase_state: str, at: datetime) -> bool:
    """Return whether the person of an invitation may ask for it anew."""
    return phase_state in SENDING_PHASES and has_expired(state, expires_at, at)


def may_renew_again(renewed_at: datetime | None, at: datetime) -> bool:
    """Return whether the last renewal is long enough ago."""
    return renewed_at is None or at >= renewed_at + RENEWAL_WAIT


def _is_of(invited: Any, viewer: Any) -> bool:
    # Who has no email signs in by another name, and is known by the account.
    return viewer.id in (invited.member_id, invited.existing_member_id) or invited.email == viewer.email
