"""Phases: prepared, tested, started once, watched; and what is done with single invitations."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.driver import DriverConnection
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase, StaffListRow
from talking_together.invitations.people import services as people
from talking_together.invitations.phases import feeding, moving, policies, services, sweeps
from talking_together.invitations.phases.delivery import count_deliveries_of, record_deliveries
from talking_together.invitations.phases.plan import Plan
from talking_together.invitations.recounts import drift
from talking_together.mail.models import OutboxMessage
from talking_together.mail.recording import Outcome
from tests.factories.invitations import make_invitation, make_phase, make_staff_list
from tests.factories.members import make_admin, make_member, make_moderator, viewer_of
from tests.support.client import Client
from tests.support.parallel import run_together

pytestmark = pytest.mark.usefixtures("app")

PATH = "/admin/invitations/phases"
THREE = ("a@riverside.example", "b@riverside.example", "c@riverside.example")


@pytest.fixture
def admin_client(client: Client) -> Client:
    """Return a client that an admin has signed in with."""
    return client.sign_in(make_admin(email="admin@riverside.example"))


def states(phase_id: int) -> dict[str, str]:
    """Return the state of each address of a phase."""
    db.session.rollback()
    rows = select(Invitation.email, Invitation.state).where(Invitation.phase_id == phase_id)
    return dict(db.session.execute(rows).all())


def phase_of(phase_id: int) -> Phase:
    """Return a phase as it stands."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Phase, phase_id)


def test_a_phase_goes_from_form_to_draft_to_started(admin_client: Client) -> None:
    staff_list = make_staff_list(*THREE)
    form = admin_client.get(f"{PATH}/new?list={staff_list.id}").form()
    assert form.fields["list_id"] == str(staff_list.id)
    draft = form.submit(name="Champions", subject="{first_name}, come to {site_name}").follow()
    assert draft.heading == "Champions"
    assert "come to Talking Together" in draft.text
    started = draft.form(f"{draft.path}/start").submit(people="3").follow()
    assert "0 of 3 sent" in started.text
    assert set(states(phase_of_path(started.path)).values()) == {"queued"}
    assert list(drift()) == []
    actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["phase created", "phase started"]


def phase_of_path(path: str) -> int:
    """Return the id in a phase's address."""
    return int(path.rpartition("/")[2])


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Enter a name"),
        ("name", "champions", "Another phase has this name"),
        ("subject", "", "Enter a subject"),
        ("subject", "{surname}", "We cannot fill in {surname}"),
        ("subject", "x" * 151, "150 characters or fewer"),
        ("message", "", "Enter a message"),
        ("message", "{link}", "We cannot fill in {link}"),
        ("list_id", "999999", "Choose one of the staff lists"),
        ("expires_days", "2", "from 15 to 365"),
        ("expires_days", "", "from 15 to 365"),
        ("expires_days", "soon", "Not a valid integer value"),
    ],
)
def test_what_is_wrong_with_a_phase_stands_at_its_field(
    admin_client: Client, field: str, value: str, words: str
) -> None:
    make_phase(name="Champions")
    form = admin_client.get(f"{PATH}/new").form()
    page = form.submit(**{"name": "Wards", "subject": "Hello", field: value}, status=400)
    assert words in page.query(f"#{field}-error")[0].text


@pytest.mark.parametrize("typed", ["", "2", "30", "three"])
def test_a_phase_starts_only_when_its_number_of_people_is_typed(admin_client: Client, typed: str) -> None:
    phase = make_phase(make_staff_list(*THREE))
    admin_client.post(f"{PATH}/{phase.id}/start", {"people": typed}, status=400)
    assert phase_of(phase.id).state == "draft"
    assert states(phase.id) == {}


def test_a_phase_without_anybody_new_does_not_start(admin_client: Client) -> None:
    make_member(email=THREE[0])
    phase = make_phase(make_staff_list(THREE[0]))
    admin_client.post(f"{PATH}/{phase.id}/start", {"people": "0"}, status=400)
    assert phase_of(phase.id).state == "draft"


def test_a_double_click_and_two_admins_start_a_phase_once(app: Flask) -> None:
    first, second = viewer_of(make_admin()), viewer_of(make_admin())
    phase_id = make_phase(make_staff_list(*THREE)).id

    def start(actor: Any) -> Any:
        return lambda: in_transaction(lambda: moving.start_phase(actor, phase_id=phase_id, people=3))

    results = run_together(app, [start(first), start(first), start(second)])
    moved = str(policies.PhaseMoved("sending"))
    assert sorted(map(str, results)) == sorted(["3", moved, moved])
    assert len(states(phase_id)) == phase_of(phase_id).people_count == 3


