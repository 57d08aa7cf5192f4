"""The forms for saying no, and for the addresses that nothing is sent to."""

from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from talking_together.core.forms import Form, line_field
from talking_together.mail.addresses import MAX_ADDRESS

MAX_REASON = 300
DECLINE_REASONS = {
    "no time": "I have no time for it",
    "not my work": "It has little to do with my work",
    "wrong person": "It was meant for somebody else, or I have left",
    "not said": "I would rather not say",
}


class DeclineForm(Form):
    """Why somebody would rather not join; nothing is chosen beforehand, since filters press buttons."""

    reason = RadioField(
        "Why not?",
        choices=[SelectChoice(value, words) for value, words in DECLINE_REASONS.items()],
        validators=[InputRequired("Choose an answer, so that we know a person pressed the button")],
    )


class SuppressForm(Form):
    """An address that asked not to be written to."""

    address = line_field("Email address", most=MAX_ADDRESS, required="Enter an email address")
    reason = line_field("Why", most=MAX_REASON, required="Say why; it is kept in the audit log")


class LiftForm(Form):
    """Why an address may be written to again."""

    reason = line_field("Why", most=MAX_REASON, required="Say why; it is kept in the audit log")
