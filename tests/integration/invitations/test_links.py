"""What an invitation's link leads to: its state and who is signed in decide, opening it nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member, MemberSession
from talking_together.extensions import db
from talking_together.invitations.links import token_of
from talking_together.invitations.models import INVITATION_STATES, Invitation, Phase
from talking_together.mail.models import OutboxMessage
from tests.factories.invitations import make_invitation, make_phase, make_staff_list
from tests.factories.members import PASSWORD, make_member
from tests.support.client import Client, Page
from tests.support.parallel import run_together

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
INVITED = "sam@riverside.example"
JOIN, USED, EXPIRED = "Join Talking Together", "You have already joined", "This invitation has expired"
WITHDRAWN, UNUSABLE = "This invitation has been withdrawn", "This invitation cannot be used"
OTHER = "This invitation is for somebody else"

# state: the page within its time, the page after it
PAGES = {
    "draft": (UNUSABLE, UNUSABLE),
    "queued": (JOIN, EXPIRED),
    "sending": (JOIN, EXPIRED),
    "sent": (JOIN, EXPIRED),
    "outcome unknown": (JOIN, EXPIRED),
    "failed": (JOIN, EXPIRED),
    "bounced": (JOIN, EXPIRED),
    "declined": (JOIN, EXPIRED),
    "joined": (USED, USED),
    "already a member": (USED, USED),
    "revoked": (WITHDRAWN, WITHDRAWN),
    "expired": (EXPIRED, EXPIRED),
    "suppressed": (UNUSABLE, UNUSABLE),
}


def link(invitation: Invitation) -> str:
    """Return the path of an invitation's link."""
    return f"/invitations/{token_of(invitation.id, invitation.nonce)}"


def world() -> tuple[Any, ...]:
    """Return all that a link could change."""
    db.session.rollback()
    return (
        db.session.execute(select(Invitation.__table__).order_by(Invitation.id)).all(),
        db.session.execute(select(Phase.__table__).order_by(Phase.id)).all(),
        db.session.scalar(select(func.count(Member.id))),
        db.session.scalar(select(func.count(OutboxMessage.id))),
    )


def submit_untouched(client: Client, page: Page) -> None:
    """Send every form of the main part of a page as it was served."""
    for form in page.query("main form[method=post]"):
        fields = {each["name"]: each.get("value") or "" for each in form.query("input[type=hidden]")}
        fields |= {each["name"]: each.get("value") or "" for each in form.query("input:not([type])")}
        fields |= {each["name"]: each.get("value") or "" for each in form.query("input[type=text]")}
        client.ask("POST", form.get("action") or page.path, data=fields)


def test_the_table_holds_every_state() -> None:
    assert set(PAGES) == set(INVITATION_STATES)


@pytest.mark.parametrize("is_over", [False, True], ids=["in time", "too late"])
@pytest.mark.parametrize("state", PAGES)
def test_a_link_leads_to_the_page_of_its_state(
    client: Client, hold_clock: Any, state: str, is_over: bool
) -> None:
    hold_clock(NOON)
    invitation = make_invitation(state=state, email=INVITED, expires_at=NOON + timedelta(days=15))
    hold_clock(NOON + timedelta(days=15 if is_over else 14))
    heading = PAGES[state][is_over]
    before = world()
    for _ in range(2):
        client.send("HEAD", link(invitation), status=200)
        page = client.get(link(invitation), statements=2)
        assert page.heading == heading
    submit_untouched(client, page)
    assert world() == before
    if heading == JOIN:
        return
    # Whatever the state, there is a way on.
    assert page.query("main a[href='/sign-in']")
    client.post(link(invitation), {"name": "Sam", "password": PASSWORD}, status=409)
    assert world() == before


@pytest.mark.parametrize("state", PAGES)
def test_somebody_else_who_is_signed_in_reads_whom_it_is_for(client: Client, state: str) -> None:
    invitation = make_invitation(state=state, email=INVITED)
    client.sign_in(make_member(name="Robin Ashworth"))
    before = world()
    page = client.get(link(invitation))
    assert page.heading == OTHER
    assert INVITED in page.text
    assert "Robin Ashworth" in page.text
    client.post(link(invitation), {"name": "Robin", "password": PASSWORD}, status=409)
    assert world() == before


@pytest.mark.parametrize("state", PAGES)
def test_its_own_person_who_is_signed_in_is_sent_on(client: Client, state: str) -> None:
    member = make_member(email=INVITED)
    invitation = make_invitation(state=state, email=INVITED)
    client.sign_in(member)
    page = client.get(link(invitation))
    assert page.heading == USED
    assert page.query("main a[href='/']")


