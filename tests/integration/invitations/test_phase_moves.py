"""A phase from state to state: each act once, whoever asks and however often at the same moment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.audit.models import AuditEntry
from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput, NotAllowed
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.phases import moving, sweeps
from talking_together.invitations.phases.policies import PhaseMoved
from talking_together.invitations.recounts import drift
from talking_together.mail.models import OutboxMessage
from talking_together.mail.suppressions import suppress
from tests.factories.invitations import make_invitation, make_phase, make_staff_list
from tests.factories.members import make_admin, make_member, make_moderator, viewer_of
from tests.support.parallel import run_together

pytestmark = pytest.mark.usefixtures("app")

FIVE = tuple(f"{letter}@riverside.example" for letter in "abcde")
MONDAY = datetime(2025, 11, 24, 9, tzinfo=UTC)


def scheduled(*emails: str, starts_at: datetime | None = None) -> int:
    """Return the id of a phase that is scheduled for in an hour."""
    phase = make_phase(make_staff_list(*emails), starts_at=starts_at or now() + timedelta(hours=1))
    moving.schedule_phase(viewer_of(make_admin()), phase_id=phase.id, people=len(emails))
    db.session.commit()
    return phase.id


def started(*emails: str, **values: Any) -> int:
    """Return the id of a phase that has been started and fed."""
    phase_id = make_phase(make_staff_list(*emails), **values).id
    moving.start_phase(None, phase_id=phase_id)
    db.session.commit()
    sweeps.feed_phases()
    return phase_id


def phase_of(phase_id: int) -> Phase:
    """Return a phase as it stands."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Phase, phase_id)


def states(phase_id: int) -> dict[str, str]:
    """Return the state of each address of a phase."""
    db.session.rollback()
    rows = select(Invitation.email, Invitation.state).where(Invitation.phase_id == phase_id)
    return dict(db.session.execute(rows).all())


def message_states() -> list[str]:
    """Return the states of the messages in the outbox."""
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)))


def test_a_scheduled_phase_holds_its_people_and_begins_at_its_time(
    hold_clock: Callable[[datetime], None],
) -> None:
    hold_clock(MONDAY)
    phase_id = scheduled(*FIVE)
    assert set(states(phase_id).values()) == {"draft"}
    assert sweeps.start_due_phases() == 0
    hold_clock(MONDAY + timedelta(hours=1))
    assert sweeps.start_due_phases() == 1
    assert sweeps.start_due_phases() == 0
    assert phase_of(phase_id).state == "sending"
    assert set(states(phase_id).values()) == {"queued"}
    assert list(drift()) == []


def test_who_joined_declined_or_was_invited_meanwhile_is_left_out_at_the_start(
    hold_clock: Callable[[datetime], None],
) -> None:
    hold_clock(MONDAY)
    phase_id = scheduled(*FIVE)
    make_member(email=FIVE[0])
    suppress(FIVE[1], because="declined")
    make_invitation(email=FIVE[2])
    suppress(FIVE[3], because="bounced")
    db.session.commit()
    hold_clock(MONDAY + timedelta(hours=1))
    sweeps.start_due_phases()
    wanted = ("already a member", "suppressed", "revoked", "suppressed", "queued")
    assert states(phase_id) == dict(zip(FIVE, wanted, strict=True))
    assert phase_of(phase_id).people_count == 5
    assert list(drift()) == []


def test_a_scheduled_phase_with_nobody_left_is_sent_to_nobody(hold_clock: Callable[[datetime], None]) -> None:
    hold_clock(MONDAY)
    phase_id = scheduled(FIVE[0])
    make_member(email=FIVE[0])
    hold_clock(MONDAY + timedelta(hours=2))
    assert sweeps.start_due_phases() == 1
    phase = phase_of(phase_id)
    assert (phase.state, phase.sent_count) == ("sent", 0)
    assert phase.finished_at is not None
    sweeps.feed_phases()
    assert message_states() == []


def test_a_scheduled_phase_keeps_its_people_from_other_phases_and_gives_them_back() -> None:
    admin = viewer_of(make_admin())
    phase_id = scheduled(*FIVE)
    other = make_phase(make_staff_list(*FIVE))
    with pytest.raises(InvalidInput, match="nobody left"):
        moving.start_phase(admin, phase_id=other.id)
    db.session.rollback()
    moving.unschedule_phase(admin, phase_id=phase_id)
    db.session.commit()
    assert states(phase_id) == {}
    assert phase_of(phase_id).people_count == 0
    assert moving.start_phase(admin, phase_id=other.id) == 5


def test_a_start_in_the_past_cannot_be_scheduled() -> None:
    phase = make_phase(make_staff_list(*FIVE), starts_at=now() - timedelta(minutes=1))
    with pytest.raises(InvalidInput, match="has passed"):
        moving.schedule_phase(viewer_of(make_admin()), phase_id=phase.id)


def test_a_scheduled_phase_is_started_by_one_of_many_at_once(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(MONDAY)
    phase_id = scheduled(*FIVE)
    admin = viewer_of(make_admin())
    hold_clock(MONDAY + timedelta(hours=1))
    by_hand = lambda: in_transaction(lambda: moving.start_phase(admin, phase_id=phase_id, people=5))  # noqa: E731
    results = run_together(app, [by_hand, sweeps.start_due_phases, by_hand, sweeps.start_due_phases])
    begun = [result for result in results if result in (1, 5)]
    assert len(begun) == 1
    assert all(isinstance(result, int | PhaseMoved) for result in results)
    fed = run_together(app, [sweeps.feed_phases] * 2)
    assert sum(fed) == 5
    assert len(message_states()) == 5
    starts = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "phase started")
    assert db.session.scalar(starts) == 1


