"""The history of one person's invitation: what happened, in order, in whose words, by whom."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.extensions import db
from talking_together.invitations.models import Phase
from talking_together.invitations.people.history import history_of
from talking_together.invitations.people.queries import get_invitation
from talking_together.mail.models import Bounce, DeliveryAttempt
from tests.factories import make_admin
from tests.factories.invitations import make_counted_invitation, make_email
from tests.support.client import Client

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
ADDRESS = "sam@riverside.example"


def test_the_history_tells_everything_in_order(client: Client) -> None:
    def at(hours: float) -> datetime:
        return NOON + timedelta(hours=hours)

    admin = make_admin(name="Alex Admin")
    invitation = make_counted_invitation(
        email=ADDRESS,
        state="joined",
        created_at=at(0),
        opened_at=at(30),
        joined_at=at(31),
        declined_at=at(20),
        decline_reason="I am too busy",
        renewed_at=at(25),
    )
    first = make_email(
        invitation,
        "failed",
        created_at=at(1),
        finished_at=at(3),
        last_answer="550 no such user",
        to_address="old@riverside.example",
    )
    db.session.add(DeliveryAttempt(outbox_id=first.id, at=at(2), answer="451 later"))
    make_email(invitation, "sent", created_at=at(5), finished_at=at(6), last_answer="250 taken")
    reminder = make_email(
        invitation, "sent", purpose="invitation reminder", created_at=at(8), finished_at=at(9), last_answer=""
    )
    db.session.add(
        Bounce(outbox_id=reminder.id, report_key="a", kind="soft", words="mailbox full", reported_at=at(10))
    )
    for hours, action, details in (
        (4, "invitation address corrected", {"old": "old@riverside.example", "new": ADDRESS}),
        (7, "invitation revoked", {"was": "sent"}),
    ):
        db.session.add(
            AuditEntry(
                at=at(hours),
                actor_id=admin.id,
                action=action,
                subject_type="invitation",
                subject_id=invitation.id,
                subject_label="",
                reason="Left the trust" if hours == 7 else "",
                details=details,
            )
        )
    # What happened to others is not shown.
    make_email(make_counted_invitation(), "sent")
    db.session.commit()
    told = [(event.what, event.detail, event.who) for event in history_of(get_invitation(invitation.id))]
    name = db.session.scalar(select(Phase.name).where(Phase.id == invitation.phase_id))
    corrected = "Address corrected, with a new link and code"
    assert told == [
        (f"Put into the phase “{name}”", "", ""),
        ("Invitation to old@riverside.example queued", "", ""),
        ("Invitation not taken for now", "451 later", ""),
        ("Invitation to old@riverside.example refused for good", "550 no such user", ""),
        (corrected, f"From old@riverside.example to {ADDRESS}", "Alex Admin"),
        ("Invitation queued", "", ""),
        ("Invitation handed over to the mail server", "250 taken", ""),
        ("Revoked", "Left the trust", "Alex Admin"),
        ("Reminder queued", "", ""),
        ("Reminder handed over to the mail server", "", ""),
        ("Came back, or was held up on its way", "mailbox full", ""),
        ("Answered “Not for me”", "I am too busy", ""),
        ("Asked for a new invitation, as this one had expired", "", ""),
        ("Somebody was at its page", "", ""),
        ("Joined", "", ""),
    ]
    page = client.sign_in(admin).get(f"/admin/invitations/{invitation.id}")
    assert len(page.query(".timeline li")) == 15


def test_a_message_that_waits_for_another_try_says_when() -> None:
    invitation = make_counted_invitation(state="sending")
    make_email(invitation, attempts=2, due_at=NOON, last_answer="451 later")
    events = history_of(get_invitation(invitation.id))
    assert events[0].at == NOON
    assert events[0].what == "Invitation to be tried again"
