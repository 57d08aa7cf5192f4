"""The form that a rule of points is changed with."""

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation

from talking_together.challenges.forms import LondonTimeField, NumberField
from talking_together.core.forms import Form, line_field
from talking_together.points.models import MOST_A_DAY, MOST_POINTS

WINDOWS = {28: "Four weeks", 91: "Three months", 365: "A year"}


class PointsField(NumberField):
    """A number of points, which has to be there."""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms hands it over
        """Refuse an empty field, which would pass for one that may be left out."""
        if not any(value.strip() for value in self.raw_data or ()):
            raise StopValidation(self.words)


class RuleForm(Form):
    """What an event earns, how often a day, and from when."""

    # The header's own points have the plain id.
    points = PointsField("Points", 0, MOST_POINTS, id="rule-points")
    daily_cap = NumberField(
        "How many times a day it earns",
        1,
        MOST_A_DAY,
        description="For each person, by the London day. Leave it empty for no limit.",
    )
    is_on = BooleanField("It earns points", description="Untick it to turn the rule off.")
    starts_at = LondonTimeField("From when", description="London time. Leave it empty to start now.")
    reason = line_field(
        "Why you change it",
        most=500,
        required="Say why you change the rule",
        hint="Kept in the history of the rule and in the audit log.",
    )
    window = RadioField(
        "Try it on what people did in the last",
        choices=[SelectChoice(days, words) for days, words in WINDOWS.items()],
        coerce=int,
        default=28,
        description="A year of a busy site takes some seconds. Nobody else waits for it.",
    )
    seen = HiddenField()

    @property
    def seen_version(self) -> int:
        """Return the latest version that the page showed; 0 if it was tampered with."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def forgive_no_reason(self) -> None:
        """Let values be tried before there is a reason for them."""
        self.reason.errors = ()
