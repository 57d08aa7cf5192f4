"""What can be downloaded of participation."""

from wtforms import HiddenField, IntegerField
from wtforms.validators import AnyOf, NumberRange, Optional

from talking_together.core.forms import Form
from talking_together.core.pagination import MAX_INTEGER


class ExportForm(Form):
    """The figures or the days, of one phase or of all."""

    what = HiddenField(validators=[AnyOf(("figures", "days"))])
    phase = IntegerField(validators=[Optional(), NumberRange(1, MAX_INTEGER)])
