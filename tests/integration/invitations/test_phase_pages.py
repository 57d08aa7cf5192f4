"""The pages of a phase: its form, the check before the start, the preview, what is seen while it is sent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from talking_together.core.clock import from_london, now
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.phases import moving, sweeps
from talking_together.invitations.phases.watching import alike
from talking_together.mail.models import MailServerState, OutboxMessage
from talking_together.mail.suppressions import suppress
from tests.factories.challenges import make_challenge
from tests.factories.invitations import make_invitation, make_phase, make_staff_list
from tests.factories.members import make_admin, make_member
from tests.factories.organisations import make_group, make_organisation
from tests.support.client import Client

pytestmark = pytest.mark.usefixtures("app")

PATH = "/admin/invitations/phases"
THREE = ("a@riverside.example", "b@riverside.example", "c@riverside.example")
# A Sunday evening.
SUNDAY = datetime(2025, 11, 23, 19, tzinfo=UTC)


@pytest.fixture
def admin_client(client: Client) -> Client:
    """Return a client that an admin has signed in with."""
    return client.sign_in(make_admin(email="admin@riverside.example"))


def only_phase() -> Phase:
    """Return the one phase that there is, as it stands."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Phase)).one()


def test_everything_of_a_plan_is_kept_and_shown_again(admin_client: Client) -> None:
    make_staff_list(*THREE)
    trust, group = make_organisation(), make_group()
    challenge = make_challenge(title="What would free an hour?")
    page = admin_client.get(f"{PATH}/new", statements=7)
    typed = {
        "name": "Wards",
        "source": "choice",
        "organisation_ids": str(trust.id),
        "group_ids": str(group.id),
        "challenge_id": str(challenge.id),
        "subject": "About {challenge}",
        "message": "Hello",
        "from_name": "Priya",
        "reply_to": "Priya@Riverside.Example",
        "start": "at a time",
        "starts_at": (now() + timedelta(days=9)).strftime("%Y-%m-%dT08:30"),
        "hourly_rate": "90",
        "sending_days": "every day",
        "sending_from": "7",
        "sending_until": "24",
        "expires_days": "60",
        "first_reminder_days": "7",
        "second_reminder_days": "10",
        "reminder_subject": "Still open",
        "reminder_message": "Hello again",
    }
    shown = page.form().submit(**typed).follow()
    phase = only_phase()
    assert (phase.source, phase.list_id, phase.not_joined_from) == ("choice", None, None)
    assert (phase.organisation_ids, phase.group_ids) == ([trust.id], [group.id])
    assert (phase.reply_to, phase.hourly_rate, phase.sending_until) == ("priya@riverside.example", 90, 24)
    assert phase.starts_at == from_london(datetime.fromisoformat(typed["starts_at"]))
    again = admin_client.get(f"{shown.path}/edit").form()
    fields = again.fields
    assert {name: fields[name] for name in typed} == typed | {"reply_to": "priya@riverside.example"}
    again.submit(name="Wards again", starts_at=typed["starts_at"])
    assert only_phase().name == "Wards again"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"reply_to": "nobody"}, "reply_to", "an email address that people can reply to"),
        ({"from_name": "x" * 101}, "from_name", "100 characters or fewer"),
        ({"hourly_rate": "0"}, "hourly_rate", "from 1 to 100,000"),
        ({"hourly_rate": "many"}, "hourly_rate", "Not a valid integer value"),
        ({"sending_from": "18", "sending_until": "8"}, "sending_until", "must end after they begin"),
        ({"start": "at a time", "starts_at": ""}, "starts_at", "Enter the day and time"),
        ({"start": "at a time", "starts_at": "soon"}, "starts_at", "Enter a day and a time"),
        ({"start": "at a time", "starts_at": "2020-01-01T09:00"}, "starts_at", "must be in the future"),
        ({"second_reminder_days": "7"}, "first_reminder_days", "first reminder before the second"),
        ({"first_reminder_days": "0"}, "first_reminder_days", "from 1 to 180"),
        ({"subject": "{challenge}"}, "subject", "Choose the challenge"),
        ({"reminder_message": "{x}"}, "reminder_message", "We cannot fill in {x}"),
        ({"source": "choice", "not_joined_from": "999"}, "not_joined_from", "Not a valid choice"),
        ({"challenge_id": "999999"}, "challenge_id", "Not a valid choice"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    admin_client: Client, changes: dict[str, str], field: str, words: str
) -> None:
    make_staff_list(*THREE)
    form = admin_client.get(f"{PATH}/new").form()
    page = form.submit(name="Wards", message="Typed with care", **changes, status=400)
    assert words in page.query(f"#{field}-error")[0].text
    assert page.form().fields["message"] == "Typed with care"


