"""The check before a phase starts: what will happen, who is left out and why, what to think of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from talking_together.core.clock import now
from talking_together.core.formatting import moment
from talking_together.invitations.phases.queries import counts_by_organisation
from talking_together.invitations.phases.schedule import ends_at, in_hours, next_sending_moment
from talking_together.invitations.phases.selection import REASONS, LeftOut, selection_of
from talking_together.mail.queries import server_state

# As many as a page shows of those who are left out for one reason.
LOOK = 20
LONG = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reason:
    """How many are left out for one reason, with a look at who."""

    words: str
    count: int
    some: Sequence[LeftOut]


@dataclass(frozen=True, slots=True)
class Check:
    """What would happen if the phase started at `begins_at`."""

    people: int
    organisations: Sequence[tuple[str, int]]
    left_out: Sequence[Reason]
    begins_at: datetime
    ends_at: datetime
    warnings: Sequence[str]


def check_of(phase: Any) -> Check:
    """Return the check of a draft or of a scheduled phase."""
    at = now()
    start = max(phase.starts_at or at, at)
    left_out: list[Reason] = []
    organisations: Sequence[tuple[str, int]]
    if phase.state == "draft":
        selection = selection_of(phase)
        organisations = selection.by_organisation()
        left_out = [
            Reason(REASONS[reason], len(people), people[:LOOK])
            for reason, people in selection.reasons().items()
        ]
    else:
        organisations = [(name, count) for name, count in counts_by_organisation(phase.id)]
    people = sum(count for _, count in organisations)
    begins_at = next_sending_moment(phase, start)
    end = ends_at(phase, people, start)
    return Check(
        people=people,
        organisations=organisations,
        left_out=left_out,
        begins_at=begins_at,
        ends_at=end,
        warnings=list(_warnings(phase, at, start, end)),
    )


def _warnings(phase: Any, at: datetime, start: datetime, end: datetime) -> Any:
    if phase.starts_at is not None and phase.starts_at <= at and phase.state == "draft":
        yield "The time to start has passed. Set another, or start the phase now."
    server = server_state()
    if server is not None and server.failing_since is not None:
        yield (
            f"The mail server has not answered since {moment(server.failing_since)}. "
            "The phase would wait for it and go on by itself."
        )
    if not phase.reply_to:
        yield "There is no reply address: answers go to the address that the site sends from."
    if not in_hours(phase, start):
        yield (
            "The start lies outside the sending hours: the first email leaves "
            f"{moment(next_sending_moment(phase, start))}."
        )
    days = (phase.first_reminder_days or 0) + (phase.second_reminder_days or 0)
    if phase.first_reminder_days and days >= phase.expires_days:
        yield (
            f"The links expire after {phase.expires_days} days, before the last reminder would leave. "
            "Nobody is reminded of an invitation that has expired."
        )
    if end - start > LONG:
        yield "At this rate it takes more than a month. A higher rate or longer hours would shorten it."
    yield from _warnings_of_challenge(phase, start)


def _warnings_of_challenge(phase: Any, start: datetime) -> Any:
    if phase.challenge_id is None:
        return
    if not phase.challenge_is_published:
        yield f"“{phase.challenge_title}” has not been opened or scheduled, so people would not find it."
    elif phase.challenge_closes_at is not None and phase.challenge_closes_at <= start:
        yield f"“{phase.challenge_title}” closes for ideas before the phase starts."
    elif phase.challenge_opens_at is not None and phase.challenge_opens_at > start:
        yield (
            f"“{phase.challenge_title}” opens {moment(phase.challenge_opens_at)}. "
            "Who joins before then comes to the other challenges first."
        )
    if phase.challenge_audience == "chosen":
        yield (
            f"“{phase.challenge_title}” is for chosen organisations and groups. Others who are invited "
            "are not led to it, but read its question where the message holds {challenge}."
        )
