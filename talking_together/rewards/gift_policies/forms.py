"""What an organisation's rules on gifts allow, as an admin types it."""

from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from talking_together.core.forms import Form, line_field

TAKES_PART, OPTED_OUT = "yes", "no"


class GiftPolicyForm(Form):
    """Whether an organisation takes part in rewards, and how much each of its people may have."""

    takes_part = RadioField(
        "Does this organisation take part in rewards?",
        choices=[
            SelectChoice(TAKES_PART, "Yes, its people can have what sponsors give"),
            SelectChoice(OPTED_OUT, "No, it has opted out"),
        ],
        validators=[InputRequired("Choose whether it takes part")],
    )
    ceiling = line_field(
        "The most that each person may be given in a tax year",
        most=20,
        hint="In pounds, such as £50 or 37.50. Leave it empty if the organisation sets no ceiling",
    )
