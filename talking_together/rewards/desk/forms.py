"""What is typed at a sponsor's desk, and who serves there."""

from talking_together.accounts.forms import refuse_other_than_address
from talking_together.core.forms import Form, line_field
from talking_together.mail.addresses import MAX_ADDRESS


class CodeForm(Form):
    """The code of a voucher, typed in any way that people type codes, or the whole scanned link."""

    code = line_field(
        "Voucher code",
        most=300,
        required="Enter the code of the voucher",
        hint="Capital or small letters, with or without the hyphens",
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "autofocus": True},
    )


class DeskMemberForm(Form):
    """Somebody new at a sponsor's desk."""

    name = line_field("Name", most=100, required="Enter the name")
    email = line_field(
        "Email address",
        most=MAX_ADDRESS,
        required="Enter the email address",
        hint="They sign in with it, and get a link there to choose a password",
        validators=[refuse_other_than_address],
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )
