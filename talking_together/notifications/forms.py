"""The forms behind "Mark all as read", and of what comes by email."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from wtforms import Field, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, NumberRange

from talking_together.core.addresses import MAX_ID
from talking_together.core.forms import Form
from talking_together.notifications.groups import AT_ONCE, DAILY, NEVER, groups_for
from talking_together.notifications.kinds import TABLE, kinds_apart

EMAIL_WORDS = {
    AT_ONCE: "As it happens",
    DAILY: "Once a day, at 8am",
    NEVER: "Not by email",
}
# What is sent for a kind that goes as its group.
AS_GROUP = "as the group"
_KIND_WORDS = {AS_GROUP: "As chosen for the group", **EMAIL_WORDS}


class MarkReadForm(Form):
    """Up to which notification: the newest one that the page showed, which it fills in itself."""

    up_to = IntegerField("Up to", validators=[InputRequired(), NumberRange(1, MAX_ID)])


@dataclass(frozen=True, slots=True)
class Section:
    """The fields about one group: its own, and those of the kinds that can be chosen apart from it."""

    field: Field
    kinds: list[Field]

    @property
    def apart(self) -> int:
        """Return how many kinds are chosen apart."""
        return sum(field.data != AS_GROUP for field in self.kinds)

    @property
    def is_wrong(self) -> bool:
        """Return whether a kind has an error, which must not stay folded away."""
        return any(field.errors for field in self.kinds)


def field_of(name: str) -> str:
    """Return the name of the field about a group or a kind."""
    return name.replace(" ", "_")


@cache
def emails_form(role: str) -> type[Form]:
    """Return the form on which a member of the role chooses what comes by email, by group and by kind."""
    fields: dict[str, Field] = {}
    for group in groups_for(role):
        fields[field_of(group.name)] = RadioField(
            group.label,
            description=group.hint,
            choices=[SelectChoice(value, words) for value, words in EMAIL_WORDS.items()],
            validators=[InputRequired("Choose one of the answers")],
        )
        for kind in kinds_apart(group.name):
            fields[field_of(kind)] = SelectField(
                TABLE[kind].label,
                choices=[SelectChoice(value, words) for value, words in _KIND_WORDS.items()],
                validate_choice=False,
                validators=[AnyOf(list(_KIND_WORDS), "Choose one of the answers")],
            )
    return type("EmailsForm", (Form,), fields)


def filled_in(role: str, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what the form shows of what a member chose, by its fields."""
    groups = [group.name for group in groups_for(role)]
    kinds = [kind for group in groups for kind in kinds_apart(group)]
    return {field_of(name): chosen.get(name, AS_GROUP) for name in [*groups, *kinds]}


def groups_in(role: str, form: Form) -> dict[str, str]:
    """Return what was answered for each group."""
    return {group.name: form[field_of(group.name)].data for group in groups_for(role)}


def kinds_in(role: str, form: Form) -> dict[str, str | None]:
    """Return what was answered for each kind, None for one that goes as its group."""
    kinds = [kind for group in groups_for(role) for kind in kinds_apart(group.name)]
    answers = {kind: form[field_of(kind)].data for kind in kinds}
    return {kind: None if email == AS_GROUP else email for kind, email in answers.items()}


def sections_of(role: str, form: Form) -> list[Section]:
    """Return the form's fields by group."""
    return [
        Section(form[field_of(group.name)], [form[field_of(kind)] for kind in kinds_apart(group.name)])
        for group in groups_for(role)
    ]
