"""Rule 16, from end to end: nothing is sent to a suppressed address until a person lifts it."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.accounts.emails import enqueue_password_reset
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.extensions import db
from talking_together.invitations.declining.queries import Search, addresses_suppressed
from talking_together.invitations.declining.services import decline_invitation, lift_address
from talking_together.invitations.joining.renewing import renew_invitation
from talking_together.invitations.links import token_of
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.people import services as people
from talking_together.invitations.phases import feeding, moving
from talking_together.invitations.phases.selection import selection_of
from talking_together.invitations.staff_lists.services import check_staff_list
from talking_together.mail.models import OutboxMessage
from talking_together.mail.outbox import Email, enqueue_many
from talking_together.mail.suppressions import suppress, suppressed_among
from talking_together.mail.sweeps import deliver_outbox
from talking_together.worker import ON_OUTCOME
from tests.factories.invitations import make_invitation, make_phase, make_staff_list
from tests.factories.members import make_admin, make_member, viewer_of
from tests.factories.organisations import make_organisation
from tests.support.mail_server import MailServer, mail_server

pytestmark = pytest.mark.loopback

NO = "no@riverside.example"
YES = "yes@riverside.example"


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    """Yield a mail server that the site sends to."""
    with mail_server(app) as running:
        yield running


def put_on_the_list(because: str = "asked") -> None:
    in_transaction(lambda: suppress(NO, because=because))


def deliver() -> None:
    """Feed and deliver all that is due."""
    feeding.feed_invitations()
    feeding.feed_reminders()
    deliver_outbox(ON_OUTCOME)
    db.session.rollback()
    db.session.expire_all()


def lift() -> None:
    """Lift the address as an admin does."""
    (row,) = addresses_suppressed(Search(text=NO), after=None).rows
    admin = viewer_of(make_admin())
    in_transaction(lambda: lift_address(admin, suppressed_id=row.id, reason="Changed their mind"))


def states(phase: Phase) -> dict[str, str]:
    rows = db.session.execute(
        select(Invitation.email, Invitation.state).where(Invitation.phase_id == phase.id)
    )
    return dict(rows.all())


def sending_phase(**values: Any) -> Phase:
    """Return a phase that sends at any hour."""
    return make_phase(
        make_staff_list(NO, YES),
        **{"sending_days": "every day", "sending_from": 0, "sending_until": 24, **values},
    )


def test_a_staff_list_says_so(app: Flask) -> None:
    make_organisation(name="Riverside Hospital", domains=["riverside.example"])
    put_on_the_list()
    checked = check_staff_list(io.BytesIO(f"Email,Name\n{NO},Nomi\n{YES},Yves\n".encode()))
    assert [row.outcome for row in checked.rows] == ["suppressed", "new"]


def test_a_phase_leaves_them_out_until_they_are_lifted(server: MailServer) -> None:
    phase = sending_phase()
    put_on_the_list()
    chosen = selection_of(phase)
    assert [person.email for person in chosen.people] == [YES]
    in_transaction(lambda: moving.start_phase(None, phase_id=phase.id))
    deliver()
    assert states(phase) == {YES: "sent"}
    assert not server.messages_to(NO)
    lift()
    later = sending_phase()
    in_transaction(lambda: moving.start_phase(None, phase_id=later.id))
    deliver()
    assert states(later) == {NO: "sent"}
    assert len(server.messages_to(NO)) == 1


def test_who_said_no_is_asked_again_only_when_an_admin_lifts_the_address(server: MailServer) -> None:
    declined = make_invitation(email=NO)
    token = token_of(declined.id, declined.nonce)
    in_transaction(lambda: decline_invitation(token=token, reason="No time"))
    phase = sending_phase()
    assert [person.email for person in selection_of(phase).people] == [YES]
    assert [out.reason for out in selection_of(phase).left_out] == ["declined"]
    lift()
    assert [person.email for person in selection_of(phase).people] == [NO, YES]


def test_a_scheduled_phase_looks_again_when_its_time_comes(server: MailServer) -> None:
    phase = sending_phase(starts_at=clock.now() + timedelta(hours=1))
    admin = viewer_of(make_admin())
    in_transaction(lambda: moving.schedule_phase(admin, phase_id=phase.id))
    put_on_the_list("declined")
    db.session.execute(update(Phase).where(Phase.id == phase.id).values(starts_at=clock.now()))
    db.session.commit()
    in_transaction(lambda: moving.begin_scheduled(phase.id))
    deliver()
    assert states(phase) == {NO: "suppressed", YES: "sent"}
    assert not server.messages_to(NO)


def test_whose_email_waits_already_gets_none(server: MailServer) -> None:
    phase = sending_phase()
    in_transaction(lambda: moving.start_phase(None, phase_id=phase.id))
    feeding.feed_invitations()
    put_on_the_list("bounced")
    deliver()
    assert states(phase) == {NO: "suppressed", YES: "sent"}
    assert not server.messages_to(NO)


@pytest.mark.parametrize("purpose", ["password reset", "address proof", "invitation", "whatever comes"])
def test_no_purpose_gets_past_the_mail_room(server: MailServer, purpose: str) -> None:
    put_on_the_list()
    enqueue_many([Email(purpose, to, "Hello", "Hello") for to in (NO, YES)])
    db.session.commit()
    deliver()
    found = db.session.execute(select(OutboxMessage.to_address, OutboxMessage.state))
    assert dict(found.all()) == {NO: "suppressed", YES: "sent"}
    assert [message["To"] for message in server.messages] == [YES]


def test_a_password_reset_arrives_once_the_address_is_lifted(server: MailServer) -> None:
    member = make_member(email=NO)
    put_on_the_list("bounced")
    for _ in range(2):
        enqueue_password_reset(reset_id=1, to=NO, name=member.name, token="token")
        db.session.commit()
        deliver()
        if not server.messages_to(NO):
            lift()
    assert len(server.messages_to(NO)) == 1


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("failed", people.send_again),
        ("bounced", people.send_again),
        ("outcome unknown", people.send_again),
        ("expired", people.renew_invitation),
        ("revoked", people.renew_invitation),
    ],
)
def test_no_admin_sends_to_it_by_hand(app: Flask, state: str, act: Callable[..., None]) -> None:
    invitation = make_invitation(email=NO, state=state, expires_at=clock.now() + timedelta(days=20))
    admin = viewer_of(make_admin())
    put_on_the_list()
    with pytest.raises(Conflict):
        in_transaction(lambda: act(admin, invitation_id=invitation.id))


def test_no_address_is_corrected_to_it(app: Flask) -> None:
    invitation = make_invitation(email=YES, state="failed")
    admin = viewer_of(make_admin())
    put_on_the_list()
    with pytest.raises(InvalidInput, match="Nothing is sent"):
        in_transaction(lambda: people.correct_address(admin, invitation_id=invitation.id, email=NO))


def test_no_renewal_goes_to_it(app: Flask) -> None:
    expired = make_invitation(email=NO, state="expired", expires_at=clock.now() - timedelta(days=1))
    token = token_of(expired.id, expired.nonce)
    put_on_the_list()
    assert in_transaction(lambda: renew_invitation(token=token, email=NO)) is False
    assert suppressed_among([NO])


def test_no_reminder_goes_to_it(server: MailServer) -> None:
    phase = sending_phase(state="sent", first_reminder_days=7, reminder_subject="Reminder")
    at = clock.now()
    for email in (NO, YES):
        make_invitation(
            phase,
            email=email,
            sent_at=at - timedelta(days=8),
            next_reminder_at=at - timedelta(days=1),
            expires_at=at + timedelta(days=20),
        )
    put_on_the_list()
    deliver()
    assert not server.messages_to(NO)
    assert len(server.messages_to(YES)) == 1
