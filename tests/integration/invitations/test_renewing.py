"""An expired invitation is sent anew to its own address, when its person asks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.invitations.joining.renewing import renew_invitation
from talking_together.invitations.links import code_of, token_of
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.recounts import drift
from talking_together.mail.models import OutboxMessage
from talking_together.mail.outbox import enqueue
from talking_together.mail.suppressions import suppress
from tests.factories.invitations import make_invitation, make_phase, make_staff_list
from tests.factories.members import make_member
from tests.support.client import Client, Page
from tests.support.parallel import run_together

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
INVITED = "sam@riverside.example"


def link(invitation: Invitation) -> str:
    """Return the path of an invitation's link."""
    return f"/invitations/{token_of(invitation.id, invitation.nonce)}"


def make_expired(phase_state: str = "sent", **values: Any) -> Invitation:
    """Return an invitation whose time is over, in a phase of some state."""
    phase = make_phase(
        make_staff_list(),
        state=phase_state,
        expires_days=20,
        people_count=1,
        sent_count=1,
        finished_at=NOON,
    )
    return make_invitation(
        phase, **{"email": INVITED, "state": "expired", "expires_at": NOON - timedelta(days=1), **values}
    )


def ask(client: Client, invitation: Invitation, email: str, status: int = 200) -> Page:
    """Ask for an invitation anew with an address."""
    return client.post(f"{link(invitation)}/renew", {"email": email}, status=status)


@pytest.mark.parametrize("state", ["expired", "sent", "bounced", "failed", "outcome unknown", "declined"])
def test_its_own_person_gets_a_new_link_and_a_new_code(client: Client, hold_clock: Any, state: str) -> None:
    hold_clock(NOON)
    invitation = make_expired(state=state)
    counted = {"failed": "failed_count", "outcome unknown": "unknown_count"}.get(state)
    if counted:
        setattr(db.session.get(Phase, invitation.phase_id), counted, 1)
        db.session.commit()
    old_link, old_code = link(invitation), code_of(invitation.id, invitation.nonce)
    page = client.get(old_link).form().submit(email=" Sam@Riverside.example", status=200, statements=11)
    assert page.heading == "Look in your mailbox"
    db.session.refresh(invitation)
    assert (invitation.state, invitation.renewed_at) == ("queued", NOON)
    assert invitation.expires_at == NOON + timedelta(days=20)
    phase = db.session.execute(select(Phase.state, Phase.finished_at)).one()
    assert phase == ("sending", None)
    assert client.get(old_link, status=404).heading == "We do not know this link"
    client.post("/join", {"email": INVITED, "code": old_code}, status=400)
    assert client.get(link(invitation)).heading == "Join Talking Together"
    assert list(drift()) == []


def test_a_paused_phase_stays_paused(client: Client) -> None:
    invitation = make_expired("paused")
    ask(client, invitation, INVITED)
    db.session.refresh(invitation)
    assert invitation.state == "queued"
    assert db.session.scalar(select(Phase.state)) == "paused"


def test_the_answer_is_the_same_for_any_address_and_any_link(client: Client) -> None:
    invitation = make_expired()
    other = ask(client, invitation, "lee@riverside.example")
    assert state_of(invitation) == "expired"
    unknown = client.post(f"/invitations/1-{'A' * 32}/renew", {"email": "lee@riverside.example"}, status=200)
    renewed = ask(client, invitation, INVITED)
    # A second press of the button, with the link that has just been replaced.
    again = ask(client, invitation, INVITED)
    words = [
        page.text.replace(INVITED, "…").replace("lee@riverside.example", "…")
        for page in (other, unknown, renewed, again)
    ]
    assert len(set(words)) == 1
    assert state_of(invitation) == "queued"


def state_of(invitation: Invitation) -> str:
    """Return the state of an invitation as it stands."""
    db.session.rollback()
    return db.session.scalar(select(Invitation.state).where(Invitation.id == invitation.id)) or ""


@pytest.mark.parametrize(
    "change",
    [
        {"state": "revoked"},
        {"state": "draft"},
        {"state": "suppressed"},
        {"state": "joined"},
        {"state": "already a member"},
        {"state": "sent", "expires_at": NOON + timedelta(days=1)},
        {"renewed_at": NOON - timedelta(hours=23)},
        {"phase_state": "stopped"},
        {"phase_state": "draft"},
        {"phase_state": "scheduled"},
    ],
    ids=lambda change: " ".join(map(str, change.values())),
)
def test_nothing_else_is_renewed(client: Client, hold_clock: Any, change: dict[str, Any]) -> None:
    hold_clock(NOON)
    invitation = make_expired(**change)
    before = db.session.execute(select(Invitation.__table__)).all()
    assert ask(client, invitation, INVITED).heading == "Look in your mailbox"
    assert db.session.execute(select(Invitation.__table__)).all() == before


@pytest.mark.parametrize("because", ["declined", "bounced", "asked"])
def test_an_address_that_nothing_is_sent_to_gets_nothing(client: Client, because: str) -> None:
    invitation = make_expired()
    suppress(INVITED, because=because)
    ask(client, invitation, INVITED)
    assert state_of(invitation) == "expired"


@pytest.mark.parametrize("is_active", [True, False])
def test_a_member_is_not_invited_anew(client: Client, is_active: bool) -> None:
    invitation = make_expired()
    make_member(email=INVITED, is_active=is_active)
    ask(client, invitation, INVITED)
    assert state_of(invitation) == "expired"


def test_a_day_later_it_can_be_asked_for_again(client: Client, hold_clock: Any) -> None:
    hold_clock(NOON)
    invitation = make_expired(renewed_at=NOON - timedelta(days=1))
    ask(client, invitation, INVITED)
    assert state_of(invitation) == "queued"


def test_an_email_with_the_old_link_does_not_leave_any_more(client: Client) -> None:
    invitation = make_expired()
    enqueue(
        purpose="invitation reminder", ref_id=invitation.id, to=INVITED, subject="Hello", body_text="Hello"
    )
    ask(client, invitation, INVITED)
    assert db.session.scalar(select(OutboxMessage.state)) == "cancelled"


def test_while_its_email_is_leaving_nothing_is_renewed(client: Client) -> None:
    invitation = make_expired()
    enqueue(purpose="invitation", ref_id=invitation.id, to=INVITED, subject="Hello", body_text="Hello")
    message = db.session.execute(select(OutboxMessage)).scalar_one()
    message.state = "sending"
    ask(client, invitation, INVITED)
    assert state_of(invitation) == "expired"


def test_an_untouched_form_asks_for_nothing(client: Client) -> None:
    invitation = make_expired()
    page = client.get(link(invitation)).form().submit(status=400)
    assert page.query("#email-error")
    assert state_of(invitation) == "expired"
    assert page.form().submit(email=INVITED, status=200).heading == "Look in your mailbox"
    assert state_of(invitation) == "queued"


def test_two_who_ask_at_once_get_one_new_invitation(app: Flask) -> None:
    invitation = make_expired()
    token = token_of(invitation.id, invitation.nonce)
    results = run_together(
        app, [lambda: in_transaction(lambda: renew_invitation(token=token, email=INVITED))] * 6
    )
    assert sorted(results) == [False] * 5 + [True]
    assert state_of(invitation) == "queued"
    assert db.session.scalar(select(func.count(Invitation.id))) == 1
    assert list(drift()) == []
