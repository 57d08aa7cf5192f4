"""What enters the outbox and when: the rate, the hours, reminders, the mail server's absence."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from talking_together.core.clock import now
from talking_together.extensions import db
from talking_together.invitations.links import code_of, link_to, token_of
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.phases import feeding, moving, sweeps
from talking_together.mail.models import BULK, MailServerState, OutboxMessage
from tests.factories.challenges import make_challenge
from tests.factories.invitations import make_invitation, make_phase, make_staff_list
from tests.factories.members import make_admin, viewer_of
from tests.support.parallel import run_together

pytestmark = pytest.mark.usefixtures("app")

WEEKDAYS = {"sending_days": "weekdays", "sending_from": 8, "sending_until": 18}
# A Monday, in winter time.
MONDAY = datetime(2025, 11, 24, 8, tzinfo=UTC)


def addresses(count: int) -> list[str]:
    """Return so many addresses."""
    return [f"p{number}@riverside.example" for number in range(count)]


def started(count: int, **values: Any) -> int:
    """Return the id of a phase that has been started with so many people."""
    phase_id = make_phase(make_staff_list(*addresses(count)), **values).id
    moving.start_phase(None, phase_id=phase_id)
    db.session.commit()
    return phase_id


def waiting(state: str = "queued") -> int:
    """Return how many messages stand in a state in the outbox."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(OutboxMessage.state == state)) or 0


def test_an_email_carries_link_code_way_out_sender_and_stream(app: Flask) -> None:
    challenge = make_challenge(title="What would free an hour?")
    phase_id = started(
        1,
        message="Dear {first_name},\n\n{challenge} <b>&",
        from_name="Priya at Riverside",
        reply_to="priya@riverside.example",
        challenge_id=challenge.id,
    )
    sweeps.feed_phases()
    message = db.session.scalars(select(OutboxMessage)).one()
    invitation = db.session.scalars(select(Invitation)).one()
    link = link_to(token_of(invitation.id, invitation.nonce))
    code = code_of(invitation.id, invitation.nonce)
    for body in (message.body_text, message.body_html):
        for words in (link, f"{link}/decline", code, "https://ideas.example.org/join", "an hour?"):
            assert words in body
    assert "<b>&" in message.body_text
    assert "&lt;b&gt;&amp;" in message.body_html
    assert message.headers["List-Unsubscribe"] == f"<{link}/decline>"
    assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (message.stream, message.priority) == (f"phase:{phase_id}", BULK)
    assert (message.from_name, message.reply_to) == ("Priya at Riverside", "priya@riverside.example")
    assert invitation.expires_at is not None


def test_what_a_name_holds_cannot_fill_another_place_or_become_markup(app: Flask) -> None:
    phase = make_phase(make_staff_list(), state="sending", message="Dear {first_name},")
    for number, name in enumerate(('<img/src="x">', "{organisation}", "x1x", "\u2028Ann")):
        make_invitation(phase, name=name, state="queued", sent_at=None, email=f"n{number}@x.example")
    sweeps.feed_phases()
    bodies = db.session.scalars(select(OutboxMessage.body_html).order_by(OutboxMessage.id)).all()
    assert "Dear &lt;img/src=&#34;x&#34;&gt;," in bodies[0]
    assert "Dear {organisation}," in bodies[1]
    assert "Dear x1x," in bodies[2]
    assert "Dear Ann," in bodies[3]


def test_a_rate_is_kept_while_the_clock_goes_on(hold_clock: Callable[[datetime], None]) -> None:
    hold_clock(MONDAY)
    phase_id = started(40, hourly_rate=120, **WEEKDAYS)
    fed = []
    for tick in range(41):
        hold_clock(MONDAY + timedelta(seconds=15 * tick))
        fed.append(sweeps.feed_phases())
    # One every half minute: at once, then on every second tick.
    assert fed == [1 - tick % 2 for tick in range(41)]
    hold_clock(MONDAY + timedelta(hours=3))
    # What a worker that was away has missed is not made up for.
    assert sweeps.feed_phases() == 1
    assert db.session.get_one(Phase, phase_id).next_send_at == MONDAY + timedelta(hours=3, seconds=30)


