"""One person's invitation: its page, its history, and what an admin does with it."""

import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.driver import DriverConnection
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed
from talking_together.extensions import db
from talking_together.invitations.links import code_of, token_of
from talking_together.invitations.models import INVITATION_STATES, PHASE_STATES, Invitation, Phase
from talking_together.invitations.people import policies, services
from talking_together.invitations.people.meanings import MEANINGS
from talking_together.invitations.phases import moving
from talking_together.invitations.phases.delivery import record_deliveries
from talking_together.invitations.recounts import drift
from talking_together.mail.recording import Settled, record
from talking_together.mail.suppressions import suppress
from tests.factories import make_admin, make_group, make_member, make_moderator, viewer_of
from tests.factories.invitations import make_counted_invitation, make_email, make_invitation
from tests.support.client import Client
from tests.support.parallel import run_together

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
WRONG, RIGHT = "sam@rivreside.example", "sam@riverside.example"


def make_sent(phase_state: str = "sent", **values: Any) -> Invitation:
    """Return an invitation that went to the wrong address."""
    return make_counted_invitation(phase_state, **{"email": WRONG, **values})


def page_of(invitation: Invitation) -> str:
    """Return the path of an invitation's page."""
    return f"/admin/invitations/{invitation.id}"


def link(invitation: Invitation) -> str:
    """Return the path of an invitation's link."""
    return f"/invitations/{token_of(invitation.id, invitation.nonce)}"


def actions() -> list[tuple[str, str]]:
    """Return what the audit log holds, as action and label."""
    found = db.session.execute(select(AuditEntry.action, AuditEntry.subject_label).order_by(AuditEntry.id))
    return [tuple(row) for row in found]


def test_every_state_means_something() -> None:
    assert set(MEANINGS) == set(INVITATION_STATES)


@pytest.mark.parametrize("phase_state", PHASE_STATES)
def test_the_page_offers_what_the_services_allow(client: Client, phase_state: str) -> None:
    admin = make_admin()
    client.sign_in(admin)
    acts: dict[str, Any] = {
        "send-again": services.send_again,
        "renew": services.renew_invitation,
        "correct": partial(services.correct_address, email=RIGHT),
        "revoke": services.revoke_invitation,
    }
    for state in INVITATION_STATES:
        invitation = make_sent(phase_state, state=state, email=f"{state.replace(' ', '')}@riverside.example")
        page = client.get(page_of(invitation))
        assert MEANINGS[state] in page.text
        offered = {form["action"].rpartition("/")[2] for form in page.query("main form")}
        assert offered == {name for name, act in acts.items() if allows(act, admin, invitation.id)}, state


def allows(act: Any, admin: Any, invitation_id: int) -> bool:
    """Return whether a service does something, and undo it."""
    try:
        act(viewer_of(admin), invitation_id=invitation_id)
    except Conflict:
        return False
    finally:
        db.session.rollback()
    return True


def test_only_admins_act(client: Client) -> None:
    invitation = make_sent()
    moderator = viewer_of(make_moderator())
    for act in (services.send_again, services.renew_invitation, services.revoke_invitation):
        with pytest.raises(NotAllowed):
            act(moderator, invitation_id=invitation.id)
    with pytest.raises(NotAllowed):
        services.correct_address(moderator, invitation_id=invitation.id, email=RIGHT)
    client.sign_in(make_admin()).get("/admin/invitations/999999", status=404)


def test_the_page_shows_the_person_and_where_else_they_stand(client: Client) -> None:
    group = make_group(name="Community nurses")
    other = make_sent(state="expired", email=RIGHT)
    member = make_member(name="Sam Example")
    invitation = make_sent(
        state="joined",
        email=RIGHT,
        name="Sam Example",
        group_ids=[group.id],
        member_id=member.id,
        joined_at=clock.now(),
    )
    page = client.sign_in(make_admin()).get(page_of(invitation), statements=9)
    assert page.heading == "Invitation of Sam Example"
    assert "Community nurses" in page.text
    for path in (
        f"/admin/members/{member.id}",
        f"/admin/invitations/{other.id}",
        f"/admin/invitations/phases/{invitation.phase_id}",
        f"/admin/invitations/phases/{invitation.phase_id}/people",
    ):
        assert page.query(f"main a[href='{path}']")


