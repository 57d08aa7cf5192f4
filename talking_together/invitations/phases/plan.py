"""What an admin plans of a phase: its people, its words, its times; and what makes a plan unfit."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from talking_together.core.errors import InvalidInput
from talking_together.invitations.phases.messages import check_placeholders
from talking_together.mail.addresses import breaks_a_header, is_address
from talking_together.mail.outbox import MAX_FROM_NAME

LEAST_DAYS, MOST_DAYS = 15, 365
MOST_AN_HOUR = 100_000
MOST_REMINDER_DAYS = 180
FURTHEST_START = timedelta(days=365)
WORDS = ("subject", "message", "reminder_subject", "reminder_message")


@dataclass(frozen=True, slots=True)
class Plan:
    """A phase as its form describes it."""

    name: str
    subject: str
    message: str
    source: str = "list"
    list_id: int | None = None
    organisation_ids: tuple[int, ...] = ()
    group_ids: tuple[int, ...] = ()
    not_joined_from: int | None = None
    challenge_id: int | None = None
    from_name: str = ""
    reply_to: str = ""
    starts_at: datetime | None = None
    hourly_rate: int | None = None
    sending_days: str = "weekdays"
    sending_from: int = 8
    sending_until: int = 18
    expires_days: int = 30
    first_reminder_days: int | None = None
    second_reminder_days: int | None = None
    reminder_subject: str = ""
    reminder_message: str = ""

    def values(self) -> dict[str, Any]:
        """Return the columns of the phase's row; what the chosen source does not use is left out."""
        values = asdict(self)
        of_list = self.source == "list"
        return values | {
            "list_id": self.list_id if of_list else None,
            "organisation_ids": [] if of_list else list(self.organisation_ids),
            "group_ids": [] if of_list else list(self.group_ids),
            "not_joined_from": None if of_list else self.not_joined_from,
        }


def check_plan(plan: Plan, at: datetime) -> None:
    """Raise InvalidInput naming the first field that makes a plan unfit, whatever the database says."""
    for fault in faults_of(plan, at):
        raise fault


def faults_of(plan: Plan, at: datetime) -> Iterator[InvalidInput]:
    """Yield everything that makes a plan unfit, each naming its field."""
    for field in WORDS:
        try:
            check_placeholders(getattr(plan, field), field=field, has_challenge=plan.challenge_id is not None)
        except InvalidInput as fault:
            yield fault
    if len(plan.from_name) > MAX_FROM_NAME or breaks_a_header(plan.from_name):
        yield InvalidInput("A sender's name is one short line", field="from_name")
    if plan.reply_to and not is_address(plan.reply_to):
        yield InvalidInput("Enter an email address that people can reply to", field="reply_to")
    if not LEAST_DAYS <= plan.expires_days <= MOST_DAYS:
        yield InvalidInput(f"Enter a number of days from {LEAST_DAYS} to {MOST_DAYS}", field="expires_days")
    yield from _faults_of_times(plan, at)
    yield from _faults_of_reminders(plan)


def _faults_of_times(plan: Plan, at: datetime) -> Iterator[InvalidInput]:
    if plan.starts_at is not None and plan.starts_at <= at:
        yield InvalidInput("The start must be in the future", field="starts_at")
    if plan.starts_at is not None and plan.starts_at > at + FURTHEST_START:
        yield InvalidInput("The start must be within the next year", field="starts_at")
    if plan.hourly_rate is not None and not 1 <= plan.hourly_rate <= MOST_AN_HOUR:
        yield InvalidInput(
            f"Enter a number from 1 to {MOST_AN_HOUR:,}, or leave it empty", field="hourly_rate"
        )
    if plan.sending_from >= plan.sending_until:
        yield InvalidInput("The sending hours must end after they begin", field="sending_until")


def _faults_of_reminders(plan: Plan) -> Iterator[InvalidInput]:
    for field in ("first_reminder_days", "second_reminder_days"):
        days = getattr(plan, field)
        if days is not None and not 1 <= days <= MOST_REMINDER_DAYS:
            yield InvalidInput(f"Enter a number of days from 1 to {MOST_REMINDER_DAYS}", field=field)
    if plan.second_reminder_days and not plan.first_reminder_days:
        yield InvalidInput("Set the first reminder before the second", field="first_reminder_days")
