"""What goes with the main text of an idea, as it is stored: answers, theme and tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert

from talking_together.core.errors import InvalidInput
from talking_together.core.patient_details import ensure_without_nhs_number
from talking_together.extensions import db
from talking_together.ideas.details import Details, answers_after
from talking_together.ideas.form_queries import prompts_and_themes
from talking_together.ideas.models import IdeaTag
from talking_together.ideas.queries import tags_of


@dataclass(frozen=True, slots=True)
class Filed:
    """The answers as they are stored, the theme, and the tags before and after."""

    answers: Sequence[Mapping[str, Any]] = ()
    theme_id: int | None = None
    tags: Sequence[str] = ()
    tags_before: Sequence[str] = ()


def filed(challenge_id: int, details: Details | None, idea: Row[Any] | None = None) -> Filed:
    """Return what is stored of the details; without any, what is stored of the idea stays."""
    before = idea.answers if idea is not None else []
    theme_before = idea.theme_id if idea is not None else None
    if details is None:
        stay = [] if idea is None else tags_of(idea)
        return Filed(before, theme_before, stay, stay)
    answers, theme_id = before, details.theme_id
    if any(map(str.strip, details.answers.values())) or before or theme_id is not None:
        parts = prompts_and_themes(challenge_id)
        answers = answers_after(details.answers, parts.prompts, before)
        if theme_id is not None and theme_id not in parts.themes:
            raise InvalidInput("This theme is no longer there. Choose another", field="theme_id")
    for tag in details.tags:
        ensure_without_nhs_number(tag, field="tags")
    tags_before = [] if idea is None else tags_of(idea)
    return Filed(answers, theme_id, sorted(details.tags), tags_before)


def differs(idea: Row[Any], words: Mapping[str, Any], filed: Filed) -> bool:
    """Return whether the words or what goes with them are not what the idea has."""
    return (
        any(words[name] != getattr(idea, name) for name in ("title", "body_source", "answers"))
        or filed.theme_id != idea.theme_id
        or list(filed.tags) != list(filed.tags_before)
    )


def write_tags(idea_id: int, tags: Sequence[str], *, before: Sequence[str] = ()) -> None:
    """Make these the tags of an idea."""
    if gone := set(before) - set(tags):
        db.session.execute(
            delete(IdeaTag)
            .where(IdeaTag.idea_id == idea_id, IdeaTag.tag.in_(gone))
            .execution_options(synchronize_session=False)
        )
    if new := sorted(set(tags) - set(before)):
        db.session.execute(insert(IdeaTag), [{"idea_id": idea_id, "tag": tag} for tag in new])
