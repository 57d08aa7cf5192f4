"""The rows that a write holds while it looks and changes: the challenge first, then the idea."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select, update

from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import visible_to
from talking_together.core.database import locked
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.ideas.counters import COUNTED
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import CHALLENGE_DATES, seen_by

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


def locked_challenge(member: "Viewer", challenge_id: Any) -> Row[Any]:
    """Lock and return a challenge that the member may see; NotFound for any other."""
    statement: Any = select(Challenge.id, Challenge.title, *CHALLENGE_DATES).where(
        Challenge.id == challenge_id, visible_to(member)
    )
    return _first(locked(statement, of=Challenge))


def locked_challenge_of(member: "Viewer", idea_id: int) -> Row[Any]:
    """Lock and return the challenge that an idea answers."""
    return locked_challenge(member, select(Idea.challenge_id).where(Idea.id == idea_id).scalar_subquery())


def locked_idea(member: "Viewer", idea_id: int) -> Row[Any]:
    """Lock and return an idea that exists for the member, with the dates of its challenge."""
    statement: Any = (
        select(
            *COUNTED,
            Idea.challenge_id,
            Idea.author_id,
            Idea.title,
            Idea.body_source,
            Idea.body_html,
            Idea.status,
            Idea.created_at,
            Idea.edited_at,
            *CHALLENGE_DATES,
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(Idea.id == idea_id, seen_by(member))
    )
    return _first(locked(statement, of=Idea))


def locked_ideas(member: "Viewer", idea_ids: Collection[int]) -> dict[int, Row[Any]]:
    """Lock and return several ideas that exist for the member, by id; the lowest is locked first."""
    statement: Any = (
        select(
            *COUNTED,
            Idea.challenge_id,
            Idea.author_id,
            Idea.title,
            Idea.status,
            Idea.merged_into_id,
            Idea.answer_owner_id,
            Idea.answer_due_at,
            *CHALLENGE_DATES,
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(Idea.id.in_(idea_ids), seen_by(member))
        .order_by(Idea.id)
    )
    rows = {row.id: row for row in db.session.execute(locked(statement, of=Idea))}
    if len(rows) < len(set(idea_ids)):
        raise NotFound()
    return rows


def count_idea(challenge_id: int, change: int) -> None:
    """Move the number of listed ideas; the caller holds the challenge's lock."""
    db.session.execute(
        update(Challenge)
        .where(Challenge.id == challenge_id)
        .values(ideas_count=Challenge.ideas_count + change)
        .execution_options(synchronize_session=False)
    )


def _first(statement: Any) -> Row[Any]:
    row: Row[Any] | None = db.session.execute(statement).first()
    if row is None:
        raise NotFound()
    return row