def test_scheduling_and_starting_the_same_draft_at_once_does_one_of_them(app: Flask) -> None:
    admin = viewer_of(make_admin())
    phase = make_phase(make_staff_list(*FIVE), starts_at=now() + timedelta(hours=1))
    acts = (moving.schedule_phase, moving.schedule_phase, moving.start_phase)
    jobs = [lambda act=act: in_transaction(lambda: act(admin, phase_id=phase.id, people=5)) for act in acts]
    phase_id = phase.id
    results = run_together(app, jobs)
    # A schedule may be followed by a start now, never by a second schedule.
    assert 1 <= results.count(5) <= 2
    assert results[:2].count(5) <= 1
    assert len(states(phase_id)) == phase_of(phase_id).people_count == 5


def test_a_pause_holds_what_waits_and_a_resume_lets_it_go() -> None:
    admin = viewer_of(make_admin())
    phase_id = started(*FIVE)
    moving.pause_phase(admin, phase_id=phase_id)
    db.session.commit()
    assert set(message_states()) == {"held"}
    assert (phase_of(phase_id).state, phase_of(phase_id).pause_cause) == ("paused", "admin")
    sweeps.keep_hours()
    sweeps.follow_mail_server()
    sweeps.feed_phases()
    assert set(message_states()) == {"held"}
    moving.resume_phase(admin, phase_id=phase_id)
    db.session.commit()
    assert set(message_states()) == {"queued"}
    assert phase_of(phase_id).state == "sending"


def test_a_pause_while_the_phase_is_fed_leaves_nothing_to_leave(app: Flask) -> None:
    admin = viewer_of(make_admin())
    addresses = [f"p{number}@riverside.example" for number in range(300)]
    phase_id = make_phase(make_staff_list(*addresses[:40])).id
    moving.start_phase(None, phase_id=phase_id)
    db.session.commit()
    run_together(
        app,
        [
            sweeps.feed_phases,
            lambda: in_transaction(lambda: moving.pause_phase(admin, phase_id=phase_id)),
            sweeps.feed_phases,
        ],
    )
    assert phase_of(phase_id).state == "paused"
    assert set(message_states()) <= {"held"}


def test_a_stop_revokes_what_has_not_been_sent_and_leaves_the_rest() -> None:
    phase_id = started(*FIVE, first_reminder_days=7)
    sent, leaving, *_ = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    sent.state, leaving.state = "sent", "sending"
    invitation = db.session.get_one(Invitation, sent.ref_id)
    invitation.state, invitation.sent_at = "sent", now()
    db.session.get_one(Phase, phase_id).sent_count = 1
    db.session.commit()
    assert moving.stop_phase(viewer_of(make_admin()), phase_id=phase_id) == 3
    db.session.commit()
    assert sorted(states(phase_id).values()) == ["revoked"] * 3 + ["sending", "sent"]
    assert sorted(message_states()) == ["cancelled"] * 3 + ["sending", "sent"]
    words = select(Invitation.last_answer).where(Invitation.state == "revoked").distinct()
    assert db.session.scalars(words).all() == ["The phase was stopped"]
    assert db.session.scalar(select(func.count(Invitation.next_reminder_at))) == 0
    sweeps.feed_phases()
    assert phase_of(phase_id).state == "stopped"
    assert list(drift()) == []


def test_a_stop_leaves_a_link_that_is_out_though_it_waits_to_be_sent_again() -> None:
    phase_id = started(*FIVE)
    again, renewed, *_ = db.session.scalars(select(Invitation).order_by(Invitation.id)).all()
    again.sent_at = renewed.sent_at = renewed.renewed_at = now()
    db.session.get_one(Phase, phase_id).sent_count = 2
    db.session.commit()
    assert moving.stop_phase(viewer_of(make_admin()), phase_id=phase_id) == 4
    db.session.commit()
    db.session.expire_all()
    # The new link of the renewed one has reached nobody.
    assert (again.state, renewed.state) == ("sent", "revoked")
    assert list(drift()) == []


def test_every_act_is_logged_with_who_did_it() -> None:
    admin = viewer_of(make_admin())
    phase_id = scheduled(*FIVE)
    for act in (
        moving.unschedule_phase,
        moving.start_phase,
        moving.pause_phase,
        moving.resume_phase,
        moving.stop_phase,
    ):
        act(admin, phase_id=phase_id)
    db.session.commit()
    logged = db.session.execute(select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.id)).all()
    words = ("scheduled", "back to draft", "started", "paused", "resumed", "stopped")
    assert [row.action for row in logged] == [f"phase {word}" for word in words]
    assert all(row.actor_id for row in logged)


@pytest.mark.parametrize(
    "act",
    [
        moving.schedule_phase,
        moving.unschedule_phase,
        moving.pause_phase,
        moving.resume_phase,
        moving.stop_phase,
    ],
)
def test_only_admins_move_a_phase(act: Any) -> None:
    with pytest.raises(NotAllowed):
        act(viewer_of(make_moderator()), phase_id=make_phase().id)