@pytest.mark.parametrize(
    ("wall", "moment", "words"),
    [
        (
            "2026-03-29T01:30",
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
            "does not exist. We took it as 2:30am",
        ),
        ("2026-10-25T01:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "comes twice. We took the first"),
        ("2026-10-25T03:30", datetime(2026, 10, 25, 3, 30, tzinfo=UTC), None),
    ],
)
def test_a_start_in_an_hour_that_the_clocks_skip_or_repeat_says_how_it_was_taken(
    admin_client: Client,
    hold_clock: Callable[[datetime], None],
    wall: str,
    moment: datetime,
    words: str | None,
) -> None:
    make_staff_list(*THREE)
    hold_clock(datetime(2026, 1, 12, 9, tzinfo=UTC))
    admin_client.sign_in(make_admin())
    form = admin_client.get(f"{PATH}/new").form()
    page = form.submit(name="Wards", start="at a time", starts_at=wall).follow()
    assert only_phase().starts_at == moment
    assert ("clocks go" in page.text) is (words is not None)
    assert words is None or words in page.text


def test_the_check_says_what_will_happen_and_who_is_left_out(
    admin_client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(SUNDAY)
    admin_client.sign_in(make_admin())
    trust = make_organisation(name="Riverside Trust")
    phase = make_phase(
        make_staff_list(*THREE, "d@riverside.example", organisation=trust),
        hourly_rate=1,
        sending_days="weekdays",
        sending_from=8,
        sending_until=18,
        first_reminder_days=20,
        second_reminder_days=20,
    )
    make_member(email=THREE[0])
    suppress(THREE[1], because="asked")
    page = admin_client.get(f"{PATH}/{phase.id}", statements=7)
    assert [figure.text for figure in page.query(".figure")][:2] == ["People to invite2", "Left out2"]
    assert (
        "first email leaves Monday 24 November at 8am and the last about Monday 24 November at 9am"
        in page.text
    )
    assert "Has joined already: 1" in page.text
    assert "Suppressed address: nothing is sent to it: 1" in page.text
    assert THREE[0] in page.text
    assert page.query("tbody tr")[0].text in ("Riverside Trust2", "Riverside Trust 2")
    for warning in ("no reply address", "outside the sending hours", "before the last reminder"):
        assert warning in page.text


def test_the_check_warns_of_a_mail_server_that_is_away_and_a_challenge_that_is_a_draft(
    admin_client: Client,
) -> None:
    db.session.add(MailServerState(id=1, failing_since=now(), tries=3))
    challenge = make_challenge(is_published=False, opens_at=None, closes_at=None)
    page = admin_client.get(f"{PATH}/{make_phase(challenge_id=challenge.id).id}")
    assert "The mail server has not answered since" in page.text
    assert "has not been opened or scheduled" in page.text


def test_the_check_warns_of_a_challenge_that_opens_later_and_is_not_for_everybody(
    admin_client: Client,
) -> None:
    challenge = make_challenge(opens_at=now() + timedelta(days=9), closes_at=None, audience="chosen")
    page = admin_client.get(f"{PATH}/{make_phase(challenge_id=challenge.id).id}")
    assert "Who joins before then comes to the other challenges first" in page.text
    assert "is for chosen organisations and groups" in page.text


def test_a_phase_with_nobody_left_says_so_and_offers_no_start(admin_client: Client) -> None:
    make_member(email=THREE[0])
    phase = make_phase(make_staff_list(THREE[0]))
    page = admin_client.get(f"{PATH}/{phase.id}")
    assert "nobody left to invite, so this phase cannot start" in page.text
    assert not page.query(f'form[action="{PATH}/{phase.id}/start"]')


def test_a_phase_is_scheduled_made_a_draft_again_and_started(admin_client: Client) -> None:
    phase = make_phase(make_staff_list(*THREE), starts_at=now() + timedelta(days=3))
    path = f"{PATH}/{phase.id}"
    form = admin_client.get(path).form(f"{path}/schedule")
    form.submit(people="2", status=400)
    page = form.submit(people="3").follow()
    assert "Scheduled for" in page.text
    assert page.query(".figure")[0].text == "People to invite3"
    admin_client.post(f"{path}/schedule", {"people": "3"}, status=409)
    admin_client.get(f"{path}/edit", status=409)
    page = page.form(f"{path}/unschedule").submit().follow()
    assert "Scheduled for" not in page.text
    page.form(f"{path}/schedule").submit(people="3")
    page = admin_client.get(path).form(f"{path}/start").submit(people="3").follow()
    assert "0 of 3 sent" in page.text


def test_an_email_is_previewed_as_anybody_on_the_list_within_a_frame_that_can_do_nothing(
    admin_client: Client,
) -> None:
    staff_list = make_staff_list(*THREE)
    phase = make_phase(staff_list, first_reminder_days=7)
    path = f"{PATH}/{phase.id}/preview"
    page = admin_client.get(path)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "Dear Sam," in page.text
    page = page.form().submit(q="b@river", email="reminder")
    assert [option["value"] for option in page.query("#person option")] == [THREE[1]]
    assert "This is a reminder" in page.text
    frame = page.query("iframe")[0]
    assert frame.get("sandbox") == ""
    framed = admin_client.get(frame["src"])
    assert "This is a reminder" in framed.html
    policy = framed.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert policy.endswith("sandbox")
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Nobody here matches" in admin_client.get(f"{path}?q=nobody").text
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_a_test_of_the_reminder_goes_to_the_admin(admin_client: Client) -> None:
    phase = make_phase(make_staff_list(*THREE), first_reminder_days=7, reminder_subject="Still open")
    admin_client.post(f"{PATH}/{phase.id}/test", {"email": "reminder"})
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.to_address, message.subject) == ("admin@riverside.example", "Test: Still open")


def sending(admin_client: Client, **values: Any) -> str:
    """Return the address of a phase of three that has been started and fed."""
    phase = make_phase(make_staff_list(*THREE), **values)
    moving.start_phase(None, phase_id=phase.id)
    db.session.commit()
    sweeps.feed_phases()
    return f"{PATH}/{phase.id}"


def test_a_phase_that_is_sent_says_how_fast_until_when_and_what_is_failing(
    admin_client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(SUNDAY)
    admin_client.sign_in(make_admin())
    path = sending(admin_client)
    messages = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    for message in messages[:2]:
        message.state, message.finished_at = "sent", now() - timedelta(minutes=1)
    messages[2].last_answer = "451 4.7.1 <c@riverside.example>: Greylisted, see 8F3A21BC90DE"
    db.session.execute(
        update(Invitation).where(Invitation.email == THREE[1]).values(state="failed", last_answer="550 No")
    )
    page = admin_client.get(path, statements=8)
    assert "About 120 an hour in the last minutes" in page.text
    assert "the last leaves about" in page.text
    assert "1 failed: 550 No" in page.text
    assert "1 put off, tried again by itself: 451 4.7.1 the address: Greylisted, see …" in page.text
    assert [form.get("action") for form in page.query("#progress form")] == [f"{path}/pause"]
    admin_client.get(f"{path}/progress", statements=7)


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("550 <a@b.example>: unknown", "550 the address: unknown"),
        ("550 a@b.example unknown", "550 the address unknown"),
        ("451 try later (4F9B1C22D0A1)", "451 try later (…)"),
        ("", "No words were given"),
    ],
)
def test_what_differs_from_message_to_message_is_taken_out_of_a_servers_words(words: str, same: str) -> None:
    assert alike(words) == same


