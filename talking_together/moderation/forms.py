"""The form below the board: what to do with the ideas that were chosen."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from talking_together.core.forms import Form, text_field
from talking_together.ideas.decisions import MAX_RESPONSE
from talking_together.ideas.moderator_forms import DayField, id_in
from talking_together.ideas.statuses import CHANGES

NO_THEME = "none"
# What a moderator can bring an idea to, in the order of the table.
STATUSES = list(dict.fromkeys(to for (_, to), who in CHANGES.items() if who == "moderator"))


class BatchForm(Form):
    """What is done to many ideas at once; only the part that belongs to the button pressed counts."""

    status = SelectField(
        "New status",
        choices=[
            SelectChoice(value="", label="Choose a status"),
            *(SelectChoice(value=name, label=name.capitalize()) for name in STATUSES),
        ],
        validate_choice=False,
    )
    response = text_field(
        "Response",
        most=MAX_RESPONSE,
        hint="The same words for each idea. Needed for planned, in progress, done, not now and hidden.",
    )
    theme = SelectField("Theme", validate_choice=False)
    owner = SelectField("Who answers them", validate_choice=False)
    due = DayField("By which day")

    def offer(self, themes: Iterable[Any], people: Iterable[Any]) -> None:
        """Let these themes and people be chosen."""
        self.theme.choices = [
            SelectChoice(value="", label="Choose a theme"),
            *(SelectChoice(value=str(each.id), label=each.name) for each in themes),
            SelectChoice(value=NO_THEME, label="No theme"),
        ]
        self.owner.choices = [
            SelectChoice(value="", label="Nobody yet"),
            *(SelectChoice(value=str(each.id), label=each.name) for each in people),
        ]

    @property
    def owner_id(self) -> int | None:
        """Return the id of who was chosen, None for nobody."""
        return id_in(self.owner.data)


def chosen_ids(sent: Sequence[str]) -> list[int]:
    """Return the ids of the ideas that were ticked."""
    return list(dict.fromkeys(id for text in sent if (id := id_in(text)) is not None))


def seen_ids(sent: Sequence[str]) -> dict[int, int]:
    """Return the last decision that the page showed of each idea, sent as "idea:decision"."""
    found: dict[int, int] = {}
    for text in sent:
        idea, _, decision = text.partition(":")
        idea_id, decision_id = id_in(idea), id_in(decision)
        if idea_id is not None and decision_id is not None:
            found[idea_id] = decision_id
    return found
