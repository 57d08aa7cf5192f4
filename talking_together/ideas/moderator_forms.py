"""The forms that moderators answer ideas with."""

from collections.abc import Iterable
from typing import Any

from wtforms import DateField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional

from talking_together.core.addresses import MAX_ID
from talking_together.core.forms import Form, text_field
from talking_together.ideas.approval import MAX_REASON
from talking_together.ideas.decisions import MAX_RESPONSE
from talking_together.ideas.notes import MAX_NOTE
from talking_together.ideas.statuses import STATUSES


def id_in(text: str | None) -> int | None:
    """Return the id that a form sent, or None where it sent none."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > len(str(MAX_ID)):
        return None
    return min(int(text), MAX_ID)


class DayField(DateField):
    """A day; an unreadable one is an error by the field."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, validators=[Optional()], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed, and say how a day is entered if it is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Enter a day, such as 28/11/2026") from None


class DecisionForm(Form):
    """Where an idea stands next, and the answer in words."""

    status = SelectField(
        "New status",
        choices=[SelectChoice(value=name, label=name.capitalize()) for name in STATUSES],
        validators=[DataRequired("Choose a status")],
    )
    response = text_field(
        "Response",
        most=MAX_RESPONSE,
        hint=(
            "Everyone who can see the idea reads this. Needed for planned, in progress, done,"
            " not now and hidden. For not now, say what would have to be true for it to happen."
        ),
    )
    # The last decision that whoever fills this in knows of.
    seen = HiddenField()

    def offer(self, statuses: Iterable[str], *, now: str = "") -> None:
        """Let only these statuses be chosen; the one that holds now means another response."""
        choices = [
            SelectChoice(
                value=name,
                label=f"{name.capitalize()}, with another response" if name == now else name.capitalize(),
            )
            for name in statuses
        ]
        # Nobody changes a status by pressing the button alone.
        self.status.choices = [SelectChoice(value="", label="Choose a status"), *choices] if choices else []

    @property
    def seen_id(self) -> int | None:
        """Return the id of the last decision seen, 0 for none; None where the form does not say."""
        return id_in(self.seen.data)


class DutyForm(Form):
    """Who answers an idea, and by which day."""

    owner = SelectField("Who answers it", validate_choice=False)
    due = DayField("By which day")

    def offer(self, answerers: Iterable[Any]) -> None:
        """Let one of these people be chosen, or nobody yet."""
        self.owner.choices = [
            SelectChoice(value="", label="Nobody yet"),
            *(SelectChoice(value=str(each.id), label=each.name) for each in answerers),
        ]

    @property
    def owner_id(self) -> int | None:
        """Return the id of who was chosen, None for nobody."""
        return id_in(self.owner.data)


class NoteForm(Form):
    """A note for moderators alone."""

    note = text_field("Note", most=MAX_NOTE, required="Write the note")


class SendBackForm(Form):
    """Why an idea is given back to its author before others saw it."""

    response = text_field(
        "What should change", most=MAX_REASON, hint="Only the author reads this, and moderators in the log."
    )
