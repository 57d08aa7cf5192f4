"""What a phase's page shows while it is sent: how far, how fast, until when, and what is failing."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from talking_together.core.clock import now
from talking_together.extensions import db
from talking_together.invitations.models import Invitation
from talking_together.invitations.phases.emails import stream_of
from talking_together.invitations.phases.queries import state_counts
from talking_together.invitations.phases.schedule import ends_at, in_hours, next_sending_moment
from talking_together.mail.models import OutboxMessage
from talking_together.mail.queries import server_state

UNSENT = ("draft", "queued", "sending")
UNDELIVERED = ("failed", "outcome unknown", "bounced")
RECENT = timedelta(minutes=5)
# The latest messages are enough to tell a pace by.
SAMPLE = 500
# The words of the server are counted among this many, and this many are shown.
LOOKED_AT, SHOWN = 2_000, 6

_ADDRESS = re.compile(r"<?[^\s<>,;]+@[^\s<>,;]+>?")
_NUMBERED = re.compile(r"\b(?=\w*\d)[\w-]{10,}\b")


@dataclass(frozen=True, slots=True)
class Trouble:
    """How many invitations stand in a state, for one reason in the server's words."""

    state: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A started phase as it stands now."""

    counts: dict[str, int]
    left: int
    sent: int
    hourly: int
    ends_at: datetime | None
    goes_on_at: datetime | None
    waiting_for: Sequence[Trouble]
    troubles: Sequence[Trouble]
    server: Any


def progress_of(phase: Any) -> Progress:
    """Return how far a phase is, in a fixed number of statements."""
    at = now()
    counts = state_counts(phase.id)
    left = sum(counts.get(state, 0) for state in UNSENT)
    is_sending = phase.state == "sending"
    hourly = _hourly(phase.id, at) if is_sending else 0
    runs = is_sending and left > 0
    return Progress(
        counts=counts,
        left=left,
        sent=phase.sent_count,
        hourly=hourly,
        ends_at=_last_leaves(phase, left, at, hourly) if runs else None,
        goes_on_at=None if not runs or in_hours(phase, at) else next_sending_moment(phase, at),
        waiting_for=_postponed(phase.id) if left else (),
        troubles=_troubles(phase.id) if any(counts.get(state) for state in UNDELIVERED) else (),
        server=server_state() if phase.pause_cause == "mail server" else None,
    )


def _last_leaves(phase: Any, left: int, at: datetime, hourly: int) -> datetime:
    # What the mail server put off waits for its next attempt, however fast the rest leaves.
    put_off = db.session.scalar(
        select(func.max(OutboxMessage.due_at)).where(
            OutboxMessage.stream == stream_of(phase.id), OutboxMessage.state == "queued"
        )
    )
    return max(ends_at(phase, left, at, hourly=hourly or None), put_off or at)


def _hourly(phase_id: int, at: datetime) -> int:
    """Return at what pace messages left in the last minutes, in messages an hour."""
    left_at = db.session.scalars(
        select(OutboxMessage.finished_at)
        .where(OutboxMessage.stream == stream_of(phase_id), OutboxMessage.state == "sent")
        .order_by(OutboxMessage.id.desc())
        .limit(SAMPLE)
    )
    recent = [moment for moment in left_at if moment is not None and moment > at - RECENT]
    if len(recent) < 2:
        return 0
    # From the first of them on: a phase that has just begun is not slow.
    return round(len(recent) / max((at - min(recent)).total_seconds(), 1) * 3_600)


def _postponed(phase_id: int) -> list[Trouble]:
    """Return why messages of a phase wait for another attempt."""
    words = db.session.scalars(
        select(OutboxMessage.last_answer)
        .where(
            OutboxMessage.stream == stream_of(phase_id),
            OutboxMessage.state == "queued",
            OutboxMessage.last_answer != "",
        )
        .limit(LOOKED_AT)
    )
    return _grouped(("postponed", answer) for answer in words)


def _troubles(phase_id: int) -> list[Trouble]:
    rows = db.session.execute(
        select(Invitation.state, Invitation.last_answer)
        .where(Invitation.phase_id == phase_id, Invitation.state.in_(UNDELIVERED))
        .limit(LOOKED_AT)
    )
    return _grouped((row.state, row.last_answer) for row in rows)


def _grouped(answers: Any) -> list[Trouble]:
    counted = Counter((state, alike(words)) for state, words in answers)
    return [Trouble(state, words, count) for (state, words), count in counted.most_common(SHOWN)]


def alike(words: str) -> str:
    """Return a server's words without what differs from message to message: addresses and numbers."""
    return _NUMBERED.sub("…", _ADDRESS.sub("the address", words)) or "No words were given"
