"""No other way in gets round an invitation that has expired or was revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from talking_together.accounts.models import Member, MemberSession
from talking_together.accounts.sweeps import answer_password_resets
from talking_together.extensions import db
from talking_together.invitations.links import code_of, token_of
from talking_together.invitations.models import Invitation
from talking_together.mail.models import OutboxMessage
from tests.factories.invitations import make_invitation
from tests.factories.members import PASSWORD, make_member
from tests.support.client import Client

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
INVITED = "sam@riverside.example"
OVER = [
    pytest.param({"state": "revoked"}, id="revoked"),
    pytest.param({"state": "expired"}, id="expired"),
    pytest.param({"expires_at": NOON - timedelta(days=1)}, id="too late"),
]


def nobody_got_in() -> bool:
    """Return whether the address has no account and nobody a session."""
    db.session.rollback()
    members = db.session.scalar(select(func.count()).where(Member.email == INVITED))
    return not members and not db.session.scalar(select(func.count(MemberSession.id)))


@pytest.mark.parametrize("over", OVER)
def test_signing_in_anew_does_not_get_round_it(client: Client, over: dict[str, Any]) -> None:
    invitation = make_invitation(email=INVITED, **over)
    token = token_of(invitation.id, invitation.nonce)
    for target in ("/", f"/invitations/{token}"):
        client.post("/sign-in", {"email": INVITED, "password": PASSWORD, "next": target}, status=400)
    assert nobody_got_in()


@pytest.mark.parametrize("over", OVER)
def test_a_new_password_does_not_get_round_it(client: Client, over: dict[str, Any]) -> None:
    make_invitation(email=INVITED, **over)
    client.post("/password-reset", {"email": INVITED}, status=200)
    answer_password_resets()
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 0
    assert nobody_got_in()


@pytest.mark.parametrize("over", OVER)
def test_link_and_code_do_not_get_round_it(client: Client, over: dict[str, Any]) -> None:
    invitation = make_invitation(email=INVITED, **over)
    link = f"/invitations/{token_of(invitation.id, invitation.nonce)}"
    client.post(link, {"name": "Sam Example", "password": PASSWORD}, status=409)
    client.post("/join", {"email": INVITED, "code": code_of(invitation.id, invitation.nonce)})
    client.post(link, {"name": "Sam Example", "password": PASSWORD}, status=409)
    assert nobody_got_in()


def test_renewing_does_not_get_round_a_revoked_one(client: Client) -> None:
    invitation = make_invitation(email=INVITED, state="revoked", expires_at=NOON)
    token = token_of(invitation.id, invitation.nonce)
    client.post(f"/invitations/{token}/renew", {"email": INVITED}, status=200)
    assert db.session.scalar(select(Invitation.state)) == "revoked"
    assert client.get(f"/invitations/{token}").heading == "This invitation has been withdrawn"


def test_renewing_brings_nothing_to_another_address(client: Client) -> None:
    invitation = make_invitation(email=INVITED, state="expired")
    token = token_of(invitation.id, invitation.nonce)
    client.post(f"/invitations/{token}/renew", {"email": "mallory@riverside.example"}, status=200)
    assert db.session.execute(select(Invitation.state, Invitation.email)).one() == ("expired", INVITED)


def test_a_deactivated_member_does_not_get_back_in_by_an_invitation(client: Client) -> None:
    make_member(email=INVITED, is_active=False)
    invitation = make_invitation(email=INVITED)
    link = f"/invitations/{token_of(invitation.id, invitation.nonce)}"
    assert client.get(link).heading == "You have already joined"
    client.post(link, {"name": "Sam Example", "password": PASSWORD}, status=409)
    client.post("/sign-in", {"email": INVITED, "password": PASSWORD}, status=400)
    client.post("/password-reset", {"email": INVITED}, status=200)
    answer_password_resets()
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 0
    assert db.session.scalar(select(func.count(MemberSession.id))) == 0


def test_somebody_elses_session_takes_up_nobodys_invitation(client: Client) -> None:
    invitation = make_invitation(email=INVITED)
    link = f"/invitations/{token_of(invitation.id, invitation.nonce)}"
    robin = make_member(email="robin@riverside.example")
    client.sign_in(robin)
    # The form was open before somebody else signed in in the same browser.
    client.post(link, {"name": "Sam Example", "password": PASSWORD}, status=409)
    assert db.session.scalar(select(func.count()).where(Member.email == INVITED)) == 0
    assert db.session.scalar(select(Invitation.state)) == "sent"
