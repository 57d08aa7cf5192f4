"""Forms for organisations and staff groups."""

from wtforms import IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Regexp

from talking_together.core.forms import Form, line_field, text_field

MOST_HEADCOUNT = 1_000_000


class OrganisationForm(Form):
    """A partner organisation."""

    name = line_field("Name", most=120, required="Enter the organisation’s name")
    short_name = line_field(
        "Short name",
        most=20,
        required="Enter a short name",
        hint="Up to 20 characters. It stands beside people’s names",
    )
    colour = line_field(
        "Colour",
        most=7,
        required="Enter a colour",
        hint="# and six digits, like #005eb8. Dark enough for its name to be read",
        validators=[
            Regexp(r"^#[0-9a-fA-F]{6}$", message="Enter the colour as # and six digits, like #005eb8")
        ],
    )
    headcount = IntegerField(
        "Headcount",
        description="How many people it employs. Figures per head are counted by it",
        validators=[
            InputRequired("Enter the headcount as a whole number"),
            NumberRange(0, MOST_HEADCOUNT, "Headcount must be between 0 and 1,000,000"),
        ],
    )
    domains = text_field(
        "Email domains",
        most=5000,
        hint="One a line, like trust.example. People on a staff list are placed by them",
    )


class StaffGroupForm(Form):
    """A staff group."""

    name = line_field("Name", most=120, required="Enter the group’s name")
    organisation_id = SelectField(
        "Organisation",
        description="Choose none for a group that reaches across organisations",
        coerce=lambda value: int(value) if value else None,
    )

    def offer(self, organisations: list[tuple[int, str]]) -> None:
        """Set the organisations that can be chosen."""
        self.organisation_id.choices = [
            SelectChoice("", "Across organisations"),
            *(SelectChoice(id, name) for id, name in organisations),
        ]
