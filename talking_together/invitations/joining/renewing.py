"""A new invitation in place of one that has expired, asked for by the person it was for."""

from datetime import timedelta

from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.accounts.queries import has_proven
from talking_together.core.clock import now
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.invitations.joining.policies import can_be_renewed, may_renew_again
from talking_together.invitations.links import id_in, proves
from talking_together.invitations.models import Phase
from talking_together.invitations.states import (
    EmailIsLeaving,
    NothingMoreIsSent,
    lock_invitation,
    queue_with_new_link,
)
from talking_together.mail.suppressions import suppressed_among


def renew_invitation(*, token: str, email: str) -> bool:
    """Send the invitation of a link anew if the address typed is the one it was for.

    Returns whether it did; whoever asked is told the same either way.
    """
    invitation_id = id_in(token)
    if invitation_id is None:
        return False
    try:
        invitation = lock_invitation(invitation_id)
    except NotFound:
        return False
    if not proves(token, invitation.id, invitation.nonce) or invitation.email != email:
        return False
    at = now()
    phase = db.session.execute(
        select(Phase.state, Phase.expires_days).where(Phase.id == invitation.phase_id)
    ).one()
    if not can_be_renewed(invitation.state, invitation.expires_at, phase.state, at):
        return False
    if not may_renew_again(invitation.renewed_at, at) or _is_not_to_be_written_to(email):
        return False
    try:
        queue_with_new_link(
            invitation,
            expires_at=at + timedelta(days=phase.expires_days),
            renewed_at=at,
            next_reminder_at=None,
        )
    except (EmailIsLeaving, NothingMoreIsSent):
        # The email of a renewal before this one, which will do; or an admin was quicker.
        return False
    return True


def _is_not_to_be_written_to(email: str) -> bool:
    """Return whether the address is suppressed or has an account."""
    member = select(Member.id).where(has_proven(email))
    return db.session.scalar(member.limit(1)) is not None or bool(suppressed_among([email]))
