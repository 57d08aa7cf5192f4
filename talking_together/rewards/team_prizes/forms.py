"""The form by which a member pledges points for their group."""

from collections.abc import Iterable
from typing import Any

from wtforms import IntegerField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from talking_together.core.forms import Form
from talking_together.rewards.models import MOST_POINTS

WORDS = f"Enter a whole number from 1 to {MOST_POINTS:,}"


class PointsField(IntegerField):
    """A number of points, with words of ours for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed; what is no number is an error by the field."""
        try:
            super().process_formdata([value for value in valuelist if value.strip()])
        except ValueError:
            raise ValueError(WORDS) from None


class PledgeForm(Form):
    """How many points, and for which group; the page fills in what the member had pledged before."""

    group = RadioField(
        "For which group?", choices=[], validators=[InputRequired("Choose one of your groups")]
    )
    how_many = PointsField(
        "Points to pledge", validators=[InputRequired(WORDS), NumberRange(1, MOST_POINTS, WORDS)]
    )
    pledged = IntegerField("Pledged before", validators=[Optional(), NumberRange(0)])

    def offer(self, groups: Iterable[Any], *, balance: int) -> None:
        """Let these groups be chosen, and no more than the balance be pledged."""
        self.group.choices = [SelectChoice(str(group.id), group.name) for group in groups]
        self._balance = balance

    def take(self, *, balance: int) -> None:
        """Let any group be named, which the service judges, and no more than the balance be pledged."""
        self.group.validate_choice = False
        self._balance = balance

    @property
    def group_id(self) -> int:
        """Return the group that was named; 0 for what is no number."""
        named = self.group.data or ""
        return int(named) if named.isascii() and named.isdigit() and len(named) < 10 else 0

    def validate_how_many(self, field: PointsField) -> None:
        """Refuse what the member does not have; the service checks it again under locks."""
        if not field.errors and field.data > self._balance:
            raise ValidationError("You do not have that many points")