def test_two_workers_together_keep_the_rate(app: Flask, hold_clock: Callable[[datetime], None]) -> None:
    hold_clock(MONDAY)
    started(40, hourly_rate=60)
    assert sum(run_together(app, [sweeps.feed_phases] * 4)) == 1
    hold_clock(MONDAY + timedelta(minutes=1))
    assert sum(run_together(app, [sweeps.feed_phases] * 4)) == 1
    assert waiting() == 2


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        (MONDAY - timedelta(seconds=1), False),
        (MONDAY, True),
        (MONDAY + timedelta(hours=10) - timedelta(seconds=1), True),
        (MONDAY + timedelta(hours=10), False),
        (MONDAY - timedelta(days=1), False),
        # A summer Monday: 7 o'clock UTC is 8 o'clock in London.
        (datetime(2025, 7, 7, 7, tzinfo=UTC), True),
        (datetime(2025, 7, 7, 6, 59, tzinfo=UTC), False),
    ],
)
def test_nothing_enters_the_outbox_outside_the_hours(
    hold_clock: Callable[[datetime], None], at: datetime, leaves: bool
) -> None:
    hold_clock(at)
    started(2, **WEEKDAYS)
    assert sweeps.feed_phases() == (2 if leaves else 0)


def test_what_waits_when_the_hours_end_is_held_until_they_begin(
    hold_clock: Callable[[datetime], None],
) -> None:
    hold_clock(MONDAY + timedelta(hours=9))
    started(3, **WEEKDAYS)
    sweeps.feed_phases()
    sweeps.keep_hours()
    assert waiting() == 3
    hold_clock(MONDAY + timedelta(hours=10))
    sweeps.keep_hours()
    sweeps.feed_phases()
    assert (waiting("held"), waiting()) == (3, 0)
    hold_clock(MONDAY + timedelta(days=1))
    sweeps.keep_hours()
    assert (waiting("held"), waiting()) == (0, 3)


def test_an_address_corrected_while_its_email_is_written_gets_another(monkeypatch: Any) -> None:
    phase_id = started(2)
    written = feeding.letter_of

    def correct_meanwhile(*args: Any, **kwargs: Any) -> Any:
        with db.engine.begin() as connection:
            connection.execute(
                update(Invitation)
                .where(Invitation.email == "p0@riverside.example")
                .values(email="new@riverside.example", nonce="n" * 32)
            )
        monkeypatch.setattr(feeding, "letter_of", written)
        return written(*args, **kwargs)

    monkeypatch.setattr(feeding, "letter_of", correct_meanwhile)
    sweeps.feed_phases()
    sent_to = select(OutboxMessage.to_address).order_by(OutboxMessage.to_address)
    assert db.session.scalars(sent_to).all() == ["new@riverside.example", "p1@riverside.example"]
    assert phase_id


# Who gets the reminder that is due: state, reminders had, phase, days to expiry; sent, and asked again.
REMINDERS = [
    ("sent", 0, "sent", 10, True, True),
    ("sent", 0, "sending", 10, True, True),
    ("sent", 1, "sent", 10, True, False),
    ("sent", 2, "sent", 10, False, False),
    ("sent", 0, "sent", 0, False, False),
    ("sent", 0, "stopped", 10, False, True),
    ("sent", 0, "paused", 10, False, True),
    ("queued", 0, "sending", 10, False, True),
    ("sending", 0, "sending", 10, False, True),
    ("joined", 0, "sent", 10, False, False),
    ("declined", 0, "sent", 10, False, False),
    ("bounced", 0, "sent", 10, False, False),
    ("failed", 0, "sent", 10, False, False),
    ("outcome unknown", 0, "sent", 10, False, False),
    ("suppressed", 0, "sent", 10, False, False),
    ("revoked", 0, "sent", 10, False, False),
    ("expired", 0, "sent", 10, False, False),
    ("already a member", 0, "sent", 10, False, False),
]