def test_two_phases_started_at_once_never_invite_the_same_address(app: Flask) -> None:
    admin = viewer_of(make_admin())
    shared = make_staff_list(*THREE)
    other = make_staff_list(*THREE, "d@riverside.example")
    phases = [make_phase(shared).id, make_phase(other).id]
    results = run_together(
        app,
        [
            lambda phase_id=phase_id: in_transaction(lambda: moving.start_phase(admin, phase_id=phase_id))
            for phase_id in phases
        ],
    )
    invited = list(db.session.scalars(select(Invitation.email)))
    assert sorted(invited) == sorted({*THREE, "d@riverside.example"})
    assert all(isinstance(result, int | InvalidInput) for result in results)


def test_who_joined_or_was_invited_since_the_upload_is_left_out_and_the_list_says_so() -> None:
    staff_list = make_staff_list(*THREE)
    make_member(email=THREE[0])
    make_invitation(email=THREE[1])
    phase = make_phase(staff_list)
    assert moving.start_phase(viewer_of(make_admin()), phase_id=phase.id) == 1
    db.session.commit()
    outcomes = dict(db.session.execute(select(StaffListRow.email, StaffListRow.outcome)).all())
    assert outcomes == dict(zip(THREE, ("already a member", "already invited", "new"), strict=True))
    assert set(states(phase.id)) == {THREE[2]}


def test_a_started_phase_cannot_be_changed(admin_client: Client) -> None:
    phase = make_phase(state="sending", started_at=None)
    admin_client.get(f"{PATH}/{phase.id}/edit", status=409)


def test_a_draft_can_be_changed(admin_client: Client) -> None:
    phase = make_phase()
    admin_client.get(f"{PATH}/{phase.id}/edit").form().submit(name="Other", message="Hello")
    assert (phase_of(phase.id).name, phase_of(phase.id).message) == ("Other", "Hello")


def test_a_test_goes_to_the_admin_alone_and_leads_to_a_page_that_says_so(admin_client: Client) -> None:
    phase = make_phase(make_staff_list(*THREE))
    admin_client.post(f"{PATH}/{phase.id}/test")
    message = db.session.execute(select(OutboxMessage)).scalar_one()
    assert (message.to_address, message.purpose) == ("admin@riverside.example", "invitation test")
    assert message.subject.startswith("Test: ")
    assert "https://ideas.example.org/invitations/sample" in message.body_text
    admin_client.sign_out()
    assert admin_client.get("/invitations/sample").heading == "This was a test"
    admin_client.get("/invitations/sample")
    assert states(phase.id) == {}


def test_feeding_writes_each_invitation_to_the_outbox_once(app: Flask) -> None:
    phase = make_phase(make_staff_list(*THREE))
    moving.start_phase(None, phase_id=phase.id)
    db.session.commit()
    fed = run_together(app, [sweeps.feed_phases] * 3)
    assert sum(fed) == 3
    messages = db.session.execute(select(OutboxMessage)).scalars().all()
    assert sorted(message.to_address for message in messages) == list(THREE)
    assert set(states(phase.id).values()) == {"sending"}
    assert messages[0].subject == "Sam, join Talking Together"
    assert "/invitations/" in messages[0].body_text
    assert "/invitations/" in messages[0].body_html


def test_the_outbox_never_holds_more_than_a_few_hundred_of_a_phase(monkeypatch: Any) -> None:
    monkeypatch.setattr(feeding, "FEED_AHEAD", 2)
    moving.start_phase(None, phase_id=make_phase(make_staff_list(*THREE)).id)
    db.session.commit()
    assert sweeps.feed_phases() == 2
    assert sweeps.feed_phases() == 0


@pytest.mark.parametrize(
    ("before", "outcome", "after"),
    [
        ("sending", "sent", "sent"),
        ("sending", "failed", "failed"),
        ("sending", "outcome unknown", "outcome unknown"),
        ("outcome unknown", "sent", "sent"),
        ("queued", "sent", "sent"),
        ("queued", "failed", "queued"),
        ("joined", "sent", "joined"),
        ("joined", "failed", "joined"),
        ("revoked", "sent", "revoked"),
        ("already a member", "sent", "already a member"),
        ("sent", "sent", "sent"),
        ("sent", "failed", "sent"),
    ],
)
def test_what_became_of_an_email_moves_the_invitation_and_the_counts(
    before: str, outcome: str, after: str
) -> None:
    counts = {"joined": "joined_count", "outcome unknown": "unknown_count"}
    kept = {counts[before]: 1} if before in counts else {}
    was_sent = before == "sent"
    phase = make_phase(state="sending", people_count=1, sent_count=int(was_sent), **kept)
    values = {} if was_sent else {"sent_at": None}
    invitation = make_invitation(phase, state=before, email=THREE[0], **values)
    assert list(drift()) == []
    its_outcome = Outcome(invitation.id, outcome, "250 Fine")
    record_deliveries(DriverConnection(db.session.connection()), [its_outcome])
    count_deliveries_of(phase.id)
    db.session.commit()
    assert states(phase.id) == {THREE[0]: after}
    assert list(drift()) == []
    assert phase_of(phase.id).sent_count == int(outcome == "sent" or was_sent)