def test_a_former_colleague_is_not_named_by_their_invitation(client: Client) -> None:
    member = make_member(name="Sam Example", is_active=False, shown_as_former=True)
    invitation = make_sent(state="joined", name="Sam Example", member_id=member.id, joined_at=NOON)
    make_email(invitation, "sent", finished_at=NOON, last_answer=f"250 taken for {WRONG}")
    make_email(invitation, "failed", finished_at=NOON, to_address=RIGHT)
    page = client.sign_in(make_admin()).get(page_of(invitation))
    assert page.heading == "Invitation of a former colleague"
    assert "Sam" not in page.html
    assert WRONG not in page.html
    assert RIGHT not in page.html
    assert len(page.query(".timeline li")) == 6


def test_an_admin_who_has_left_is_not_named_by_what_they_did(client: Client) -> None:
    invitation, left = make_sent(), make_admin(name="Lee Leaver")
    services.revoke_invitation(viewer_of(left), invitation_id=invitation.id)
    db.session.commit()
    client.sign_in(make_admin())
    assert "by Lee Leaver" in client.get(page_of(invitation)).text
    left.shown_as_former, left.is_active = True, False
    db.session.commit()
    page = client.get(page_of(invitation))
    assert "by a former colleague" in page.text
    assert "Lee Leaver" not in page.html


@pytest.mark.parametrize("state", ["outcome unknown", "failed", "sent", "bounced"])
def test_sending_again_keeps_the_link(client: Client, state: str) -> None:
    invitation = make_sent(state=state, sent_at=None if state == "failed" else clock.now())
    before = link(invitation)
    page = client.sign_in(make_admin()).get(page_of(invitation))
    answer = page.form(f"{page_of(invitation)}/send-again").submit()
    assert answer.location == page_of(invitation)
    db.session.refresh(invitation)
    assert (invitation.state, link(invitation)) == ("queued", before)
    assert db.session.scalar(select(Phase.state)) == "sending"
    assert actions() == [("invitation sent again", WRONG)]
    assert list(drift()) == []


@pytest.mark.parametrize("phase_state", ["paused", "sending"])
def test_sending_again_leaves_a_phase_as_it_is(client: Client, phase_state: str) -> None:
    invitation = make_sent(phase_state)
    client.sign_in(make_admin()).post(f"{page_of(invitation)}/send-again")
    assert db.session.scalar(select(Phase.state)) == phase_state


def test_nothing_is_sent_again_to_a_suppressed_address(client: Client) -> None:
    invitation, over = make_sent(state="bounced"), make_sent(state="revoked", email=RIGHT)
    suppress(WRONG, because="bounced")
    suppress(RIGHT, because="asked")
    client.sign_in(make_admin())
    page = client.get(page_of(invitation))
    assert page.query("main a[href^='/admin/invitations/suppressed/']")
    refused = client.post(f"{page_of(invitation)}/send-again", status=409)
    assert "Lift it under Suppressed addresses first" in refused.text
    client.post(f"{page_of(over)}/renew", status=409)
    assert actions() == []


@pytest.mark.parametrize(
    "values",
    [{"state": "expired"}, {"state": "revoked"}, {"expires_at": NOON}],
    ids=["expired", "revoked", "late"],
)
def test_inviting_anew_gives_a_new_link(client: Client, values: dict[str, Any]) -> None:
    invitation = make_sent(**values)
    before = link(invitation)
    page = client.sign_in(make_admin()).get(page_of(invitation))
    page.form(f"{page_of(invitation)}/renew").submit()
    db.session.refresh(invitation)
    assert invitation.state == "queued"
    assert invitation.expires_at is not None
    assert invitation.expires_at > clock.now() + timedelta(days=19)
    assert actions() == [("invitation renewed", WRONG)]
    client.sign_out()
    client.get(before, status=404)
    assert client.get(link(invitation)).heading == "Join Talking Together"
    assert list(drift()) == []


