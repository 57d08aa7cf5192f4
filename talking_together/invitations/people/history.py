"""What became of one person's invitation, in the order in which it happened."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from talking_together.accounts.bylines import FORMER, within_sentence
from talking_together.audit.queries import entries_about
from talking_together.extensions import db
from talking_together.invitations.states import EMAIL_PURPOSES
from talking_together.mail.models import Bounce, DeliveryAttempt, OutboxMessage

# Of each kind of thing that happens to an invitation, more than a page can show is not read.
MOST = 200

_NAMES = dict(zip(EMAIL_PURPOSES, ("Invitation", "Reminder"), strict=True))
_ENDS = {
    "sent": "handed over to the mail server",
    "failed": "refused for good",
    "outcome unknown": "may have arrived, may not: the connection or the worker stopped while it was leaving",
    "cancelled": "cancelled before it left",
    "suppressed": "not sent, because nothing is sent to this address",
}
_ACTS = {
    "invitation sent again": "Sent again",
    "invitation renewed": "Invited anew, with a new link and code",
    "invitation address corrected": "Address corrected, with a new link and code",
    "invitation revoked": "Revoked",
}
_BOUNCES = {"hard": "Came back for good", "soft": "Came back, or was held up on its way"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: when, what, in whose words, and who did it."""

    at: datetime
    what: str
    detail: str = ""
    who: str = ""


def history_of(invitation: Any) -> list[Event]:
    """Return what happened to an invitation, the oldest first.

    Of who joined, left and is not to be named, without words that may hold an address.
    """
    hidden = invitation.member_is_former
    address = None if hidden else invitation.email
    events = [
        *_milestones(invitation),
        *_acts(invitation.id),
        *(event for message in _messages(invitation.id) for event in _ends_of(message, address)),
        *_attempts(invitation.id),
        *_bounces(invitation.id),
    ]
    if hidden:
        events = [replace(event, detail="") for event in events]
    return sorted(events, key=lambda event: event.at)


def _milestones(invitation: Any) -> Iterator[Event]:
    yield Event(invitation.created_at, f"Put into the phase “{invitation.phase_name}”")
    if invitation.opened_at:
        yield Event(invitation.opened_at, "Somebody was at its page")
    if invitation.declined_at:
        yield Event(invitation.declined_at, "Answered “Not for me”", invitation.decline_reason)
    if invitation.renewed_at:
        yield Event(invitation.renewed_at, "Asked for a new invitation, as this one had expired")
    if invitation.state == "expired" and invitation.expires_at:
        yield Event(invitation.expires_at, "Expired")
    if invitation.joined_at:
        yield Event(invitation.joined_at, "Joined")


def _acts(invitation_id: int) -> Iterator[Event]:
    for entry in entries_about("invitation", invitation_id, most=MOST):
        what = _ACTS.get(entry.action, entry.action.capitalize())
        detail = entry.reason
        if "old" in entry.details:
            detail = f"From {entry.details['old']} to {entry.details['new']}"
        yield Event(entry.at, what, detail, _name_of_actor(entry))


def _name_of_actor(entry: Any) -> str:
    if entry.actor_is_former:
        return within_sentence(FORMER)
    return entry.actor_name or "a command on the server"


def _messages(invitation_id: int) -> list[Row[Any]]:
    return list(
        db.session.execute(
            select(
                OutboxMessage.purpose,
                OutboxMessage.to_address,
                OutboxMessage.state,
                OutboxMessage.attempts,
                OutboxMessage.created_at,
                OutboxMessage.due_at,
                OutboxMessage.finished_at,
                OutboxMessage.last_answer,
            )
            .where(*_its_own(invitation_id))
            .order_by(OutboxMessage.id.desc())
            .limit(MOST)
        )
    )


def _ends_of(message: Any, address: str | None) -> Iterator[Event]:
    name = _NAMES[message.purpose]
    if address and message.to_address != address:
        name = f"{name} to {message.to_address}"
    yield Event(message.created_at, f"{name} queued")
    if message.finished_at:
        yield Event(message.finished_at, f"{name} {_ENDS[message.state]}", message.last_answer)
    elif message.attempts:
        yield Event(message.due_at, f"{name} to be tried again")


def _attempts(invitation_id: int) -> Iterator[Event]:
    attempts = (
        select(OutboxMessage.purpose, DeliveryAttempt.at, DeliveryAttempt.answer)
        .join(OutboxMessage, OutboxMessage.id == DeliveryAttempt.outbox_id)
        .where(*_its_own(invitation_id))
        .order_by(DeliveryAttempt.id.desc())
        .limit(MOST)
    )
    for attempt in db.session.execute(attempts):
        yield Event(attempt.at, f"{_NAMES[attempt.purpose]} not taken for now", attempt.answer)


def _bounces(invitation_id: int) -> Iterator[Event]:
    bounces = (
        select(OutboxMessage.purpose, Bounce.kind, Bounce.words, Bounce.reported_at)
        .join(OutboxMessage, OutboxMessage.id == Bounce.outbox_id)
        .where(*_its_own(invitation_id))
        .order_by(Bounce.id.desc())
        .limit(MOST)
    )
    for bounce in db.session.execute(bounces):
        yield Event(bounce.reported_at, _BOUNCES[bounce.kind], bounce.words)


def _its_own(invitation_id: int) -> tuple[Any, Any]:
    return OutboxMessage.purpose.in_(EMAIL_PURPOSES), OutboxMessage.ref_id == invitation_id
