"""Putting invitations and reminders into the outbox, as fast as the phase's hours and rate allow.

The emails are written down before the transaction that claims their invitations, so that the phase
is locked only while rows are changed. Whoever stops or pauses a phase takes the same lock, so
nothing of it enters the outbox afterwards.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update

from talking_together.challenges.models import Challenge
from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.core.database import locked, one_snapshot
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.phases.emails import REMINDER_PURPOSE, letter_of, stream_of
from talking_together.invitations.phases.schedule import after_sending, room_now
from talking_together.mail.models import OutboxMessage
from talking_together.mail.outbox import Email, enqueue_many
from talking_together.organisations.models import Organisation

BATCH = 200
# Enough for the mail server never to wait for the next tick, and few enough to be held at once.
FEED_AHEAD = 2_000
# Where an email still waits when its reminder falls due, the reminder is looked at again later.
ASK_AGAIN = timedelta(hours=6)
REMINDING_STATES = ("sending", "sent")


def feed_invitations(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Write the emails of queued invitations until enough wait in the outbox; return how many."""
    fed = 0
    for phase_id in _sending_phases():
        while not stop() and (batch := _feed_batch(phase_id)):
            fed += batch
    return fed


def feed_reminders(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Write the reminders that are due to people who have not joined; return how many."""
    fed = 0
    for phase_id in _reminding_phases():
        while not stop():
            looked_at, written = _feed_reminder_batch(phase_id)
            fed += written
            if not looked_at:
                break
    return fed


def first_reminder_at(phase: Any, at: datetime) -> datetime | None:
    """Return when the first reminder of an invitation that leaves now is due, if there is one."""
    return at + timedelta(days=phase.first_reminder_days) if phase.first_reminder_days else None


def second_reminder_at(phase: Any, at: datetime) -> datetime | None:
    """Return when the second reminder is due after a first that leaves now, if there is one."""
    return at + timedelta(days=phase.second_reminder_days) if phase.second_reminder_days else None


def _sending_phases() -> Sequence[int]:
    with one_snapshot():
        return db.session.scalars(select(Phase.id).where(Phase.state == "sending").order_by(Phase.id)).all()


def _reminding_phases() -> Sequence[int]:
    due = select(Invitation.phase_id).where(Invitation.next_reminder_at <= now())
    with one_snapshot():
        return db.session.scalars(
            select(Phase.id).where(Phase.id.in_(due), Phase.state.in_(REMINDING_STATES)).order_by(Phase.id)
        ).all()


_PEOPLE = select(
    Invitation.id,
    Invitation.email,
    Invitation.name,
    Invitation.nonce,
    Invitation.state,
    Invitation.reminders,
    Invitation.expires_at,
    Organisation.name.label("organisation_name"),
).join(Organisation, Organisation.id == Invitation.organisation_id)


def _feed_batch(phase_id: int) -> int:
    at = now()
    with one_snapshot():
        phase = _get_phase(phase_id)
        room = _room(phase, at)
        rows = (
            db.session.execute(
                _PEOPLE.where(Invitation.phase_id == phase_id, Invitation.state == "queued")
                .order_by(Invitation.id)
                .limit(room)
            ).all()
            if room
            else []
        )
    if not rows:
        return 0
    expires_at = at + timedelta(days=phase.expires_days)
    letter = letter_of(phase)
    emails = {row.id: letter.to(row, expires_at=expires_at) for row in rows}

    def claim() -> list[int]:
        taken = _claimed(
            update(Invitation)
            .where(Invitation.id.in_(emails), Invitation.state == "queued")
            .values(state="sending", expires_at=expires_at, next_reminder_at=first_reminder_at(phase, at))
        )
        return _unless_corrected(taken, rows)

    return in_transaction(lambda: _write(phase, ("sending",), emails, claim, at))


def _feed_reminder_batch(phase_id: int) -> tuple[int, int]:
    """Look at a batch of reminders that are due; return how many, and how many were written."""
    at = now()
    with one_snapshot():
        phase = _get_phase(phase_id)
        room = _room(phase, at)
        rows = (
            db.session.execute(
                _PEOPLE.where(Invitation.phase_id == phase_id, Invitation.next_reminder_at <= at)
                .order_by(Invitation.next_reminder_at, Invitation.id)
                .limit(room)
            ).all()
            if room
            else []
        )
    if not rows:
        return 0, 0
    letter = letter_of(phase, purpose=REMINDER_PURPOSE)
    emails = {row.id: letter.to(row, expires_at=row.expires_at) for row in rows if is_to_remind(row, at)}
    others = [row.id for row in rows if row.id not in emails]

    def claim() -> list[int]:
        _look_again(others, at)
        seconds = _claimed(_reminded(emails, 1, None, at))
        return seconds + _claimed(_reminded(emails, 0, second_reminder_at(phase, at), at))

    return len(rows), in_transaction(lambda: _write(phase, REMINDING_STATES, emails, claim, at))


def is_to_remind(invitation: Any, at: datetime) -> bool:
    """Return whether an invitation whose reminder is due gets it: it was sent and can still be used."""
    return (
        invitation.state == "sent"
        and invitation.reminders < 2
        and (invitation.expires_at is not None and at < invitation.expires_at)
    )


def _reminded(emails: dict[int, Email], had: int, next_at: datetime | None, at: datetime) -> Any:
    return (
        update(Invitation)
        .where(
            Invitation.id.in_(emails),
            Invitation.state == "sent",
            Invitation.reminders == had,
            Invitation.next_reminder_at <= at,
        )
        .values(reminders=had + 1, next_reminder_at=next_at)
    )


def _look_again(ids: Sequence[int], at: datetime) -> None:
    """Put off the reminders of what has not left yet, and forget those of what never will."""
    leaving = Invitation.state.in_(("queued", "sending"))
    for condition, next_at in ((leaving, at + ASK_AGAIN), (~leaving, None)):
        db.session.execute(
            update(Invitation)
            .where(Invitation.id.in_(ids), condition)
            .values(next_reminder_at=next_at)
            .execution_options(synchronize_session=False)
        )


def _write(
    phase: Any,
    states: Sequence[str],
    emails: dict[int, Email],
    claim: Callable[[], list[int]],
    at: datetime,
) -> int:
    """Claim invitations and write their emails, unless the phase has been paused or fed meanwhile."""
    is_as_before = (Phase.state.in_(states), Phase.next_send_at.is_not_distinct_from(phase.next_send_at))
    still = select(Phase.id).where(Phase.id == phase.id, *is_as_before)
    if db.session.execute(locked(still)).first() is None:
        return 0
    taken = set(claim())
    enqueue_many([email for id, email in emails.items() if id in taken])
    if taken and phase.hourly_rate is not None:
        db.session.execute(
            update(Phase)
            .where(Phase.id == phase.id)
            .values(next_send_at=after_sending(phase, at, len(taken)))
            .execution_options(synchronize_session=False)
        )
    return len(taken)


def _claimed(statement: Any) -> list[int]:
    claimed = statement.returning(Invitation.id).execution_options(synchronize_session=False)
    return list(db.session.scalars(claimed))


def _unless_corrected(taken: list[int], rows: Sequence[Any]) -> list[int]:
    """Queue again those whose address or link changed after their email was written; return the rest."""
    written = {row.id: (row.email, row.nonce) for row in rows}
    now_held = db.session.execute(
        select(Invitation.id, Invitation.email, Invitation.nonce).where(Invitation.id.in_(taken))
    )
    changed = [id for id, *held in now_held if tuple(held) != written[id]]
    if changed:
        db.session.execute(
            update(Invitation)
            .where(Invitation.id.in_(changed))
            .values(state="queued")
            .execution_options(synchronize_session=False)
        )
    return [id for id in taken if id not in changed]


def _get_phase(phase_id: int) -> Row[Any]:
    return db.session.execute(
        select(Phase.__table__, Challenge.title.label("challenge_title"))
        .outerjoin(Challenge, Challenge.id == Phase.challenge_id)
        .where(Phase.id == phase_id)
    ).one()


def _room(phase: Any, at: datetime) -> int:
    allowed = room_now(phase, at)
    if not allowed:
        return 0
    waiting = db.session.scalar(
        select(func.count()).where(
            OutboxMessage.stream == stream_of(phase.id),
            OutboxMessage.state.in_(("queued", "claimed", "sending", "held")),
        )
    )
    return max(0, min(BATCH, allowed, FEED_AHEAD - (waiting or 0)))
