"""The forms of phases."""

from typing import Any

from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from talking_together.challenges.dates import clock_change_note
from talking_together.challenges.forms import LondonTimeField
from talking_together.core import clock
from talking_together.core.formatting import hour_of_day
from talking_together.core.forms import Form, line_field, text_field
from talking_together.invitations.phases.messages import (
    DEFAULT_MESSAGE,
    DEFAULT_REMINDER,
    DEFAULT_SUBJECT,
    MAX_SUBJECT,
)
from talking_together.invitations.phases.plan import LEAST_DAYS, MOST_DAYS, Plan, faults_of
from talking_together.mail.addresses import normal_address

PLACES = "{first_name}, {organisation}, {site_name} and {challenge} are filled in for each person"
NONE = 0


def _hour(hour: int) -> SelectChoice:
    return SelectChoice(hour, hour_of_day(hour))


def _days_field(label: str, hint: str) -> IntegerField:
    return IntegerField(label, description=hint, validators=[Optional()])


class PhaseForm(Form):
    """Whom a phase is for, its words, its times."""

    name = line_field(
        "Name of the phase",
        most=119,
        required="Enter a name for the phase",
        hint="For yourself and other admins, such as “Champions”",
    )
    source = RadioField(
        "Whom is it for?",
        choices=[
            SelectChoice("list", "The people on one staff list"),
            SelectChoice("choice", "A choice from everybody on the staff lists"),
        ],
        default="list",
        validators=[InputRequired("Choose whom the phase is for")],
    )
    list_id = SelectField("Staff list", coerce=int, validate_choice=False, default=NONE)
    not_joined_from = SelectField(
        "Only those who have not yet joined from",
        coerce=int,
        default=NONE,
        description="They are invited anew, also where their earlier invitation still works",
    )
    organisation_ids = SelectMultipleField(
        "Organisations",
        coerce=int,
        choices=[],
        description="With no organisation and no group chosen, it is for everybody",
    )
    group_ids = SelectMultipleField("Staff groups", coerce=int, choices=[])
    challenge_id = SelectField(
        "Challenge that it speaks of",
        coerce=int,
        default=NONE,
        description="People come to it when they have joined. {challenge} stands for its question.",
    )
    subject = line_field(
        "Subject", most=MAX_SUBJECT, required="Enter a subject", hint=PLACES, default=DEFAULT_SUBJECT
    )
    message = text_field(
        "Message",
        most=5_000,
        required="Enter a message",
        hint=f"{PLACES}. The link to join and a code are added below your message.",
        default=DEFAULT_MESSAGE,
        render_kw={"rows": 12},
    )
    from_name = line_field(
        "Sender’s name", most=100, hint="A name that people know, such as “Priya at Riverside Trust”"
    )
    reply_to = line_field(
        "Reply address",
        most=254,
        hint="Where answers go. Without one they go to the address that the site sends from.",
    )
    start = RadioField(
        "Start",
        choices=[
            SelectChoice("by hand", "When I press start"),
            SelectChoice("at a time", "At a day and time"),
        ],
        default="by hand",
        validators=[InputRequired("Choose when the phase starts")],
    )
    starts_at = LondonTimeField("Day and time", description="London time")
    hourly_rate = IntegerField(
        "Emails an hour",
        description="Leave it empty to send as fast as the mail server takes them",
        validators=[Optional()],
    )
    sending_days = RadioField(
        "Days",
        choices=[
            SelectChoice("weekdays", "Monday to Friday"),
            SelectChoice("every day", "Every day"),
        ],
        default="weekdays",
        validators=[InputRequired("Choose the days")],
    )
    sending_from = SelectField("From", coerce=int, choices=[_hour(hour) for hour in range(24)], default=8)
    sending_until = SelectField(
        "Until", coerce=int, choices=[_hour(hour) for hour in range(1, 25)], default=18
    )
    expires_days = IntegerField(
        "Days until the links expire",
        description="Some mailboxes hold a message back for days, and some people are away for weeks",
        default=30,
        validators=[InputRequired(f"Enter a number of days from {LEAST_DAYS} to {MOST_DAYS}")],
    )
    first_reminder_days = _days_field(
        "First reminder, days after the invitation", "Leave it empty to send none. 7 works well."
    )
    second_reminder_days = _days_field(
        "Second reminder, days after the first", "Leave it empty to send only one"
    )
    reminder_subject = line_field(
        "Subject of a reminder", most=MAX_SUBJECT, hint="Empty: “Reminder:” and the subject above"
    )
    reminder_message = text_field(
        "Message of a reminder",
        most=5_000,
        hint=f"{PLACES}. The same link and code are added below.",
        default=DEFAULT_REMINDER,
        render_kw={"rows": 8},
    )

    def plan(self) -> Plan:
        """Return what was planned, for the service."""
        return Plan(
            name=self.name.data or "",
            subject=self.subject.data or "",
            message=self.message.data or "",
            source=self.source.data,
            list_id=self.list_id.data or None,
            organisation_ids=tuple(self.organisation_ids.data or ()),
            group_ids=tuple(self.group_ids.data or ()),
            not_joined_from=self.not_joined_from.data or None,
            challenge_id=self.challenge_id.data or None,
            from_name=self.from_name.data or "",
            reply_to=normal_address(self.reply_to.data or ""),
            starts_at=self.starts_at.moment if self.start.data == "at a time" else None,
            hourly_rate=self.hourly_rate.data,
            sending_days=self.sending_days.data,
            sending_from=self.sending_from.data,
            sending_until=self.sending_until.data,
            expires_days=self.expires_days.data or 0,
            first_reminder_days=self.first_reminder_days.data,
            second_reminder_days=self.second_reminder_days.data,
            reminder_subject=self.reminder_subject.data or "",
            reminder_message=self.reminder_message.data or "",
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields and the plan they make, so that as much as can be is told at once."""
        fits = bool(super().validate(extra_validators))
        if self.start.data == "at a time" and self.starts_at.data is None and not self.starts_at.errors:
            self.add_error("starts_at", "Enter the day and time to start")
            fits = False
        numbers = (self.expires_days, self.hourly_rate, self.first_reminder_days, self.second_reminder_days)
        if any(field.errors for field in (*numbers, self.sending_from, self.sending_until)):
            return False
        faults = list(faults_of(self.plan(), clock.now()))
        for fault in faults:
            if not self[fault.field].errors:
                self.add_error(fault.field, fault.message)
        return fits and not faults

    def note(self) -> str:
        """Return what a clock change made of the start, in words; "" on any other day."""
        return clock_change_note(self.starts_at.data) if self.starts_at.data else ""


def form_values(phase: Any) -> dict[str, Any]:
    """Return what the form of a stored phase starts with."""
    names = (
        "name", "source", "subject", "message", "from_name", "reply_to", "hourly_rate", "sending_days",
        "sending_from", "sending_until", "expires_days", "first_reminder_days", "second_reminder_days",
        "reminder_subject", "organisation_ids", "group_ids",
    )  # fmt: skip
    starts_at = phase.starts_at
    return {name: getattr(phase, name) for name in names} | {
        "list_id": phase.list_id or NONE,
        "not_joined_from": phase.not_joined_from or NONE,
        "challenge_id": phase.challenge_id or NONE,
        "reminder_message": phase.reminder_message or DEFAULT_REMINDER,
        "start": "at a time" if starts_at else "by hand",
        "starts_at": clock.to_london(starts_at).replace(tzinfo=None) if starts_at else None,
    }


class NumberForm(Form):
    """The number of people that a phase goes to, typed to confirm it."""

    people = IntegerField(
        "Number of people", validators=[InputRequired("Type the number of people to confirm")]
    )


class StopForm(Form):
    """Asks once more before a phase is ended for good."""

    sure = RadioField(
        "Stop this phase?",
        choices=[SelectChoice("yes", "Yes, stop it for good"), SelectChoice("no", "No, go back")],
        validators=[InputRequired("Choose whether to stop the phase")],
    )