def test_a_phase_is_paused_resumed_and_stopped_from_its_page(admin_client: Client) -> None:
    path = sending(admin_client)
    page = admin_client.get(path).form(f"{path}/pause").submit().follow()
    assert "Paused by an admin" in page.text
    page = page.form(f"{path}/resume").submit().follow()
    assert page.query("#progress")[0].get("hx-trigger")
    ask = admin_client.get(f"{path}/stop").form()
    ask.submit(status=400)
    ask.submit(sure="no")
    assert only_phase().state == "sending"
    page = ask.submit(sure="yes").follow()
    assert "3 invitations not sent" in page.text
    assert "Beside them: 3 revoked" in page.text
    assert page.query("#progress")[0].get("hx-trigger") is None
    admin_client.get(f"{path}/stop", status=409)
    admin_client.post(f"{path}/resume", status=409)


def test_a_phase_that_waits_for_the_mail_server_says_since_when_and_in_whose_words(
    admin_client: Client,
) -> None:
    path = sending(admin_client)
    failing = datetime(2025, 11, 24, 10, 42, tzinfo=UTC)
    db.session.add(MailServerState(id=1, failing_since=failing, last_answer="421 Closing down"))
    db.session.commit()
    sweeps.follow_mail_server()
    page = admin_client.get(path)
    assert "Paused: the mail server does not answer since Monday 24 November" in page.text
    assert "“421 Closing down”" in page.text
    assert "goes on by itself" in page.text
    assert page.query("#progress")[0].get("hx-trigger") == "every 3s"
    page = page.form(f"{path}/pause").submit().follow()
    assert "Paused by an admin" in page.text


