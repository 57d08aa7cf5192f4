"""The button that enters a draw: what the page said when it was pressed goes with it."""

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from talking_together.core.forms import Form
from talking_together.rewards.models import MOST_POINTS

MOST_ENTRIES = 1_000_000


class EnterForm(Form):
    """What a place cost, and how often the member had entered, which the page fills in itself."""

    cost = IntegerField("Cost", validators=[InputRequired(), NumberRange(0, MOST_POINTS)])
    entered = IntegerField("Entered", validators=[InputRequired(), NumberRange(0, MOST_ENTRIES)])
