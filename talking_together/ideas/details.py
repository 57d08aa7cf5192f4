"""What goes with the main text of an idea: answers to the challenge's prompts, a theme, tags."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from talking_together.core.errors import InvalidInput

MAX_ANSWER = 4_000
MOST_TAGS = 5
MAX_TAG = 40
# How an answer is headed whose prompt was removed while the form was open.
FORGOTTEN_PROMPT = "Something more"
_NOT_IN_A_TAG = re.compile(r"[^\w\s'’&+/-]|_")


class Prompt(NamedTuple):
    """A question of the challenge that shapes the form."""

    id: int
    words: str


@dataclass(frozen=True, slots=True)
class Details:
    """What was sent with the main text; `answers` are by the ids of their prompts."""

    answers: Mapping[int, str] = field(default_factory=dict)
    theme_id: int | None = None
    tags: Sequence[str] = ()


def answers_after(
    given: Mapping[int, str], prompts: Iterable[Prompt], before: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the answers as they are stored, each with the words it was asked in.

    An answer whose prompt was reworded keeps the words it answered until it is changed; one whose
    prompt was removed stays until it is emptied. What the form did not have stays as it was.
    """
    stood = {answer["prompt"]: answer for answer in before}
    asked = {prompt.id: prompt.words for prompt in prompts}
    after = []
    for id in dict.fromkeys((*asked, *stood, *given)):
        was = stood.get(id, {})
        source = given.get(id, was.get("source", "")).strip()
        if len(source) > MAX_ANSWER:
            raise InvalidInput(f"Answer must be {MAX_ANSWER:,} characters or fewer", field=answer_field(id))
        if source:
            is_as_it_was = source == was.get("source")
            words = was["words"] if is_as_it_was else asked.get(id, was.get("words", FORGOTTEN_PROMPT))
            after.append({"prompt": id, "words": words, "source": source})
    return after


def answer_field(prompt_id: int) -> str:
    """Return the name of the form's field for the answer to a prompt."""
    return f"answer_{prompt_id}"


def tags_in(text: str) -> list[str]:
    """Return the tags that were typed with commas between them; InvalidInput for what is none."""
    tags = _typed(text)
    if len(tags) > MOST_TAGS:
        raise InvalidInput(f"Give at most {MOST_TAGS} tags", field="tags")
    for tag in tags:
        if len(tag) > MAX_TAG:
            raise InvalidInput(f"Each tag must be {MAX_TAG} characters or fewer", field="tags")
        if _NOT_IN_A_TAG.search(tag):
            raise InvalidInput(f"“{tag}” cannot be a tag: use words, with commas between tags", field="tags")
    return tags


def usable_tags_in(text: str) -> list[str]:
    """Return those of the tags that can be kept while the rest is still being typed."""
    return [tag for tag in _typed(text) if len(tag) <= MAX_TAG and not _NOT_IN_A_TAG.search(tag)][:MOST_TAGS]


def _typed(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, map(_plain, text.split(",")))))


def _plain(tag: str) -> str:
    return " ".join(unicodedata.normalize("NFC", tag).lstrip(" #").lower().split())
