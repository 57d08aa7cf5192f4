"""The forms that a person joins with."""

from wtforms import BooleanField

from talking_together.accounts.forms import (
    NEW_PASSWORD_HINT,
    SHARED_HINT,
    password_field,
    refuse_other_than_address,
)
from talking_together.core.forms import Form, line_field
from talking_together.mail.addresses import MAX_ADDRESS

MAX_CODE = 40


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
    shared = BooleanField("This is a shared computer", description=SHARED_HINT)


class CodeForm(Form):
    """The address that an invitation was sent to, and the code that stands in its email."""

    email = line_field(
        "Email address",
        most=MAX_ADDRESS,
        required="Enter the email address that your invitation was sent to",
        hint="The one that your invitation was sent to",
        validators=[refuse_other_than_address],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    code = line_field(
        "Code",
        most=MAX_CODE,
        required="Enter the code from your invitation",
        hint="Eight letters and digits in the email, such as K7QM-3XRP",
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class RenewalForm(Form):
    """The address that an invitation was sent to, typed by the person who has it."""

    email = line_field(
        "Your email address",
        most=MAX_ADDRESS,
        required="Enter the email address that your invitation was sent to",
        hint="The one that the invitation was sent to",
        validators=[refuse_other_than_address],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
