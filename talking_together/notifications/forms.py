"""The form behind "Mark all as read"."""

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from talking_together.core.addresses import MAX_ID
from talking_together.core.forms import Form


class MarkReadForm(Form):
    """Up to which notification: the newest one that the page showed."""

    up_to = IntegerField(
        "Up to",
        validators=[
            InputRequired("Load the page again and press the button once more"),
            NumberRange(1, MAX_ID, "Load the page again and press the button once more"),
        ],
    )