def test_a_phase_is_sent_when_nothing_of_it_is_left(app: Flask) -> None:
    phase = make_phase(make_staff_list(*THREE))
    moving.start_phase(None, phase_id=phase.id)
    db.session.commit()
    sweeps.feed_phases()
    assert phase_of(phase.id).state == "sending"
    for id in db.session.scalars(select(Invitation.id)).all():
        record_deliveries(DriverConnection(db.session.connection()), [Outcome(id, "sent", "250 Fine")])
    db.session.commit()
    sweeps.feed_phases()
    assert phase_of(phase.id).state == "sent"
    assert phase_of(phase.id).finished_at is not None


def test_progress_asks_again_only_while_the_phase_is_sent(admin_client: Client) -> None:
    phase = make_phase(state="sending", people_count=3, sent_count=1)
    page = admin_client.get(f"{PATH}/{phase.id}/progress", statements=4)
    assert page.query("#progress")[0].get("hx-trigger") == "every 3s"
    phase = make_phase(state="sent", people_count=3, sent_count=3)
    page = admin_client.get(f"{PATH}/{phase.id}/progress")
    assert page.query("#progress")[0].get("hx-trigger") is None


@pytest.mark.parametrize("state", ["failed", "outcome unknown"])
def test_an_admin_sends_again_what_failed_or_is_unknown(admin_client: Client, state: str) -> None:
    count = {"failed": "failed_count", "outcome unknown": "unknown_count"}[state]
    phase = make_phase(state="sent", people_count=1, started_at=None, **{count: 1})
    invitation = make_invitation(phase, state=state, sent_at=None, email=THREE[0])
    admin_client.post(f"/admin/invitations/{invitation.id}/send-again")
    assert states(phase.id) == {THREE[0]: "queued"}
    assert phase_of(phase.id).state == "sending"
    assert list(drift()) == []
    assert db.session.scalars(select(AuditEntry.action)).all() == ["invitation sent again"]
    admin_client.post(f"/admin/invitations/{invitation.id}/send-again", status=409)
    sweeps.feed_phases()
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


def test_an_admin_revokes_an_invitation(admin_client: Client) -> None:
    invitation = make_invitation()
    admin_client.post(f"/admin/invitations/{invitation.id}/revoke")
    assert list(states(invitation.phase_id).values()) == ["revoked"]
    assert db.session.scalars(select(AuditEntry.action)).all() == ["invitation revoked"]
    admin_client.post(f"/admin/invitations/{invitation.id}/revoke", status=409)
    admin_client.post("/admin/invitations/999999/revoke", status=404)


def test_the_overview_shows_phases_and_lists(admin_client: Client) -> None:
    make_phase(
        name="Champions",
        state="sent",
        started_at=clock.now(),
        people_count=40,
        sent_count=40,
        joined_count=10,
    )
    page = admin_client.get("/admin/invitations", statements=4)
    assert "10 (25%)" in page.text


@pytest.mark.parametrize("maker", [make_member, make_moderator])
def test_only_admins_do_any_of_this(maker: Any) -> None:
    viewer = viewer_of(maker())
    phase = make_phase()
    invitation = make_invitation(state="failed")
    for attempt in (
        lambda: moving.start_phase(viewer, phase_id=phase.id, people=1),
        lambda: services.send_test(viewer, phase_id=phase.id),
        lambda: people.send_again(viewer, invitation_id=invitation.id),
        lambda: people.revoke_invitation(viewer, invitation_id=invitation.id),
        lambda: services.create_phase(viewer, plan=Plan("X", "X", "X", list_id=phase.list_id)),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_an_admin_without_an_address_cannot_be_sent_a_test() -> None:
    admin = make_admin(email=None, sign_in_name="ward-admin")
    with pytest.raises(Conflict, match="no email address"):
        services.send_test(viewer_of(admin), phase_id=make_phase().id)
