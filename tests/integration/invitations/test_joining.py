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
from talking_together.mail.models import OutboxMessage
from talking_together.mail.outbox import enqueue
from talking_together.mail.suppressions import suppress, suppressed_among
from talking_together.milestones.models import Milestone
from talking_together.milestones.services import settle_milestones
from talking_together.milestones.sweeps import settle_due_milestones
from talking_together.points.models import PointEntry
from tests.factories.challenges import make_challenge
from tests.factories.invitations import make_invitation, make_phase, make_staff_list
from tests.factories.members import PASSWORD, make_member
from tests.factories.organisations import make_group, make_organisation
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
    home = form.submit(password=PASSWORD, statements=15)
    assert home.location == "/welcome"
    assert home.headers["Referrer-Policy"] == "no-referrer"
    member = db.session.execute(select(Member)).scalar_one()
    assert (member.email, member.sign_in_name, member.points) == (*["sam@riverside.example"] * 2, 50)
    assert (member.job_title, member.on_leaderboard) == ("Nurse", False)
    assert member.organisation_id == invitation.organisation_id
    assert db.session.scalars(select(MemberGroup.group_id)).all() == [group.id]
    assert db.session.scalar(select(PointEntry.event_key)) == f"joined:member:{member.id}"
    assert state_of(invitation) == "joined"
    assert "Welcome · +50 points" in client.get("/points").text
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


def test_who_joins_goes_on_to_the_challenge_that_the_invitation_spoke_of(client: Client) -> None:
    challenge = make_challenge()
    phase = make_phase(make_staff_list(), state="sent", challenge_id=challenge.id)
    page = client.get(link(make_invitation(phase))).form().submit(password=PASSWORD)
    assert page.location == f"/welcome?challenge={challenge.id}"


def test_the_form_shows_what_the_account_will_be(client: Client) -> None:
    groups = [make_group(name="Regent House"), make_group(name="Community nurses")]
    invitation = make_invitation(
        email="sam@riverside.example",
        name="Okoro, Sam",
        organisation_id=make_organisation(name="Riverside Trust").id,
        group_ids=[group.id for group in groups],
    )
    page = client.get(link(invitation), statements=3)
    shown = [each.text for each in page.query(".nhsuk-summary-list__value")]
    assert shown == ["sam@riverside.example", "Riverside Trust", "Community nurses, Regent House"]
    assert page.query(f"main a[href='{link(invitation)}/decline']")
    form = page.form()
    assert form.fields["username"] == "sam@riverside.example"
    assert form.fields["name"] == "Sam Okoro"
    # What a person fills in, in the order in which errors are listed.
    names = [each["name"] for each in form.query("input:not([type=hidden])")]
    assert names == ["name", "job_title", "password", "word", "on_leaderboard", "shared"]


@pytest.mark.parametrize("ticked", [True, False])
def test_who_joins_at_a_shared_computer_is_signed_out_of_it_soon(client: Client, ticked: bool) -> None:
    more = {"shared": "y"} if ticked else {}
    client.get(link(make_invitation())).form().submit(password=PASSWORD, **more)
    assert db.session.scalar(select(MemberSession.is_shared)) is ticked


def test_errors_are_listed_in_the_order_of_the_fields(client: Client) -> None:
    page = client.get(link(make_invitation())).form().submit(name="", job_title="x" * 120, status=400)
    listed = [each["href"] for each in page.query(".nhsuk-error-summary a")]
    assert listed == ["#name", "#job_title", "#password"]


def test_who_said_not_for_me_and_joins_takes_it_back(client: Client) -> None:
    invitation = make_invitation(email="sam@riverside.example", state="declined")
    suppress("sam@riverside.example", because="declined")
    page = client.get(link(invitation))
    assert "Changed your mind?" in page.text
    assert not page.query("main a[href$='/decline']")
    assert suppressed_among(["sam@riverside.example"])
    page.form().submit(password=PASSWORD)
    assert not suppressed_among(["sam@riverside.example"])
    assert state_of(invitation) == "joined"


@pytest.mark.parametrize("because", ["bounced", "asked"])
def test_joining_lifts_nothing_that_the_person_did_not_do(client: Client, because: str) -> None:
    invitation = make_invitation(email="sam@riverside.example", state="bounced")
    suppress("sam@riverside.example", because=because)
    client.get(link(invitation)).form().submit(password=PASSWORD)
    assert suppressed_among(["sam@riverside.example"])


