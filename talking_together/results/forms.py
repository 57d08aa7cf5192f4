"""The form that moderators write results with."""

from typing import Any

from wtforms import BooleanField, FieldList, FormField, HiddenField, IntegerField
from wtforms import Form as PartOfForm
from wtforms.validators import InputRequired, Length, NumberRange

from talking_together.challenges.forms import LondonTimeField
from talking_together.core.forms import Form, line_field, text_field, unix_lines
from talking_together.core.pagination import MAX_INTEGER
from talking_together.results.content import MAX_SECTION, MAX_WORDS, MOST_LISTED, Content, Entry, Section
from talking_together.results.models import LISTS, SECTIONS

FIELD_OF = {name: name.replace(" ", "_") for name in LISTS}
# Ideas that were listed stay, also when filling in again brings new ones.
MOST_ENTRIES = 2 * MOST_LISTED


class EntryForm(PartOfForm):
    """What stands beside one idea of a list."""

    idea_id = IntegerField(validators=[InputRequired(), NumberRange(1, MAX_INTEGER)])
    shown = BooleanField("Show it")
    source = text_field("In words", most=MAX_WORDS)
    by_whom = line_field("By whom", most=120)
    by_when = line_field("By when", most=60)


def _replaced() -> HiddenField:
    return HiddenField(filters=[unix_lines], validators=[Length(max=MAX_SECTION)])


class ResultsForm(Form):
    """The parts in words, the lists of ideas, and when it all comes out."""

    asked = text_field("What we asked", most=MAX_SECTION)
    people = text_field("Who took part", most=MAX_SECTION)
    heard = text_field("What we heard", most=MAX_SECTION)
    next = text_field("What happens next", most=MAX_SECTION)
    replaced_asked = _replaced()
    replaced_people = _replaced()
    replaced_heard = _replaced()
    replaced_next = _replaced()
    supported = FieldList(FormField(EntryForm), "Most support", max_entries=MOST_ENTRIES)
    will_do = FieldList(FormField(EntryForm), "What will be done", max_entries=MOST_ENTRIES)
    will_not = FieldList(FormField(EntryForm), "What will not be done", max_entries=MOST_ENTRIES)
    published_at = LondonTimeField(
        "Publish on", description="A London time. Leave it empty to publish at once."
    )
    version = HiddenField()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Return whether all can be kept; what is wrong beside an idea is said at the top as well."""
        valid: bool = super().validate(*args, **kwargs)
        for name in FIELD_OF.values():
            errors = [text for each in self[name] for field in each.form for text in field.errors]
            self.form_errors.extend(f"{self[name].label.text}: {text}" for text in dict.fromkeys(errors))
            self[name].errors = ()
        return valid

    def content(self) -> Content:
        """Return what was written, for the service."""
        return Content(
            {name: Section(self[name].data or "", self[f"replaced_{name}"].data or "") for name in SECTIONS},
            {name: tuple(_entry(each.form) for each in self[field]) for name, field in FIELD_OF.items()},
        )


def form_of(content: Content, *, version: str, published_at: Any = None) -> ResultsForm:
    """Return the form as it shows some content."""
    data: dict[str, Any] = {"version": version, "published_at": published_at}
    for name in SECTIONS:
        data[name] = content.sections[name].source
        data[f"replaced_{name}"] = content.sections[name].replaced
    for name, field in FIELD_OF.items():
        data[field] = [
            {part: getattr(entry, part) for part in ("idea_id", "shown", "source", "by_whom", "by_when")}
            for entry in content.lists.get(name, ())
        ]
    return ResultsForm(formdata=None, data=data)


def _entry(form: Any) -> Entry:
    return Entry(
        form.idea_id.data,
        form.source.data or "",
        form.by_whom.data or "",
        form.by_when.data or "",
        form.shown.data,
    )
