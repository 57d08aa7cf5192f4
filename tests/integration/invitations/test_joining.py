"""The link of an invitation: opening it changes nothing, joining makes one account."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member, MemberGroup, MemberSession
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.invitations.joining.services import InvitationOver, accept_invitation
from talking_together.invitations.links import token_of
from talking_together.invitations.models import Invitation
from talking_together.invitations.phases.sweeps import expire_invitations
from talking_together.invitations.recounts import drift
from talking_together.points.models import PointEntry
from tests.factories.invitations import make_invitation
from tests.factories.members import PASSWORD, make_member
from tests.factories.organisations import make_group
from tests.support.client import Client
from tests.support.parallel import run_together

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)


def link(invitation: Invitation) -> str:
    """Return the path of an invitation's link."""
    return f"/invitations/{token_of(invitation.id, invitation.nonce)}"


def members() -> int:
    """Return how many members there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Member)) or 0


def state_of(invitation: Invitation) -> str:
    """Return the state of an invitation as it stands."""
    db.session.rollback()
    return db.session.scalar(select(Invitation.state).where(Invitation.id == invitation.id)) or ""


def test_opening_a_link_changes_nothing_however_often(client: Client) -> None:
    invitation = make_invitation()
    for method in ("GET", "HEAD", "GET"):
        page = client.send(method, link(invitation), status=200)
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert not [sql for sql in page.statements if not sql.lstrip().upper().startswith("SELECT")]
    assert (state_of(invitation), members()) == ("sent", 0)
    assert db.session.scalar(select(func.count()).select_from(MemberSession)) == 0


def test_an_invited_person_joins_is_signed_in_and_welcomed(client: Client) -> None:
    group = make_group()
    invitation = make_invitation(
        email="sam@riverside.example", job_title="Nurse", group_ids=[group.id, 999_999]
    )
    page = client.get(link(invitation))
    assert "sam@riverside.example" in page.text
    form = page.form()
    assert (form.fields["name"], form.fields["job_title"]) == ("Sam Example", "Nurse")
    assert "on_leaderboard" not in form.fields
    home = form.submit(password=PASSWORD, statements=12)
    assert home.location == "/"
    assert home.headers["Referrer-Policy"] == "no-referrer"
    member = db.session.execute(select(Member)).scalar_one()
    assert (member.email, member.sign_in_name, member.points) == (*["sam@riverside.example"] * 2, 50)
    assert (member.job_title, member.on_leaderboard) == ("Nurse", False)
    assert member.organisation_id == invitation.organisation_id
    assert db.session.scalars(select(MemberGroup.group_id)).all() == [group.id]
    assert db.session.scalar(select(PointEntry.event_key)) == f"joined:member:{member.id}"
    assert state_of(invitation) == "joined"
    assert "Welcome · +50 points" in home.follow().text
    assert list(drift()) == []


def test_the_leaderboard_is_for_those_who_tick_its_box(client: Client) -> None:
    client.get(link(make_invitation())).form().submit(password=PASSWORD, on_leaderboard="y")
    assert db.session.scalar(select(Member.on_leaderboard)) is True


def test_a_machine_that_submits_the_form_as_it_stands_does_not_join(client: Client) -> None:
    invitation = make_invitation()
    page = client.get(link(invitation)).form().submit(status=400)
    assert "Enter a password" in page.text
    assert (state_of(invitation), members()) == ("sent", 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "Sam\x00"}, "name"),
        ({"name": "Sam\u202e"}, "name"),
        ({"job_title": "x" * 120}, "job_title"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "sam other 123456"}, "password"),
        ({"password": "x" * 201}, "password"),
    ],
)
def test_what_cannot_be_accepted_is_said_at_its_field_and_the_rest_is_kept(
    client: Client, change: dict[str, str], field: str
) -> None:
    invitation = make_invitation(email="longaddress@riverside.example")
    form = client.get(link(invitation)).form()
    page = form.submit(
        **{"password": PASSWORD, "name": "Sam Other", "job_title": "Porter", **change}, status=400
    )
    assert page.query(f"#{field}-error")
    if field != "name":
        assert page.query("#name")[0]["value"] == "Sam Other"
    assert members() == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: "9" + token,
        lambda token: token.partition("-")[0],
        lambda token: token.upper(),
        lambda _token: "x",
        lambda _token: "99999999999999999999999-" + "A" * 32,
        lambda _token: "1-" + "é" * 32,
    ],
)
def test_a_link_that_we_did_not_make_is_not_there(client: Client, spoil: Any) -> None:
    invitation = make_invitation()
    token = spoil(token_of(invitation.id, invitation.nonce))
    client.get(f"/invitations/{token}", status=404)
    client.post(f"/invitations/{token}", {"name": "Sam", "password": PASSWORD}, status=404)
    assert members() == 0


def test_one_invitations_proof_does_not_open_another(client: Client) -> None:
    first, second = make_invitation(), make_invitation()
    proof = token_of(first.id, first.nonce).partition("-")[2]
    client.get(f"/invitations/{second.id}-{proof}", status=404)


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ("joined", "You have already joined"),
        ("already a member", "You have already joined"),
        ("revoked", "This invitation has been withdrawn"),
        ("expired", "This invitation has expired"),
        ("draft", "This invitation has expired"),
    ],
)
def test_a_link_that_is_over_says_what_to_do(client: Client, state: str, heading: str) -> None:
    invitation = make_invitation(state=state)
    page = client.get(link(invitation))
    assert page.heading == heading
    assert page.query("main a[href='/sign-in']")
    client.post(link(invitation), {"name": "Sam", "password": PASSWORD}, status=409)
    assert members() == 0


def test_an_invitation_ends_at_its_time_whether_or_not_the_sweep_has_run(
    client: Client, hold_clock: Any
) -> None:
    hold_clock(NOON)
    invitation = make_invitation(expires_at=NOON + timedelta(days=1))
    assert client.get(link(invitation)).heading == "Join Talking Together"
    hold_clock(NOON + timedelta(days=1))
    assert client.get(link(invitation)).heading == "This invitation has expired"
    assert expire_invitations() == 1
    assert state_of(invitation) == "expired"
    assert list(drift()) == []


def test_somebody_else_who_is_signed_in_is_told_whom_it_is_for_and_never_joins(client: Client) -> None:
    invitation = make_invitation(email="sam@riverside.example")
    client.sign_in(make_member(name="Robin Ashworth"))
    page = client.get(link(invitation))
    assert page.heading == "This invitation is for somebody else"
    assert "sam@riverside.example" in page.text
    assert page.form("/sign-out")
    client.post(link(invitation), {"name": "Robin", "password": PASSWORD}, status=409)
    assert (state_of(invitation), members()) == ("sent", 1)


def test_a_member_who_opens_their_own_used_link_is_sent_on(client: Client) -> None:
    member = make_member(email="sam@riverside.example")
    invitation = make_invitation(email="sam@riverside.example", state="joined", member_id=member.id)
    client.sign_in(member)
    assert client.get(link(invitation)).heading == "You have already joined"


def test_an_address_that_has_an_account_has_already_joined(client: Client) -> None:
    make_member(email="sam@riverside.example")
    invitation = make_invitation(email="sam@riverside.example")
    assert client.get(link(invitation)).heading == "You have already joined"
    client.post(link(invitation), {"name": "Sam", "password": PASSWORD}, status=409)
    assert members() == 1


def test_joining_closes_the_other_invitations_of_the_address(client: Client) -> None:
    first = make_invitation(email="sam@riverside.example")
    failed = make_invitation(email="sam@riverside.example", state="failed", sent_at=None)
    revoked = make_invitation(email="sam@riverside.example", state="revoked")
    client.get(link(first)).form().submit(password=PASSWORD)
    assert [state_of(each) for each in (first, failed, revoked)] == ["joined", "already a member", "revoked"]


def accepting(invitation_id: int) -> Any:
    """Return a job that joins through an invitation."""
    return lambda: in_transaction(
        lambda: accept_invitation(
            invitation_id=invitation_id, name="Sam", password_hash="x", job_title="", on_leaderboard=False
        )
    )


def test_two_who_take_one_invitation_at_once_make_one_account(app: Flask) -> None:
    invitation = make_invitation()
    results = run_together(app, [accepting(invitation.id) for _ in range(6)])
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert sum(isinstance(result, InvitationOver) for result in results) == 5
    assert members() == 1
    assert state_of(invitation) == "joined"


def test_two_invitations_of_one_address_taken_at_once_make_one_account(app: Flask) -> None:
    ids = [make_invitation(email="sam@riverside.example").id for _ in range(4)]
    results = run_together(app, [accepting(id) for id in ids])
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert sum(isinstance(result, InvitationOver) for result in results) == 3
    assert members() == 1
    found = list(db.session.scalars(select(Invitation.state)))
    assert sorted(found) == ["already a member"] * 3 + ["joined"]


def test_who_is_slower_is_shown_that_the_invitation_has_been_used(client: Client, monkeypatch: Any) -> None:
    invitation = make_invitation()
    form = client.get(link(invitation)).form()

    def quicker(**_values: Any) -> None:
        raise InvitationOver

    monkeypatch.setattr("talking_together.invitations.joining.views.accept_invitation", quicker)
    assert form.submit(password=PASSWORD).location == link(invitation)
    assert members() == 0
