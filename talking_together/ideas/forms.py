"""The forms that ideas are written and answered with."""

from collections.abc import Iterable

from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from talking_together.core.forms import Form, line_field, text_field
from talking_together.core.rich_text import MAX_SOURCE
from talking_together.ideas.decisions import MAX_RESPONSE
from talking_together.ideas.statuses import STATUSES
from talking_together.ideas.wording import MAX_TITLE


def _choices(statuses: Iterable[str]) -> list[SelectChoice]:
    return [SelectChoice(value=name, label=name.capitalize()) for name in statuses]


class IdeaForm(Form):
    """The words of an idea; whether they are enough depends on whether it is a draft."""

    title = line_field("Title", most=MAX_TITLE, hint="Your idea in one line")
    body = text_field(
        "Your idea",
        most=MAX_SOURCE,
        hint=(
            "What would change, for whom, and what it needs. Leave out anything about a patient"
            " who could be recognised."
        ),
    )
    version = HiddenField()


class DecisionForm(Form):
    """Where an idea stands next, and the answer in words."""

    status = SelectField("New status", choices=_choices(STATUSES))
    response = text_field(
        "Response",
        most=MAX_RESPONSE,
        hint=(
            "Everyone who can see the idea reads this. Needed for planned, in progress, done,"
            " not now and hidden."
        ),
    )

    def offer(self, statuses: Iterable[str]) -> None:
        """Let only these statuses be chosen."""
        self.status.choices = _choices(statuses)
