"""Saying no to an invitation, and the addresses that nothing is sent to."""

from sqlalchemy import select

from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.database import locked
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.invitations.declining.policies import can_decline, state_after_declining
from talking_together.invitations.links import id_in, proves
from talking_together.invitations.states import lock_invitation, move_invitation
from talking_together.mail.addresses import is_address, normal_address
from talking_together.mail.models import SuppressedAddress
from talking_together.mail.suppressions import lift, suppress


def decline_invitation(*, token: str, reason: str) -> None:
    """Note that its person says no, and send nothing more to the address; twice is as good as once.

    NotFound for a token that is not an invitation's. Of a person who has joined nothing changes.
    """
    invitation_id = id_in(token)
    if invitation_id is None:
        raise NotFound()
    invitation = lock_invitation(invitation_id)
    # Under the lock: a corrected address has another token, and is not this person's to refuse.
    if not proves(token, invitation.id, invitation.nonce):
        raise NotFound()
    if not can_decline(invitation.state):
        return
    if invitation.state != "declined":
        move_invitation(
            invitation,
            state_after_declining(invitation.state),
            declined_at=now(),
            decline_reason=reason,
            next_reminder_at=None,
        )
    suppress(invitation.email, because="declined", detail=reason)


def suppress_address(actor: Actor, *, address: str, reason: str) -> str:
    """Send nothing more to an address, as somebody asked; return it as it is kept."""
    ensure_role(actor, "admin")
    address = normal_address(address)
    if not is_address(address):
        raise InvalidInput("Enter an email address, like sam@trust.example", field="address")
    if not suppress(address, because="asked", detail=reason):
        raise InvalidInput("Nothing is sent to this address already", field="address")
    record(
        actor,
        "address suppressed",
        subject_type="address",
        subject_id=None,
        subject_label=address,
        reason=reason,
    )
    return address


def lift_address(actor: Actor, *, suppressed_id: int, reason: str) -> str:
    """Let an address be written to again and return it; NotFound when somebody was quicker."""
    ensure_role(actor, "admin")
    found = db.session.execute(
        locked(select(SuppressedAddress.__table__).where(SuppressedAddress.id == suppressed_id))
    ).first()
    if found is None:
        raise NotFound()
    lift(found.address)
    record(
        actor,
        "address lifted",
        subject_type="address",
        subject_id=None,
        subject_label=found.address,
        reason=reason,
        details={"was": found.because},
    )
    return str(found.address)
