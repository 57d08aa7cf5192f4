"""What the words of an idea become when they are saved."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from markupsafe import escape

from talking_together.core import rich_text
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.patient_details import ensure_without_nhs_number
from talking_together.ideas.details import answer_field
from talking_together.ideas.mentions import NOBODY, Mentions, render

MAX_TITLE = 150
_START = datetime(1970, 1, 1, tzinfo=UTC)


class ChangedMeanwhile(Conflict):
    """The idea was saved elsewhere after this form was opened."""

    message = (
        "This idea was changed in another tab or window after you opened this page. Your text is"
        " still here: compare it with the saved version, then save again to replace that."
    )


def wording(
    title: str,
    body: str,
    answers: Sequence[Mapping[str, Any]] = (),
    *,
    complete: bool,
    mentions: Mentions = NOBODY,
) -> dict[str, Any]:
    """Return the columns that follow from the words; InvalidInput unless they can be saved.

    A draft may lack its title or its text; what others will see needs both. The answers to the
    challenge's prompts stand after the main text, each under the words it was asked in.
    """
    title, body = title.strip(), body.strip()
    if complete and not title:
        raise InvalidInput("Enter a title", field="title")
    if complete and not body:
        raise InvalidInput("Describe your idea", field="body")
    if not title and not body and not answers:
        raise InvalidInput("Enter a title or some text to keep as a draft", field="title")
    if len(title) > MAX_TITLE:
        raise InvalidInput(f"Title must be {MAX_TITLE} characters or fewer", field="title")
    if len(body) > rich_text.MAX_SOURCE:
        raise InvalidInput(f"Your idea must be {rich_text.MAX_SOURCE:,} characters or fewer", field="body")
    if complete:
        ensure_without_nhs_number(title, field="title")
        ensure_without_nhs_number(body, field="body")
        for answer in answers:
            ensure_without_nhs_number(answer["source"], field=answer_field(answer["prompt"]))
    return {
        "title": title,
        "body_source": body,
        "answers": [dict(answer) for answer in answers],
        "body_html": render(body, mentions, pictures=True)
        + "".join(_answer_html(answer, mentions) for answer in answers),
        "excerpt": rich_text.excerpt_of("\n\n".join([body, *map(_answer_text, answers)]).strip()),
    }


def _answer_html(answer: Mapping[str, Any], mentions: Mentions) -> str:
    return f"<h2>{escape(answer['words'])}</h2>\n{render(answer['source'], mentions)}"


def _answer_text(answer: Mapping[str, Any]) -> str:
    return f"{answer['words']}\n\n{answer['source']}"


def version_of(idea: Any) -> str:
    """Return the version of the wording that a form was filled from."""
    return str(((idea.edited_at or idea.created_at) - _START) // timedelta(microseconds=1))


def ensure_unchanged(idea: Any, version: str, form_key: str = "") -> None:
    """Raise ChangedMeanwhile if the wording is not the version that the form was filled from.

    A form that saves itself may follow its own saves: the draft names the form that saved it last.
    """
    if version != version_of(idea) and not (form_key and form_key == idea.form_key):
        raise ChangedMeanwhile()
