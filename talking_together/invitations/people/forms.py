"""The forms on one person's invitation."""

from talking_together.accounts.forms import refuse_other_than_address
from talking_together.core.forms import Form, line_field
from talking_together.mail.addresses import MAX_ADDRESS

MAX_REASON = 200


class AddressForm(Form):
    """The right address of an invitation."""

    email = line_field(
        "Right email address",
        most=MAX_ADDRESS,
        required="Enter the right email address",
        validators=[refuse_other_than_address],
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )


class RevokeForm(Form):
    """Why an invitation is taken back."""

    reason = line_field("Why (optional)", most=MAX_REASON, hint="Kept in the history of the invitation")
