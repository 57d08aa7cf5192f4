"""“Not for me”: one press in a mail program, or one button and one answer on the page."""

import functools
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.invitations.declining.forms import DECLINE_REASONS
from talking_together.invitations.declining.policies import LINK_IS_OUT
from talking_together.invitations.declining.services import decline_invitation
from talking_together.invitations.declining.views import DONE, ONE_PRESS_REASON
from talking_together.invitations.links import token_of, unsubscribe_headers
from talking_together.invitations.models import INVITATION_STATES, Invitation
from talking_together.mail.models import SuppressedAddress
from talking_together.mail.suppressions import lift, suppress, suppressed_among
from tests.factories import make_admin, make_member
from tests.factories.invitations import make_invitation
from tests.support.client import Client
from tests.support.parallel import run_together

ONE_PRESS = {"List-Unsubscribe": "One-Click"}


def _path_of(invitation: Invitation) -> str:
    return f"/invitations/{token_of(invitation.id, invitation.nonce)}/decline"


def _state_of(invitation: Invitation) -> str:
    db.session.refresh(invitation)
    return invitation.state


def _press(client: Client, invitation: Invitation, **data: str) -> None:
    """Press a mail program's button: no cookies, no token, no referrer."""
    client.sign_out()
    page = client.ask("POST", _path_of(invitation), data=data or ONE_PRESS, headers={"Referer": ""})
    assert page.status == 200
    assert page.html == DONE


def test_the_headers_lead_to_the_page(app: Flask, client: Client) -> None:
    invitation = make_invitation()
    headers = unsubscribe_headers(token_of(invitation.id, invitation.nonce))
    address = headers["List-Unsubscribe"].strip("<>")
    assert address.startswith(app.config["BASE_URL"])
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert invitation.email in client.get(address.removeprefix(app.config["BASE_URL"])).text


def test_one_press_declines_at_once_and_suppresses(client: Client) -> None:
    invitation = make_invitation(next_reminder_at=clock.now())
    _press(client, invitation)
    assert _state_of(invitation) == "declined"
    assert invitation.declined_at is not None
    assert invitation.decline_reason == ONE_PRESS_REASON
    assert invitation.next_reminder_at is None
    kept = db.session.scalars(select(SuppressedAddress)).one()
    assert (kept.address, kept.because) == (invitation.email, "declined")


def test_one_press_may_come_as_multipart(client: Client) -> None:
    invitation = make_invitation()
    client.sign_out()
    page = client.ask("POST", _path_of(invitation), data=ONE_PRESS, content_type="multipart/form-data")
    assert page.status == 200
    assert _state_of(invitation) == "declined"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"List-Unsubscribe": "One-Click", "reason": "no time"},
        {"List-Unsubscribe": "one-click"},
        {"List-Unsubscribe": ["One-Click", "One-Click"]},
        {"reason": "no time"},
        {"csrf_token": "made-up", "reason": "no time"},
    ],
    ids=str,
)
def test_any_other_body_needs_the_token_of_the_page(client: Client, body: dict[str, str]) -> None:
    invitation = make_invitation()
    page = client.ask("POST", _path_of(invitation), data=body)
    assert page.status == 400
    assert _state_of(invitation) == "sent"
    assert not suppressed_among([invitation.email])


def test_a_person_declines_with_one_answer_and_one_button(client: Client) -> None:
    invitation = make_invitation(expires_at=clock.now() + timedelta(days=3))
    page = client.get(_path_of(invitation), statements=2)
    page.form().submit(reason="no time").follow(statements=2)
    assert _state_of(invitation) == "declined"
    assert invitation.decline_reason == DECLINE_REASONS["no time"]
    assert suppressed_among([invitation.email])
    done = client.get(_path_of(invitation))
    assert done.heading == "We will not write to you again"
    assert "Changed your mind?" in done.text


def test_a_form_sent_untouched_changes_nothing_and_says_why(client: Client) -> None:
    invitation = make_invitation()
    page = client.get(_path_of(invitation)).form().submit(status=400)
    assert "Choose an answer" in page.text
    assert _state_of(invitation) == "sent"
    assert not suppressed_among([invitation.email])


def test_declining_twice_is_as_good_as_once(client: Client) -> None:
    invitation = make_invitation()
    _press(client, invitation)
    first = invitation.declined_at
    _press(client, invitation)
    assert _state_of(invitation) == "declined"
    assert invitation.declined_at == first


def test_presses_at_the_same_time_end_as_one(app: Flask) -> None:
    invitation = make_invitation()
    token = token_of(invitation.id, invitation.nonce)
    press = functools.partial(in_transaction, lambda: decline_invitation(token=token, reason="no time"))
    assert run_together(app, [press] * 6) == [None] * 6
    assert _state_of(invitation) == "declined"
    assert suppressed_among([invitation.email]) == {invitation.email}


