"""The buttons of following, and the way out of emails."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from talking_together.core import clock
from talking_together.core.errors import InvalidInput
from talking_together.core.forms import Form
from talking_together.notifications.groups import GROUPS
from talking_together.telling.links import ALL

# Filters open a page and press its buttons in one moment; nobody reads it and presses one so soon.
READING = timedelta(seconds=1)


def sent_choice(values: Sequence[str]) -> bool:
    """Return whether the button that was pressed says to follow; InvalidInput for anything else."""
    if list(values) not in (["1"], ["0"]):
        raise InvalidInput("Load the page again and press the button once more.")
    return values[0] == "1"


def shown_now() -> int:
    """Return when a page with a button is shown, in milliseconds, for `pressed_by_a_person`."""
    return round(clock.now().timestamp() * 1_000)


def pressed_by_a_person(shown_at: str) -> bool:
    """Return whether the page had been there long enough to be read when its button was pressed."""
    if not re.fullmatch(r"[0-9]{1,15}", shown_at):
        return False
    return shown_now() - int(shown_at) >= READING / timedelta(milliseconds=1)


@cache
def stop_form(groups: tuple[str, ...]) -> type[Form]:
    """Return the form that asks what is to stop; none is chosen beforehand, since filters press buttons."""
    choices = [SelectChoice(name, f"Everything about “{GROUPS[name].label}”") for name in groups]
    choices.append(SelectChoice(ALL, "All emails about ideas and challenges"))
    what = RadioField(
        "What should stop coming by email?",
        choices=choices,
        validators=[InputRequired("Choose what should stop, so that we know a person pressed the button")],
    )
    return type("StopForm", (Form,), {"what": what})
