"""Counting ideas again, and checking the keys that shuffle them. Votes recount the ranks."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from talking_together.challenges.models import Challenge
from talking_together.extensions import db
from talking_together.ideas import ranking
from talking_together.ideas.answered import NO_ANSWERS, answers_in, first_answers
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE
from talking_together.ideas.statuses import LISTED

ROWS_AT_ONCE = 1_000


def drift() -> Iterator[tuple[str, Any, Any]]:
    """Yield a label, the kept value and the recount wherever the two differ, in five statements."""
    yield from _of_challenges()
    yield from _of_ideas()
    yield from _of_co_authors()
    yield from _of_first_answers()
    yield from _of_answers()


def _of_challenges() -> Iterator[tuple[str, Any, Any]]:
    listed = (
        select(Idea.challenge_id, func.count().label("count"))
        .where(Idea.status.in_(LISTED))
        .group_by(Idea.challenge_id)
        .subquery()
    )
    counted = func.coalesce(listed.c.count, 0)
    statement = (
        select(Challenge.id, Challenge.ideas_count, counted.label("counted"))
        .outerjoin(listed, listed.c.challenge_id == Challenge.id)
        .where(Challenge.ideas_count != counted)
        .order_by(Challenge.id)
    )
    for row in db.session.execute(statement):
        yield f"challenge {row.id} ideas_count", row.ideas_count, row.counted


def _of_co_authors() -> Iterator[tuple[str, Any, Any]]:
    standing = (
        select(IdeaCoAuthor.idea_id, func.count().label("count"))
        .where(IdeaCoAuthor.state.in_(BESIDE))
        .group_by(IdeaCoAuthor.idea_id)
        .subquery()
    )
    counted = func.coalesce(standing.c.count, 0)
    statement = (
        select(Idea.id, Idea.co_authors_count, counted.label("counted"))
        .outerjoin(standing, standing.c.idea_id == Idea.id)
        .where(Idea.co_authors_count != counted)
        .order_by(Idea.id)
    )
    for row in db.session.execute(statement):
        yield f"idea {row.id} co_authors_count", row.co_authors_count, row.counted


def _of_ideas() -> Iterator[tuple[str, Any, Any]]:
    statement = select(Idea.id, Idea.shuffle_key, Idea.listed, Idea.status).order_by(Idea.id)
    options = {"stream_results": True, "yield_per": ROWS_AT_ONCE}
    for row in db.session.execute(statement, execution_options=options):
        if row.shuffle_key != ranking.shuffle_key_of(row.id):
            yield f"idea {row.id} shuffle_key", row.shuffle_key, ranking.shuffle_key_of(row.id)
        if row.listed != (row.status in LISTED):
            yield f"idea {row.id} listed", row.listed, row.status in LISTED


def _of_first_answers() -> Iterator[tuple[str, Any, Any]]:
    first = first_answers().subquery()
    statement = (
        select(Idea.id, Idea.answered_at, first.c.answered_at.label("counted"))
        .outerjoin(first, first.c.idea_id == Idea.id)
        .where(Idea.answered_at.is_distinct_from(first.c.answered_at))
        .order_by(Idea.id)
    )
    for row in db.session.execute(statement):
        yield f"idea {row.id} answered_at", row.answered_at, row.counted


def _of_answers() -> Iterator[tuple[str, Any, Any]]:
    counted = answers_in()
    statement = select(Challenge.id, Challenge.answered_count, Challenge.answer_median_hours)
    for row in db.session.execute(statement.order_by(Challenge.id)):
        kept = (row.answered_count, row.answer_median_hours)
        if kept != counted.get(row.id, NO_ANSWERS):
            yield f"challenge {row.id} answers", kept, tuple(counted.get(row.id, NO_ANSWERS))