def test_after_an_admin_lifted_the_address_it_can_be_declined_again(client: Client) -> None:
    invitation = make_invitation()
    _press(client, invitation)
    lift(invitation.email)
    assert client.get(_path_of(invitation)).heading == "Not for you?"
    _press(client, invitation)
    assert suppressed_among([invitation.email])


# What a state becomes when its person says no, and whether the address is suppressed.
OUTCOMES = {
    "draft": ("draft", False, 404),
    "joined": ("joined", False, 200),
    "already a member": ("already a member", False, 200),
    "revoked": ("revoked", True, 200),
    "suppressed": ("suppressed", True, 200),
}


@pytest.mark.parametrize("state", INVITATION_STATES)
def test_each_state_answers_sensibly(client: Client, state: str) -> None:
    invitation = make_invitation(state=state)
    after, is_suppressed, status = OUTCOMES.get(state, ("declined", True, 200))
    client.get(_path_of(invitation), status=status)
    client.sign_out()
    page = client.ask("POST", _path_of(invitation), data=ONE_PRESS)
    assert page.status == 200
    assert _state_of(invitation) == after
    assert bool(suppressed_among([invitation.email])) is is_suppressed
    client.get(_path_of(invitation), status=status)


def test_every_state_is_decided() -> None:
    assert set(LINK_IS_OUT) | {"draft", "joined", "already a member"} == set(INVITATION_STATES)


def test_an_expired_invitation_is_not_offered_again(client: Client) -> None:
    invitation = make_invitation(state="expired", expires_at=clock.now() - timedelta(days=1))
    _press(client, invitation)
    assert "Changed your mind?" not in client.get(_path_of(invitation)).text


def test_unknown_and_old_tokens_are_answered_alike(client: Client) -> None:
    invitation = make_invitation()
    old = token_of(invitation.id, "f" * 32)
    for token in ("no-such-token", "sample", "1-" + "A" * 32, old, f"{10**17}-" + "A" * 32):
        client.get(f"/invitations/{token}/decline", status=404)
        assert client.ask("POST", f"/invitations/{token}/decline", data=ONE_PRESS).status == 404
    assert _state_of(invitation) == "sent"


def test_signed_in_as_somebody_else_only_that_invitation_is_declined(client: Client) -> None:
    somebody = make_member()
    invitation, other = make_invitation(), make_invitation(email="other@riverside.example")
    client.sign_in(somebody)
    page = client.get(_path_of(invitation))
    assert somebody.name not in page.query("main")[0].text
    assert invitation.name not in page.text
    page.form().submit(reason="wrong person")
    assert _state_of(invitation) == "declined"
    assert _state_of(other) == "sent"
    assert suppressed_among([invitation.email, other.email, somebody.email or ""]) == {invitation.email}


def test_the_list_is_searched_and_paged(client: Client) -> None:
    for number in range(53):
        suppress(f"person{number}@riverside.example", because="bounced", detail="550 No such user")
    suppress("no@council.example", because="declined", detail="I have no time for it")
    client.sign_in(make_admin())
    assert "Suppressed addresses (54)" in client.get("/admin/invitations", statements=4).text
    page = client.get("/admin/invitations/suppressed", statements=4)
    assert len(page.query("tbody tr")) == 50
    assert "no@council.example" in page.text
    following = client.get(page.query("a[rel=next]")[0]["href"])
    assert len(following.query("tbody tr")) == 4
    found = client.get("/admin/invitations/suppressed?q=COUNCIL")
    assert [row.text for row in found.query("tbody th")] == ["no@council.example"]
    assert client.get("/admin/invitations/suppressed?because=asked").query(".empty")


def test_an_admin_adds_an_address_and_lifts_it_with_reasons(client: Client) -> None:
    client.sign_in(make_admin())
    page = client.get("/admin/invitations/suppressed/new")
    form = page.form()
    assert "Say why" in form.submit(address="Pat@Council.example", status=400).text
    page = form.submit(address=" Pat@Council.example ", reason="Asked by phone").follow()
    assert suppressed_among(["pat@council.example"])
    again = form.submit(address="pat@council.example", reason="Asked again", status=400)
    assert "already" in again.text
    assert "Enter an email address" in form.submit(address="pat", reason="Typed", status=400).text
    lifting = client.get(page.query("tbody a")[0]["href"])
    assert "Say why" in lifting.form().submit(status=400).text
    lifting.form().submit(reason="Changed her mind")
    assert not suppressed_among(["pat@council.example"])
    # Somebody was quicker.
    lifting.form().submit(reason="Changed her mind", status=404)
    log = client.get("/admin/audit").text
    assert "address suppressed" in log.lower()
    assert "address lifted" in log.lower()
    assert "Changed her mind" in log
