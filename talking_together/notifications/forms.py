"""The form behind "Mark all as read"."""

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from talking_together.core.addresses import MAX_ID
from talking_together.core.forms import Form


class MarkReadForm(Form):
    """Up to which notification: the newest one that the page showed, which it fills in itself."""

    up_to = IntegerField("Up to", validators=[InputRequired(), NumberRange(1, MAX_ID)])
