"""The forms of staff lists and phases, and the one a person joins with."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from talking_together.accounts.forms import NEW_PASSWORD_HINT, password_field
from talking_together.core.forms import Form, line_field, text_field
from talking_together.invitations.messages import DEFAULT_MESSAGE, DEFAULT_SUBJECT, MAX_SUBJECT

PLACES = "{first_name}, {organisation} and {site_name} are filled in for each person"
LEAST_DAYS, MOST_DAYS = 15, 365


class StaffListForm(Form):
    """A staff list to upload."""

    name = line_field(
        "Name of the list",
        most=119,
        required="Enter a name for the list",
        hint="For yourself and other admins, such as “Community nurses, November”",
    )
    file = FileField(
        "CSV file",
        description="One row for each person under a row of headings: Name, Email, Organisation, Groups, "
        "Job title. Only Email is needed. Several groups in a cell stand between semicolons. Up to 15 MB.",
        validators=[FileRequired("Choose a CSV file")],
    )
    create_groups = BooleanField(
        "Make the staff groups that do not exist yet",
        description="Otherwise a group that we do not know is left out, and its row says so.",
    )


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


class JoinForm(Form):
    """What an invited person fills in to join."""

    name = line_field("Your name", most=100, required="Enter your name", render_kw={"autocomplete": "name"})
    job_title = line_field("Job title (optional)", most=119, render_kw={"autocomplete": "organization-title"})
    password = password_field(
        "Choose a password",
        required="Enter a password",
        autocomplete="new-password",
        hint=NEW_PASSWORD_HINT,
    )
    on_leaderboard = BooleanField(
        "Show me on the leaderboard",
        description="Your name, organisation and points, to every member. You can change this at any time.",
    )
