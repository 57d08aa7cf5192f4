"""The forms behind "Mark all as read", and of what comes by email."""

from functools import cache

from wtforms import IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from talking_together.core.addresses import MAX_ID
from talking_together.core.forms import Form
from talking_together.notifications.kinds import AT_ONCE, DAILY, NEVER, groups_for

EMAIL_WORDS = {
    AT_ONCE: "As it happens",
    DAILY: "Once a day, at 8am",
    NEVER: "Not by email",
}


class MarkReadForm(Form):
    """Up to which notification: the newest one that the page showed, which it fills in itself."""

    up_to = IntegerField("Up to", validators=[InputRequired(), NumberRange(1, MAX_ID)])


def field_of(group: str) -> str:
    """Return the name of the field about a group."""
    return group.replace(" ", "_")


@cache
def emails_form(role: str) -> type[Form]:
    """Return the form on which a member of the role chooses what comes by email: one field a group."""
    fields = {
        field_of(group.name): RadioField(
            group.label,
            description=group.hint,
            choices=[SelectChoice(value, words) for value, words in EMAIL_WORDS.items()],
            validators=[InputRequired("Choose one of the answers")],
        )
        for group in groups_for(role)
    }
    return type("EmailsForm", (Form,), fields)
