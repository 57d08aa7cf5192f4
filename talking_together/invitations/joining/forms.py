"""The forms that a person joins with."""

from talking_together.accounts.forms import (
    colleague_word_field,
    job_title_field,
    leaderboard_field,
    new_password_field,
    refuse_other_than_address,
    shared_computer_field,
    your_name_field,
)
from talking_together.core.forms import Form, line_field
from talking_together.mail.addresses import MAX_ADDRESS

MAX_CODE = 40


class JoinForm(Form):
    """What an invited person fills in to join."""

    name = your_name_field()
    job_title = job_title_field()
    password = new_password_field("Choose a password", required="Enter a password")
    word = colleague_word_field()
    on_leaderboard = leaderboard_field()
    shared = shared_computer_field()


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