def test_who_was_invited_elsewhere_or_has_joined_is_not_invited_anew(client: Client) -> None:
    invitation = make_sent(state="expired")
    elsewhere = make_sent(state="queued")
    client.sign_in(make_admin()).post(f"{page_of(invitation)}/renew", status=409)
    elsewhere.state = "expired"
    make_member(email=WRONG)
    db.session.commit()
    client.post(f"{page_of(invitation)}/renew", status=409)


@pytest.mark.parametrize("state", policies.CORRECTED_STATES)
def test_a_corrected_address_gets_a_link_of_its_own(client: Client, state: str) -> None:
    invitation = make_sent(
        state=state,
        sent_at=None if state in ("queued", "sending", "failed") else clock.now(),
        opened_at=NOON,
        bounced_at=NOON,
        soft_bounces=2,
        reminders=1,
        next_reminder_at=NOON,
    )
    waiting = make_email(invitation, "claimed")
    before, code = link(invitation), code_of(invitation.id, invitation.nonce)
    page = client.sign_in(make_admin()).get(page_of(invitation))
    page.form(f"{page_of(invitation)}/correct").submit(email=f" {RIGHT.upper()} ")
    db.session.refresh(invitation)
    assert (invitation.email, invitation.state) == (RIGHT, "queued")
    kept = (invitation.sent_at, invitation.opened_at, invitation.bounced_at, invitation.next_reminder_at)
    assert kept == (None,) * 4
    assert (invitation.soft_bounces, invitation.reminders) == (0, 0)
    db.session.refresh(waiting)
    assert (waiting.state, waiting.body_text) == ("cancelled", "")
    assert actions() == [("invitation address corrected", RIGHT)]
    assert f"From {WRONG} to {RIGHT}" in client.get(page_of(invitation)).text
    client.sign_out()
    client.get(before, status=404)
    for email in (WRONG, RIGHT):
        client.post("/join", {"email": email, "code": code}, status=400)
    assert RIGHT in client.get(link(invitation)).text
    assert list(drift()) == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Enter the right email address"),
        ("nobody", "Enter an email address in the form name@example.org"),
        ("sam@riverside.example\r\nBcc: x@y.example", "Remove the control characters"),
        (WRONG, "This is the address that it has now"),
        ("member@riverside.example", "Somebody with this address has joined already"),
        ("40017@riverside.example", "Somebody with this address has joined already"),
        ("suppressed@riverside.example", "Nothing is sent to this address"),
        ("same@riverside.example", "This address has an invitation already"),
        ("invited@riverside.example", "This address has an invitation already"),
    ],
)
def test_an_address_that_cannot_be_the_right_one_is_refused_in_words(
    client: Client, address: str, words: str
) -> None:
    invitation = make_sent()
    make_member(email="member@riverside.example", is_active=False)
    make_member(email=None, sign_in_name="40017@riverside.example", is_active=False)
    suppress("suppressed@riverside.example", because="declined")
    phase = db.session.get(Phase, invitation.phase_id)
    make_invitation(phase, email="same@riverside.example", state="revoked")
    make_sent(email="invited@riverside.example", state="queued")
    make_sent(email="expired@riverside.example", state="expired")
    page = client.sign_in(make_admin()).post(f"{page_of(invitation)}/correct", {"email": address}, status=400)
    assert words in page.query("#email-error")[0].text
    db.session.refresh(invitation)
    assert (invitation.email, invitation.state) == (WRONG, "sent")
    assert actions() == []
    # Somebody whose other invitation is over can be the right person.
    client.post(f"{page_of(invitation)}/correct", {"email": "expired@riverside.example"})


def test_an_address_is_not_corrected_while_its_email_leaves(client: Client) -> None:
    invitation = make_sent(state="sending")
    make_email(invitation, "sending")
    page = client.sign_in(make_admin()).post(f"{page_of(invitation)}/correct", {"email": RIGHT}, status=409)
    assert "leaving at this moment" in page.text
    db.session.refresh(invitation)
    assert invitation.email == WRONG