def test_a_member_without_an_email_is_known_by_the_account(client: Client) -> None:
    member = make_member(email=None, sign_in_name="40017")
    invitation = make_invitation(state="joined", email=INVITED, member_id=member.id)
    client.sign_in(member)
    assert client.get(link(invitation)).heading == USED


def test_signing_out_leads_back_to_the_invitation(client: Client) -> None:
    invitation = make_invitation(email=INVITED)
    client.sign_in(make_member())
    answer = client.get(link(invitation)).form("/sign-out").submit()
    assert answer.location == link(invitation)
    assert answer.follow().heading == JOIN


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere"])
def test_signing_out_leads_nowhere_else(client: Client, target: str) -> None:
    client.sign_in(make_member())
    assert client.post("/sign-out", {"next": target}).location == "/sign-in"


def test_an_address_that_has_an_account_has_already_joined(client: Client) -> None:
    make_member(email=INVITED)
    invitation = make_invitation(email=INVITED)
    assert client.get(link(invitation)).heading == USED
    client.post(link(invitation), {"name": "Sam", "password": PASSWORD}, status=409)


@pytest.mark.parametrize("token", ["x", "1-" + "A" * 32, "%20", "12-<script>"])
def test_a_mistyped_link_points_to_the_code(client: Client, token: str) -> None:
    page = client.get(f"/invitations/{token}", status=404)
    assert page.heading == "We do not know this link"
    assert page.query("main a[href='/join']")
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_the_link_of_a_test_email_says_so(client: Client) -> None:
    assert client.get("/invitations/sample").heading == "This was a test"
    client.post("/invitations/sample", {"name": "Sam", "password": PASSWORD}, status=404)


def test_a_machine_is_given_no_session(client: Client) -> None:
    invitation = make_invitation()
    for method in ("HEAD", "GET"):
        client.send(method, link(invitation), status=200, headers={"Purpose": "prefetch"})
    submit_untouched(client, client.get(link(invitation)))
    assert db.session.scalar(select(func.count(MemberSession.id))) == 0


def opened_at(invitation: Invitation) -> datetime | None:
    """Return when an invitation's page was first opened by a person."""
    db.session.rollback()
    return db.session.scalar(select(Invitation.opened_at).where(Invitation.id == invitation.id))


def test_what_a_person_does_on_the_page_is_noted_once(client: Client, hold_clock: Any) -> None:
    hold_clock(NOON)
    invitation = make_invitation()
    page = client.get(link(invitation))
    path = page.query("form[data-opened]")[0]["data-opened"]
    assert opened_at(invitation) is None
    answer = client.post(path, status=204)
    assert not answer.html
    hold_clock(NOON + timedelta(hours=1))
    client.post(path, status=204)
    assert opened_at(invitation) == NOON


def test_only_the_page_itself_can_say_that_it_was_opened(client: Client) -> None:
    invitation = make_invitation()
    client.get(link(invitation))
    client.send("POST", f"{link(invitation)}/opened", status=400)
    client.send("GET", f"{link(invitation)}/opened", status=405)
    client.post(f"/invitations/{invitation.id}-{'A' * 32}/opened", status=404)
    client.sign_in(make_member()).post(f"{link(invitation)}/opened", status=204)
    assert opened_at(invitation) is None


def test_opened_by_many_at_once_is_opened_once(app: Flask) -> None:
    invitation = make_invitation()
    path = f"{link(invitation)}/opened"
    clients = [Client(app) for _ in range(4)]
    tokens = [client.token() for client in clients]

    def open_with(client: Client, token: str) -> Any:
        return lambda: (
            client.browser.post(path, data={"csrf_token": token}, base_url=client.origin).status_code
        )

    found = run_together(app, [open_with(*each) for each in zip(clients, tokens, strict=True)])
    assert found == [204] * 4
    assert opened_at(invitation) is not None


@pytest.mark.parametrize("state", ["sending", "paused", "sent", "stopped", "draft", "scheduled"])
def test_a_new_invitation_is_offered_while_the_phase_runs(client: Client, state: str) -> None:
    phase = make_phase(make_staff_list(), state=state)
    page = client.get(link(make_invitation(phase, state="expired")))
    offered = bool(page.query("main form"))
    assert offered == (state in ("sending", "paused", "sent"))
    assert offered or "ask whoever runs" in page.text
    assert INVITED not in page.text
