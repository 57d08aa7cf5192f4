"""The buttons that redeem points and cancel a voucher, and an admin's reason for cancelling one."""

from wtforms import HiddenField

from talking_together.core.forms import Form, text_field
from talking_together.rewards.vouchers.cancelling import MAX_REASON


class RedeemForm(Form):
    """One press on "Get this": what it costs and the how many-th it is, as the page said."""

    cost = HiddenField()
    number = HiddenField()

    @property
    def sent_cost(self) -> int:
        """Return the cost that the page said; −1 for what is no number."""
        return _number_in(self.cost.data)

    @property
    def sent_number(self) -> int:
        """Return the how many-th voucher the page said; −1 for what is no number."""
        return _number_in(self.number.data)


class CancelForm(Form):
    """An admin's reason."""

    reason = text_field(
        "Why you cancel it",
        most=MAX_REASON,
        required="Enter why you cancel it: its member reads it",
        hint="Its member reads this with the voucher",
    )


def _number_in(text: str | None) -> int:
    plain = text or ""
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else -1
