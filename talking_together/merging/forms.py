"""The forms by which ideas are proposed for a merge, merged and parted."""

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from talking_together.core.addresses import MAX_ID
from talking_together.core.forms import Form, line_field, text_field
from talking_together.merging.proposals import MAX_WORDS
from talking_together.merging.services import MAX_REASON


def ids_in(values: Iterable[str]) -> list[int]:
    """Return the ids among sent values, each once, in the order in which they were sent."""
    numbers = [value for value in values if value.isascii() and value.isdigit() and len(value) <= 19]
    return list(dict.fromkeys(id for id in map(int, numbers) if id <= MAX_ID))


class MergeForm(Form):
    """Why ideas are merged."""

    reason = text_field(
        "Why these belong together",
        most=MAX_REASON,
        required="Give the reason: the authors will read it",
        hint="Everyone who wrote one of the ideas reads this.",
    )


class UndoForm(Form):
    """Why a merge is undone."""

    reason = text_field(
        "Why it is undone",
        most=MAX_REASON,
        required="Give the reason: it is kept in the log",
    )


class DismissForm(Form):
    """Why two ideas stay as they are."""

    answer = text_field(
        "Why they stay as they are",
        most=MAX_WORDS,
        required="Give the reason: the person who proposed it will read it",
        hint="The person who proposed the merge reads this.",
    )


class ProposeForm(Form):
    """Which other idea looks like this one, and in what."""

    other = RadioField(
        "Which idea does it look like?", choices=[], validators=[Optional()], validate_choice=False
    )
    why = text_field(
        "What they have in common (optional)",
        most=MAX_WORDS,
        hint="For the moderators, who decide.",
    )

    def offer(self, ideas: Iterable[Any]) -> None:
        """Let these ideas be chosen."""
        self.other.choices = [SelectChoice(str(idea.id), idea.title) for idea in ideas]

    @property
    def other_id(self) -> int | None:
        """Return the id of the idea that was chosen, None without one."""
        return next(iter(ids_in([self.other.data or ""])), None)


class FindForm(Form):
    """The words by which another idea is looked for; read from the address, since it changes nothing."""

    class Meta(Form.Meta):
        csrf = False

    q = line_field("Search the ideas of this challenge", most=150)
