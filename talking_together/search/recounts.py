"""Whether the index says what the rows say: every challenge, idea and comment, word for word."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, literal, not_, null, select

from talking_together.challenges.models import Challenge
from talking_together.comments.models import Comment
from talking_together.core.database import dialect_name
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaTag
from talking_together.search.index import BASE, KINDS, Index, index

ROWS_AT_ONCE = 1_000


def drift() -> Iterator[tuple[str, Any, Any]]:
    """Yield a label, what the index holds and what the rows say, wherever the two differ."""
    here = index(dialect_name())
    kinds: tuple[tuple[str, Any, Any], ...] = (
        ("challenge", Challenge, _of_challenges()),
        ("idea", Idea, _of_ideas()),
        ("comment", Comment, _of_comments()),
    )
    for kind, model, expected in kinds:
        yield from _differing(here, kind, model, expected)
        yield from _left_behind(here, kind, model)
    yield from _alike(here)


def _of_challenges() -> Any:
    return select(
        Challenge.id,
        Challenge.title,
        literal("").label("keywords"),
        (Challenge.summary + " " + Challenge.brief_source).label("body"),
        null().label("answers"),
        Challenge.id.label("challenge_id"),
    )


def _of_ideas() -> Any:
    tags = (
        select(func.aggregate_strings(IdeaTag.tag, ", "))
        .where(IdeaTag.idea_id == Idea.id)
        .correlate(Idea)
        .scalar_subquery()
    )
    return select(
        Idea.id,
        Idea.title,
        func.coalesce(tags, "").label("keywords"),
        Idea.body_source.label("body"),
        Idea.answers,
        Idea.challenge_id,
    )


def _of_comments() -> Any:
    return select(
        Comment.id,
        literal("").label("title"),
        literal("").label("keywords"),
        Comment.body_source.label("body"),
        null().label("answers"),
        Idea.challenge_id,
    ).join(Idea, Idea.id == Comment.idea_id)


def _differing(here: Index, kind: str, model: Any, expected: Select[Any]) -> Iterator[tuple[str, Any, Any]]:
    held = here.documents
    statement = expected.add_columns(
        held.c.title.label("held_title"),
        held.c.keywords.label("held_keywords"),
        held.c.body.label("held_body"),
        held.c.place.label("held_place"),
    ).outerjoin(held, here.document_id == _document_of(model, kind))
    for row in _streamed(statement.order_by(model.id)):
        answers = " ".join(str(answer["source"]) for answer in row.answers or () if answer.get("source"))
        said = {
            "title": row.title,
            # The order in which a database strings tags together is its own.
            "keywords": sorted(row.keywords.split(", ")),
            "body": f"{row.body} {answers}" if kind == "idea" else row.body,
            "place": here.place(kind, row.challenge_id),
        }
        kept = {
            "title": row.held_title,
            "keywords": sorted((row.held_keywords or "").split(", ")),
            "body": row.held_body,
            "place": row.held_place,
        }
        for name, value in said.items():
            if kept[name] != value:
                yield f"{kind} {row.id} in the index: {name}", kept[name], value


def _left_behind(here: Index, kind: str, model: Any) -> Iterator[tuple[str, Any, Any]]:
    statement = (
        select(here.document_id)
        .where(
            here.document_id % BASE == KINDS[kind],
            not_(select(model.id).where(_document_of(model, kind) == here.document_id).exists()),
        )
        .order_by(here.document_id)
    )
    for document in db.session.scalars(statement):
        yield f"{kind} {document // BASE} in the index", "there", "gone"


def _alike(here: Index) -> Iterator[tuple[str, Any, Any]]:
    held = here.likeness
    statement = (
        select(
            func.coalesce(Idea.id, here.likeness_id).label("id"),
            Idea.title,
            Idea.excerpt,
            held.c.title.label("held_title"),
            held.c.excerpt.label("held_excerpt"),
        )
        .select_from(Idea)
        .outerjoin(held, here.likeness_id == Idea.id)
        .where(Idea.listed)
        .order_by(Idea.id)
    )
    for row in _streamed(statement):
        if (row.held_title, row.held_excerpt) != (row.title, row.excerpt):
            yield f"idea {row.id} among those alike", row.held_title, row.title
    listed = select(Idea.id).where(Idea.id == here.likeness_id, Idea.listed).exists()
    for idea_id in db.session.scalars(select(here.likeness_id).where(~listed).order_by(here.likeness_id)):
        yield f"idea {idea_id} among those alike", "there", "not listed"


def _document_of(model: Any, kind: str) -> Any:
    return model.id * BASE + KINDS[kind]


def _streamed(statement: Select[Any]) -> Any:
    return db.session.execute(
        statement, execution_options={"stream_results": True, "yield_per": ROWS_AT_ONCE}
    )
