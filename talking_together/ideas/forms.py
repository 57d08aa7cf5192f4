"""The form that ideas are written with."""

import re
from secrets import token_urlsafe
from typing import Any

from flask import request
from wtforms import Field, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from talking_together.core.forms import Form, line_field, text_field
from talking_together.core.kept_text import ANSWER
from talking_together.core.rich_text import MAX_SOURCE
from talking_together.ideas.details import (
    FORGOTTEN_PROMPT,
    MAX_ANSWER,
    MOST_TAGS,
    Details,
    answer_field,
    tags_in,
    usable_tags_in,
)
from talking_together.ideas.form_queries import FormParts
from talking_together.ideas.shown import IdeaInFull
from talking_together.ideas.wording import MAX_TITLE, version_of

# The prompts that a challenge has, and those it had while an idea was being written.
MOST_ANSWERS = 10
_FORM_KEY = re.compile(r"[\w-]{16,40}", re.ASCII)


def _id_or_none(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


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
    theme_id = SelectField("Theme", coerce=_id_or_none, validate_choice=False)
    tags = line_field(
        "Tags, separated by commas",
        most=300,
        hint=f"Words that others would look for, such as transport or weekends. At most {MOST_TAGS}",
    )
    version = HiddenField()
    form_key = HiddenField()

    @property
    def answers(self) -> list[Field]:
        """Return the fields of the answers to the challenge's prompts, in their order."""
        return [field for name, field in self._fields.items() if ANSWER.fullmatch(name)]

    @property
    def key(self) -> str:
        """Return what tells this form from the same form opened elsewhere; "" for none of ours."""
        key = self.form_key.data or ""
        return key if _FORM_KEY.fullmatch(key) else ""

    def details(self, *, lenient: bool = False) -> Details:
        """Return what was sent with the main text; InvalidInput for tags that are none.

        A form that saves itself is `lenient`: tags half typed are left out.
        """
        typed = self.tags.data or ""
        tags = usable_tags_in(typed) if lenient else tags_in(typed)
        answers = {int(field.name.removeprefix("answer_")): field.data or "" for field in self.answers}
        return Details(answers, self.theme_id.data, tags)


def idea_form(idea: IdeaInFull | None = None, parts: FormParts | None = None) -> IdeaForm:
    """Return the form of an idea: as it was sent, or as the idea stands with what its challenge asks.

    What was sent needs no reading before it is saved; `dress` gives it its words where it is shown.
    """
    ids = [answer["prompt"] for answer in idea.answers] if idea else []
    asked = [prompt.id for prompt in parts.prompts] if parts else []
    sent = [int(name.removeprefix("answer_")) for name in request.form if ANSWER.fullmatch(name)]
    names = [answer_field(id) for id in dict.fromkeys((*asked, *ids, *sent))][:MOST_ANSWERS]
    fields = {name: text_field("Answer", most=MAX_ANSWER) for name in names}
    form_class = type("IdeaForm", (IdeaForm,), fields) if fields else IdeaForm
    form: IdeaForm = form_class(data=_as_it_stands(idea)) if idea else form_class()
    if not form.key:
        form.form_key.data = token_urlsafe(18)
    return form


def dress(form: IdeaForm, parts: FormParts, idea: IdeaInFull | None = None) -> None:
    """Give the form its choice of themes, and each answer the words that it is asked in."""
    form.theme_id.choices = [
        SelectChoice(value="", label="No theme"),
        *(SelectChoice(value=str(id), label=name) for id, name in parts.themes.items()),
    ]
    before = {answer_field(answer["prompt"]): answer["words"] for answer in idea.answers} if idea else {}
    asked = {answer_field(prompt.id): prompt.words for prompt in parts.prompts}
    for field in form.answers:
        was = before.get(field.name, FORGOTTEN_PROMPT)
        words = asked.get(field.name, was)
        field.label.text = words
        if field.name in before and words != was:
            field.description = f"You answered when it read: {was}"


def _as_it_stands(idea: IdeaInFull) -> dict[str, Any]:
    return {
        "title": idea.title,
        "body": idea.body_source,
        "theme_id": idea.theme_id,
        "tags": ", ".join(idea.tags),
        "version": version_of(idea),
        **{answer_field(answer["prompt"]): answer["source"] for answer in idea.answers},
    }
