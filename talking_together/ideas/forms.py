"""The form that ideas are written with."""

from wtforms import HiddenField

from talking_together.core.forms import Form, line_field, text_field
from talking_together.core.rich_text import MAX_SOURCE
from talking_together.ideas.wording import MAX_TITLE


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
