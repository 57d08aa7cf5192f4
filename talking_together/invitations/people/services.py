"""One person's invitation: sent again, corrected, renewed, revoked."""

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from talking_together.accounts.models import Member
from talking_together.accounts.queries import has_proven
from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.extensions import db
from talking_together.invitations.models import LIVE_STATES, Invitation, Phase
from talking_together.invitations.people import policies
from talking_together.invitations.people.queries import lock_with_phase
from talking_together.invitations.states import (
    EMAIL_PURPOSES,
    move_invitation,
    queue_again,
    queue_with_new_link,
)
from talking_together.mail.addresses import is_address, normal_address
from talking_together.mail.outbox import cancel_of
from talking_together.mail.suppressions import suppressed_among


class TooLateToCorrect(Conflict):
    """Somebody has said yes or no to the invitation, or its phase sends nothing."""

    message = "The address of this invitation cannot be corrected now."


class TooLateToRevoke(Conflict):
    """The invitation is over, or has been used."""

    message = "This invitation is not one that can be revoked now."


def send_again(actor: Actor, *, invitation_id: int) -> None:
    """Queue an invitation once more with the same link, as a person decided."""
    ensure_role(actor, "admin")
    invitation = lock_with_phase(invitation_id)
    if not policies.can_send_again(invitation, now()):
        raise Conflict("This invitation is not one that can be sent again now.")
    _refuse_suppressed(invitation.email)
    queue_again(invitation)
    _record(actor, "invitation sent again", invitation, was=invitation.state)


def renew_invitation(actor: Actor, *, invitation_id: int) -> None:
    """Invite a person anew whose invitation expired or was revoked; the old link stays dead."""
    ensure_role(actor, "admin")
    invitation = lock_with_phase(invitation_id)
    if not policies.can_renew(invitation, now()):
        raise Conflict("This invitation is not one that can be renewed now.")
    _refuse_suppressed(invitation.email)
    if problem := _taken(invitation, invitation.email):
        raise Conflict(problem)
    queue_with_new_link(invitation, **_fresh(invitation))
    _record(actor, "invitation renewed", invitation, was=invitation.state)


def correct_address(actor: Actor, *, invitation_id: int, email: str) -> None:
    """Give an invitation its right address and send it there; the old link and code are dead.

    InvalidInput says why an address cannot be the one.
    """
    ensure_role(actor, "admin")
    invitation = lock_with_phase(invitation_id)
    if not policies.can_correct(invitation):
        raise TooLateToCorrect()
    address = normal_address(email)
    if problem := _problem_with(invitation, address):
        raise InvalidInput(problem, field="email")
    # What happened at the old address says nothing of the person at the new one.
    queue_with_new_link(
        invitation,
        email=address,
        sent_at=None,
        opened_at=None,
        bounced_at=None,
        soft_bounces=0,
        reminders=0,
        renewed_at=None,
        **_fresh(invitation),
    )
    _record(
        actor, "invitation address corrected", invitation, label=address, old=invitation.email, new=address
    )


def revoke_invitation(actor: Actor, *, invitation_id: int, reason: str = "") -> None:
    """Take an invitation back, so that its link lets nobody join and what waits is not sent."""
    ensure_role(actor, "admin")
    invitation = lock_with_phase(invitation_id)
    if not policies.can_revoke(invitation):
        raise TooLateToRevoke()
    cancel_of(EMAIL_PURPOSES, [invitation_id])
    move_invitation(invitation, "revoked", next_reminder_at=None)
    _record(actor, "invitation revoked", invitation, reason=reason, was=invitation.state)


def _fresh(invitation: Any) -> dict[str, Any]:
    return {
        "expires_at": now() + timedelta(days=invitation.expires_days),
        "next_reminder_at": None,
        "last_answer": "",
    }


def _problem_with(invitation: Any, address: str) -> str | None:
    """Return why an invitation cannot go to an address, in words, or None."""
    if not is_address(address):
        return "Enter an email address in the form name@example.org"
    if address == invitation.email:
        return "This is the address that it has now"
    if suppressed_among([address]):
        return "Nothing is sent to this address. Lift it under Suppressed addresses first"
    return _taken(invitation, address)


def _taken(invitation: Any, address: str) -> str | None:
    """Return who has an address already, as a member or in a phase, in words, or None."""
    member = select(Member.id).where(has_proven(address))
    if db.session.scalar(member.limit(1)) is not None:
        return "Somebody with this address has joined already"
    # A person stands in a phase once, and in one phase at a time.
    here = Invitation.phase_id == invitation.phase_id
    elsewhere = (
        select(Phase.name)
        .join(Invitation, Invitation.phase_id == Phase.id)
        .where(
            Invitation.email == address,
            Invitation.id != invitation.id,
            or_(here, Invitation.state.in_(LIVE_STATES)),
        )
    )
    name = db.session.scalar(elsewhere.limit(1))
    return f"This address has an invitation already, in the phase “{name}”" if name else None


def _refuse_suppressed(address: str) -> None:
    if suppressed_among([address]):
        raise Conflict("Nothing is sent to this address. Lift it under Suppressed addresses first.")


def _record(
    actor: Actor, action: str, invitation: Any, *, reason: str = "", label: str = "", **details: Any
) -> None:
    record(
        actor,
        action,
        subject_type="invitation",
        subject_id=invitation.id,
        subject_label=label or invitation.email,
        reason=reason,
        details=details,
    )