def test_who_joins_has_opened_the_page(client: Client) -> None:
    invitation = make_invitation()
    client.get(link(invitation)).form().submit(password=PASSWORD)
    opened, joined = db.session.execute(select(Invitation.opened_at, Invitation.joined_at)).one()
    assert opened == joined


def test_joining_closes_the_other_invitations_of_the_address(client: Client) -> None:
    first = make_invitation(email="sam@riverside.example")
    failed = make_invitation(email="sam@riverside.example", state="failed", sent_at=None)
    revoked = make_invitation(email="sam@riverside.example", state="revoked")
    client.get(link(first)).form().submit(password=PASSWORD)
    assert [state_of(each) for each in (first, failed, revoked)] == ["joined", "already a member", "revoked"]


def accepting(invitation: Invitation) -> Any:
    """Return a job that joins through an invitation."""
    token = token_of(invitation.id, invitation.nonce)
    return lambda: in_transaction(
        lambda: accept_invitation(
            token=token, name="Sam", password_hash="x", job_title="", on_leaderboard=False
        )
    )


def test_a_link_that_was_replaced_while_the_form_was_sent_makes_no_account() -> None:
    invitation = make_invitation(email="wrong@riverside.example")
    job = accepting(invitation)
    invitation.email, invitation.nonce = "right@riverside.example", "0" * 32
    db.session.commit()
    with pytest.raises(InvitationOver):
        job()
    assert members() == 0


def test_what_still_waits_for_somebody_who_has_joined_is_cancelled(client: Client) -> None:
    first = make_invitation(email="sam@riverside.example")
    second = make_invitation(email="sam@riverside.example", state="sending", sent_at=None)
    for purpose, id in (("invitation reminder", first.id), ("invitation", second.id), ("invitation", 99)):
        enqueue(purpose=purpose, ref_id=id, to="sam@riverside.example", subject="Hello", body_text="Hello")
    client.get(link(first)).form().submit(password=PASSWORD)
    found = db.session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id))
    assert list(found) == ["cancelled", "cancelled", "queued"]


def test_an_account_with_an_unproven_address_goes_to_who_is_invited_there(client: Client) -> None:
    squatter = make_member(email=None, sign_in_name="sam@riverside.example", name="Sam or not")
    elsewhere = Client(client.app).sign_in(squatter)
    invitation = make_invitation(email="sam@riverside.example")
    client.get(link(invitation)).form().submit(password=PASSWORD, name="Sam Example", statements=18)
    db.session.refresh(squatter)
    assert (squatter.email, squatter.name) == ("sam@riverside.example", "Sam Example")
    assert state_of(invitation) == "joined"
    assert members() == 1
    elsewhere.get("/me", status=302)
    client.get("/me")
    assert list(drift()) == []


def test_whose_word_an_unproven_account_named_has_brought_nobody_when_its_owner_names_another(
    client: Client,
) -> None:
    first, second = make_member(word="kind-otter-27"), make_member(word="calm-heron-31")
    make_member(email=None, sign_in_name="sam@riverside.example", told_by_id=first.id)
    settle_milestones([first.id])
    db.session.commit()
    client.get(link(make_invitation(email="sam@riverside.example"))).form().submit(
        password=PASSWORD, word="Calm Heron 31"
    )
    settle_due_milestones()
    standing = select(Milestone.member_id).where(Milestone.taken_back_at.is_(None))
    assert list(db.session.scalars(standing)) == [second.id]


def test_a_deactivated_account_with_an_unproven_address_is_not_taken_up(client: Client) -> None:
    make_member(email=None, sign_in_name="sam@riverside.example", is_active=False)
    invitation = make_invitation(email="sam@riverside.example")
    assert client.get(link(invitation)).heading == "You have already joined"
    client.post(link(invitation), {"name": "Sam", "password": PASSWORD}, status=409)


def test_two_who_take_one_invitation_at_once_make_one_account(app: Flask) -> None:
    invitation = make_invitation()
    results = run_together(app, [accepting(invitation) for _ in range(6)])
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert sum(isinstance(result, InvitationOver) for result in results) == 5
    assert members() == 1
    assert state_of(invitation) == "joined"


def test_two_invitations_of_one_address_taken_at_once_make_one_account(app: Flask) -> None:
    made = [make_invitation(email="sam@riverside.example") for _ in range(4)]
    results = run_together(app, [accepting(each) for each in made])
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

    monkeypatch.setattr("talking_together.invitations.joining.services.accept_invitation", quicker)
    assert form.submit(password=PASSWORD).location == link(invitation)
    assert members() == 0