@pytest.mark.parametrize("act", ["send-again", "correct"])
def test_a_late_answer_about_an_email_before_changes_nothing(client: Client, act: str) -> None:
    invitation = make_sent(state="outcome unknown", sent_at=None)
    lost = make_email(invitation, "outcome unknown", claimed_by="a slow worker", finished_at=NOON)
    client.sign_in(make_admin()).post(f"{page_of(invitation)}/{act}", {"email": RIGHT})
    for late in ("sent", "queued"):
        told = [Settled(lost, late, "250 taken")]  # type: ignore[arg-type]
        record(
            DriverConnection(db.session.connection()),
            told,
            "a slow worker",
            {"invitation": record_deliveries},
        )
    db.session.commit()
    db.session.refresh(lost)
    db.session.refresh(invitation)
    assert (lost.state, invitation.state, invitation.sent_at) == ("outcome unknown", "queued", None)


def test_an_invitation_is_not_sent_again_while_a_reminder_leaves(client: Client) -> None:
    invitation = make_sent()
    make_email(invitation, "sending", purpose="invitation reminder")
    client.sign_in(make_admin()).post(f"{page_of(invitation)}/send-again", status=409)
    db.session.refresh(invitation)
    assert invitation.state == "sent"


def test_two_corrections_at_once_end_in_one_address(app: Flask) -> None:
    admin = viewer_of(make_admin())
    invitation, other = make_sent(), make_sent(email="lee@rivreside.example")
    db.session.commit()

    def correct(id: int) -> Any:
        return lambda: in_transaction(lambda: services.correct_address(admin, invitation_id=id, email=RIGHT))

    phase_ids = {invitation.phase_id, other.phase_id}
    db.session.execute(update(Invitation).values(phase_id=min(phase_ids)))
    db.session.commit()
    results = run_together(app, [correct(invitation.id), correct(other.id)])
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, InvalidInput) for result in results) == 1


def test_what_is_sent_again_while_its_phase_is_stopped_does_not_wait_for_ever(app: Flask) -> None:
    admin = viewer_of(make_admin())
    invitation = make_sent()
    has_stopped = threading.Event()

    def stop() -> None:
        moving.stop_phase(admin, phase_id=invitation.phase_id)
        has_stopped.set()
        # Long enough for the other to come as far as it can before this is committed.
        time.sleep(0.5)

    def again() -> None:
        has_stopped.wait(10)
        in_transaction(lambda: services.send_again(admin, invitation_id=invitation.id))

    _, refused = run_together(app, [lambda: in_transaction(stop), again])
    assert isinstance(refused, Conflict)
    db.session.refresh(invitation)
    assert invitation.state == "sent"


@pytest.mark.parametrize(
    "state", ["queued", "sending", "sent", "outcome unknown", "failed", "bounced", "declined"]
)
def test_a_revoked_invitation_lets_nobody_join_and_what_waits_does_not_leave(
    client: Client, state: str
) -> None:
    invitation = make_sent(state=state)
    waiting = make_email(invitation)
    page = client.sign_in(make_admin()).get(page_of(invitation))
    page.form(f"{page_of(invitation)}/revoke").submit(reason="Left the trust")
    db.session.refresh(invitation)
    db.session.refresh(waiting)
    assert (invitation.state, waiting.state) == ("revoked", "cancelled")
    assert "Left the trust" in client.get(page_of(invitation)).text
    assert actions() == [("invitation revoked", WRONG)]
    client.sign_out()
    assert client.get(link(invitation)).heading == "This invitation has been withdrawn"
    assert list(drift()) == []


def test_a_reason_that_is_too_long_is_kept_and_refused(client: Client) -> None:
    invitation = make_sent()
    page = client.sign_in(make_admin()).post(
        f"{page_of(invitation)}/revoke", {"reason": "x" * 201}, status=400
    )
    assert page.query("#reason")[0]["value"] == "x" * 201
    assert actions() == []
