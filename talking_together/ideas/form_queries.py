"""Reads for the form of an idea: what its challenge asks, offers, and has been tagged with."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, func, literal, null, select, union_all

from talking_together.challenges.models import ChallengePrompt, ChallengeTheme
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.ideas.details import Prompt
from talking_together.ideas.models import Idea, IdeaTag

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

TAGS_OFFERED = 20
# The newest ideas say which tags are in use; a challenge may have thousands.
IDEAS_LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class FormParts:
    """What the form of an idea has beside its title and text."""

    prompts: list[Prompt]
    themes: dict[int, str]
    tags: list[str]


def form_parts(challenge_id: int) -> FormParts:
    """Return a challenge's prompts in their order, its themes, and the tags used most, in one statement."""
    return _parts(_form_parts(with_tags=True), challenge_id)


def prompts_and_themes(challenge_id: int) -> FormParts:
    """Return a challenge's prompts and themes alone."""
    return _parts(_form_parts(with_tags=False), challenge_id)


def unfinished_in(viewer: "Viewer", challenge_id: int) -> Any:
    """Return the viewer's newest draft for a challenge, id and title, or None."""
    return db.session.execute(
        select(Idea.id, Idea.title)
        .where(Idea.author_id == viewer.id, Idea.challenge_id == challenge_id, Idea.status == "draft")
        .order_by(Idea.id.desc())
        .limit(1)
    ).first()


def has_begun(viewer: "Viewer", form_key: str) -> bool:
    """Return whether the viewer's form with the key has made an idea or a draft already."""
    mine = select(Idea.id).where(Idea.author_id == viewer.id, Idea.form_key == form_key)
    return db.session.execute(mine).first() is not None


def _parts(statement: Any, challenge_id: int) -> FormParts:
    rows = run(statement, {"challenge_id": challenge_id}).all()
    return FormParts(
        [Prompt(row.id, row.words) for row in rows if row.kind == "prompt"],
        {row.id: row.words for row in rows if row.kind == "theme"},
        [row.words for row in rows if row.kind == "tag"],
    )


@cache
def _form_parts(*, with_tags: bool) -> Any:
    challenge_id = given("challenge_id", Idea.challenge_id)
    parts = [
        _part("prompt", ChallengePrompt.id, ChallengePrompt.words, ChallengePrompt.place).where(
            ChallengePrompt.challenge_id == challenge_id
        ),
        _part("theme", ChallengeTheme.id, ChallengeTheme.name, literal(0, Integer)).where(
            ChallengeTheme.challenge_id == challenge_id
        ),
    ]
    if with_tags:
        newest = (
            select(Idea.id)
            .where(Idea.challenge_id == challenge_id, Idea.listed)
            .order_by(Idea.published_at.desc(), Idea.id.desc())
            .limit(IDEAS_LOOKED_AT)
            .subquery("newest")
        )
        most_used = (
            select(IdeaTag.tag, func.count().label("times"))
            .join(newest, newest.c.id == IdeaTag.idea_id)
            .group_by(IdeaTag.tag)
            .order_by(func.count().desc(), IdeaTag.tag)
            .limit(TAGS_OFFERED)
            .subquery("most_used")
        )
        parts.append(_part("tag", null(), most_used.c.tag, -most_used.c.times))
    rows = union_all(*parts).subquery("parts")
    return select(rows).order_by(rows.c.kind, rows.c.place, rows.c.words)


def _part(kind: str, id: Any, words: Any, place: Any) -> Any:
    return select(
        literal(kind, String).label("kind"), id.label("id"), words.label("words"), place.label("place")
    )