def test_a_phase_outside_its_hours_says_when_it_goes_on(
    admin_client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(SUNDAY)
    admin_client.sign_in(make_admin())
    path = sending(admin_client, sending_days="weekdays", sending_from=8, sending_until=18)
    page = admin_client.get(path)
    assert "Outside its sending hours. It goes on Monday 24 November at 8am" in page.text


def test_a_phase_that_found_nobody_at_its_time_says_so(admin_client: Client) -> None:
    phase = make_phase(state="sent", started_at=now(), finished_at=now())
    assert "Nobody was left to invite" in admin_client.get(f"{PATH}/{phase.id}").text


def test_a_number_that_has_changed_since_leaves_the_page_as_it_was(admin_client: Client) -> None:
    make_phase(make_staff_list(*THREE), starts_at=now() + timedelta(days=1))
    path = f"{PATH}/{only_phase().id}"
    admin_client.get(path).form(f"{path}/schedule").submit(people="3")
    make_member(email=THREE[0])
    db.session.commit()
    page = admin_client.get(path).form(f"{path}/start").submit(people="3", status=400)
    assert "This phase goes to 2 people" in page.text
    # Whom it would go to is what stands there, not what the refused start had begun to do.
    assert page.text.count("3 people") == admin_client.get(path).text.count("3 people") > 0
    page.form(f"{path}/start").submit(people="2")
    assert only_phase().state == "sending"


@pytest.mark.parametrize("state", ["draft", "scheduled", "sending", "paused", "sent", "stopped"])
def test_the_overview_says_what_comes_next(admin_client: Client, state: str) -> None:
    phase = make_phase(
        name="Wards",
        state=state,
        starts_at=now() + timedelta(days=1),
        started_at=None if state in ("draft", "scheduled") else now(),
        first_reminder_days=7,
    )
    make_invitation(phase)
    words = {
        "draft": "Check and schedule",
        "scheduled": "Starts ",
        "sending": "Watch it leave",
        "paused": "Resume or stop",
        "sent": "Reminders after 7 days",
        "stopped": "–",
    }
    row = admin_client.get("/admin/invitations", statements=5).query("tbody tr")[0]
    assert words[state] in row.query("td")[-1].text
