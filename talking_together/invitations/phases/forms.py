"""The forms of phases."""

from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from talking_together.core.forms import Form, line_field, text_field
from talking_together.invitations.phases.messages import DEFAULT_MESSAGE, DEFAULT_SUBJECT, MAX_SUBJECT

PLACES = "{first_name}, {organisation} and {site_name} are filled in for each person"
LEAST_DAYS, MOST_DAYS = 15, 365


class PhaseForm(Form):
    """The list and the words of a phase."""

    name = line_field(
        "Name of the phase",
        most=119,
        required="Enter a name for the phase",
        hint="For yourself and other admins, such as “Champions”",
    )
    list_id = SelectField("Staff list", coerce=int, validate_choice=False)
    subject = line_field(
        "Subject", most=MAX_SUBJECT, required="Enter a subject", hint=PLACES, default=DEFAULT_SUBJECT
    )
    message = text_field(
        "Message",
        most=5_000,
        required="Enter a message",
        hint=f"{PLACES}. The link to join is added below your message.",
        default=DEFAULT_MESSAGE,
        render_kw={"rows": 12},
    )
    expires_days = IntegerField(
        "Days until the links expire",
        description="Some mailboxes hold a message back for days, and some people are away for weeks",
        default=30,
        validators=[
            InputRequired(f"Enter a number of days from {LEAST_DAYS} to {MOST_DAYS}"),
            NumberRange(LEAST_DAYS, MOST_DAYS, f"Enter a number of days from {LEAST_DAYS} to {MOST_DAYS}"),
        ],
    )


class StartForm(Form):
    """The number of people that a phase goes to, typed to confirm it."""

    people = IntegerField(
        "Number of people",
        validators=[InputRequired("Type the number of people to start the phase")],
    )