@pytest.mark.parametrize(("state", "had", "phase_state", "days", "is_reminded", "is_asked_again"), REMINDERS)
def test_who_gets_a_reminder(
    state: str, had: int, phase_state: str, days: int, is_reminded: bool, is_asked_again: bool
) -> None:
    phase = make_phase(state=phase_state, first_reminder_days=7, second_reminder_days=5)
    invitation = make_invitation(
        phase,
        state=state,
        reminders=had,
        next_reminder_at=now() - timedelta(minutes=1),
        expires_at=now() + timedelta(days=days),
    )
    assert sweeps.feed_reminders() == int(is_reminded)
    assert sweeps.feed_reminders() == 0
    db.session.refresh(invitation)
    assert invitation.state == state
    assert invitation.reminders == had + is_reminded
    assert (invitation.next_reminder_at is not None) is is_asked_again


def test_both_reminders_leave_in_their_time_with_the_same_link_and_code(
    hold_clock: Callable[[datetime], None],
) -> None:
    hold_clock(MONDAY)
    phase_id = started(
        1, first_reminder_days=7, second_reminder_days=5, reminder_message="Still, {first_name}"
    )
    sweeps.feed_phases()
    invitation = db.session.scalars(select(Invitation)).one()
    code = code_of(invitation.id, invitation.nonce)
    db.session.execute(update(Invitation).values(state="sent", sent_at=now()))
    db.session.execute(update(Phase).values(state="sent"))
    db.session.commit()
    found = []
    for day in range(30):
        hold_clock(MONDAY + timedelta(days=day))
        found += [day] * sweeps.feed_reminders()
    assert found == [7, 12]
    reminders = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.purpose == "invitation reminder")
    ).all()
    assert {reminder.subject for reminder in reminders} == {"Reminder: Sam, join Talking Together"}
    for reminder in reminders:
        assert code in reminder.body_text
        assert "Still, Sam" in reminder.body_text
        assert "This is a reminder" in reminder.body_html
        assert (reminder.stream, reminder.ref_id) == (f"phase:{phase_id}", invitation.id)


def test_reminders_keep_the_rate_and_two_workers_send_each_once(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(MONDAY)
    phase = make_phase(state="sent", first_reminder_days=7, second_reminder_days=1, hourly_rate=3_600)
    for email in addresses(5):
        make_invitation(phase, email=email, next_reminder_at=now(), expires_at=now() + timedelta(days=9))
    assert sum(run_together(app, [sweeps.feed_reminders] * 3)) == 1
    hold_clock(MONDAY + timedelta(seconds=30))
    assert sum(run_together(app, [sweeps.feed_reminders] * 3)) == 4
    assert waiting() == 5


def test_a_mail_server_that_is_away_pauses_the_phase_and_its_return_resumes_it(
    hold_clock: Callable[[datetime], None],
) -> None:
    hold_clock(MONDAY)
    phase_id, idle = started(3), make_phase(state="sending").id
    sweeps.feed_phases()
    db.session.execute(update(Phase).where(Phase.id == idle).values(state="sending"))
    db.session.add(MailServerState(id=1, failing_since=now(), tries=1, last_answer="No route to host"))
    db.session.commit()
    sweeps.follow_mail_server()
    assert db.session.get_one(Phase, phase_id).state == "sending"
    hold_clock(MONDAY + timedelta(seconds=11))
    sweeps.follow_mail_server()
    db.session.expire_all()
    phase = db.session.get_one(Phase, phase_id)
    assert (phase.state, phase.pause_cause) == ("paused", "mail server")
    assert db.session.get_one(Phase, idle).state == "sending"
    # What waits stays, so that somebody tries the server.
    assert waiting() == 3
    db.session.execute(update(MailServerState).values(failing_since=None))
    db.session.commit()
    sweeps.follow_mail_server()
    db.session.expire_all()
    phase = db.session.get_one(Phase, phase_id)
    assert (phase.state, phase.pause_cause) == ("sending", "")


def test_an_admin_keeps_a_phase_paused_when_the_mail_server_is_back() -> None:
    phase_id = started(3)
    sweeps.feed_phases()
    moving.pause_for_server(phase_id)
    moving.pause_phase(viewer_of(make_admin()), phase_id=phase_id)
    db.session.commit()
    sweeps.follow_mail_server()
    db.session.expire_all()
    assert db.session.get_one(Phase, phase_id).pause_cause == "admin"
    assert waiting("held") == 3
