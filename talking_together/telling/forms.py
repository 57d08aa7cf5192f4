"""The buttons of following, and the way out of emails."""

from collections.abc import Sequence
from functools import cache

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from talking_together.core.errors import InvalidInput
from talking_together.core.forms import Form
from talking_together.notifications.kinds import GROUPS
from talking_together.telling.links import ALL


def sent_choice(values: Sequence[str]) -> bool:
    """Return whether the button that was pressed says to follow; InvalidInput for anything else."""
    if list(values) not in (["1"], ["0"]):
        raise InvalidInput("Load the page again and press the button once more.")
    return values[0] == "1"


@cache
def stop_form(groups: tuple[str, ...]) -> type[Form]:
    """Return the form that asks what is to stop; none is chosen beforehand, since filters press buttons."""
    choices = [SelectChoice(name, GROUPS[name].label) for name in groups]
    choices.append(SelectChoice(ALL, "All emails about ideas and challenges"))
    what = RadioField(
        "What should stop coming by email?",
        choices=choices,
        validators=[InputRequired("Choose an answer, so that we know a person pressed the button")],
    )
    return type("StopForm", (Form,), {"what": what})
