"""What an invitation is after its email came back."""

import functools
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.invitations.declining.returned import record_bounce
from talking_together.invitations.declining.services import decline_invitation
from talking_together.invitations.links import token_of
from talking_together.invitations.models import INVITATION_STATES, Invitation
from talking_together.invitations.recounts import drift
from talking_together.mail import bounces
from talking_together.mail.models import OutboxMessage
from talking_together.mail.suppressions import suppressed_among
from talking_together.worker import ON_BOUNCE
from tests.factories.invitations import make_email, make_invitation
from tests.factories.rows import saved
from tests.support.parallel import run_together

CORPUS = Path(__file__).resolve().parents[2] / "data" / "bounces"
MESSAGE_ID = "<7f0e2d3c-5b1a-4c7d-9e8f-1a2b3c4d5e6f@ideas.example.org>"
ADDRESS = "sam.okafor@riverside.example"


def bounce(invitation: Invitation, kind: str, words: str = "550 No", address: str | None = None) -> Any:
    """Tell of a bounce, and return the invitation as it stands then."""
    id, to = invitation.id, address or invitation.email
    in_transaction(lambda: record_bounce(id, to, kind, words))
    db.session.expire_all()
    return db.session.get(Invitation, id)


# What a failure makes of each state.
AFTER_FAILURE = {
    "draft": "draft",
    "queued": "bounced",
    "sending": "bounced",
    "sent": "bounced",
    "outcome unknown": "bounced",
    "failed": "bounced",
}


@pytest.mark.parametrize("kind", ["hard", "soft"])
@pytest.mark.parametrize("state", INVITATION_STATES)
def test_a_failure_ends_what_is_under_way_and_nothing_else(app: Flask, state: str, kind: str) -> None:
    invitation = bounce(make_invitation(state=state, next_reminder_at=now()), kind, "550 No such user")
    assert invitation.state == AFTER_FAILURE.get(state, state)
    assert invitation.soft_bounces == (1 if kind == "soft" else 0)
    assert invitation.bounced_at is not None
    if AFTER_FAILURE.get(state) == "bounced":
        assert invitation.last_answer == "550 No such user"
        assert invitation.sent_at is not None
        assert invitation.next_reminder_at is None


@pytest.mark.parametrize("state", INVITATION_STATES)
def test_a_delay_is_counted_and_ends_nothing(app: Flask, state: str) -> None:
    invitation = bounce(make_invitation(state=state), "delayed")
    assert invitation.state == ("sent" if state == "outcome unknown" else state)
    assert invitation.soft_bounces == 1
    assert invitation.bounced_at is None


@pytest.mark.parametrize(("kind", "state"), [("soft", "cancelled"), ("delayed", "held")])
def test_a_reminder_that_waits_does_not_follow_what_came_back(app: Flask, kind: str, state: str) -> None:
    invitation = make_invitation()
    waiting = make_email(invitation, "held", purpose="invitation reminder")
    bounce(invitation, kind, "452 Mailbox full")
    assert waiting.state == state


def test_an_address_corrected_since_is_not_what_came_back(app: Flask) -> None:
    invitation = bounce(make_invitation(), "hard", address="old@riverside.example")
    assert invitation.state == "sent"
    assert invitation.bounced_at is None


def test_an_invitation_that_has_gone_is_no_fault(app: Flask) -> None:
    in_transaction(lambda: record_bounce(10**9, ADDRESS, "hard", "550 No"))
    in_transaction(lambda: record_bounce(None, ADDRESS, "hard", "550 No"))


def test_a_bounce_and_a_no_at_the_same_time_both_count(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    app.config["BOUNCE_MAILBOX"] = f"maildir:{tmp_path}"
    invitation = make_invitation(email=ADDRESS)
    make_message(invitation)
    (tmp_path / "new" / "1").write_bytes((CORPUS / "exim-text.eml").read_bytes())
    token = token_of(invitation.id, invitation.nonce)
    decline = functools.partial(in_transaction, lambda: decline_invitation(token=token, reason="No time"))
    assert run_together(app, [decline, lambda: bounces.read_bounces(ON_BOUNCE)]) == [None, 1]
    db.session.refresh(invitation)
    assert invitation.state == "declined"
    assert invitation.bounced_at is not None
    assert suppressed_among([ADDRESS])


def make_message(invitation: Invitation, purpose: str = "invitation") -> OutboxMessage:
    """Return the message of an invitation that the corpus is about."""
    return saved(
        OutboxMessage(
            message_id=MESSAGE_ID,
            purpose=purpose,
            ref_id=invitation.id,
            to_address=ADDRESS,
            subject="Join",
            body_text="",
            state="sent",
            created_at=now(),
            due_at=now(),
        )
    )


@pytest.mark.parametrize("purpose", ["invitation", "invitation reminder"])
def test_from_the_mailbox_to_the_invitation(app: Flask, tmp_path: Path, purpose: str) -> None:
    (tmp_path / "new").mkdir()
    app.config["BOUNCE_MAILBOX"] = f"maildir:{tmp_path}"
    make_message(make_invitation(email=ADDRESS), purpose)
    for name in ("postfix-delayed", "gmail-delayed", "exim-text-quota"):
        (tmp_path / "new" / name).write_bytes((CORPUS / f"{name}.eml").read_bytes())
    bounces.read_bounces(ON_BOUNCE)
    after = db.session.execute(select(Invitation.state, Invitation.soft_bounces)).one()
    assert tuple(after) == ("bounced", 3)
    assert not suppressed_among([ADDRESS])
    (tmp_path / "new" / "1").write_bytes((CORPUS / "office365-not-found.eml").read_bytes())
    bounces.read_bounces(ON_BOUNCE)
    assert suppressed_among([ADDRESS])
    assert list(drift()) == []
