"""The rows that a write holds while it looks and changes: the challenge first, then the idea."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Result, Row, select, update

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values, visible_to, visible_to_given
from talking_together.core.database import dialect_name, locked, next_id
from talking_together.core.errors import NotFound
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.ideas.answered import count_answers
from talking_together.ideas.co_author_queries import part_column
from talking_together.ideas.counters import COUNTED
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import CHALLENGE_DATES, seen_by, tags_column

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


def locked_challenge(member: "Viewer", challenge_id: int, *, form_key: str = "") -> Row[Any]:
    """Lock and return a challenge that the member may see, for a new idea; NotFound for any other.

    `new_id` is the id for the idea. `begun_id` is the idea that the member began in the form with the
    key, if any, and `begun_in` its challenge.
    """
    values = {"challenge_id": challenge_id, "form_key": form_key, **viewer_values(member)}
    return _first(run(_challenge_for_new(dialect_name(), is_moderator=member.is_moderator), values))


@cache
def _challenge_for_new(_dialect: str, *, is_moderator: bool) -> Any:
    viewer_id = given("viewer_id", Member.id)
    # No draft has an empty key: without a form of its own nothing was begun.
    begun = (Idea.author_id == viewer_id) & (Idea.form_key == given("form_key", Idea.form_key))
    statement = _challenges(is_moderator=is_moderator).add_columns(
        next_id(Idea).label("new_id"),
        select(Idea.id).where(begun).scalar_subquery().label("begun_id"),
        select(Idea.challenge_id).where(begun).scalar_subquery().label("begun_in"),
    )
    return statement.where(Challenge.id == given("challenge_id", Challenge.id))


def locked_challenge_of(member: "Viewer", idea_id: int) -> Row[Any]:
    """Lock and return the challenge that an idea answers; NotFound for one that the member may not see."""
    values = {"idea_id": idea_id, **viewer_values(member)}
    return _first(run(_challenge_of_idea(is_moderator=member.is_moderator), values))


@cache
def _challenge_of_idea(*, is_moderator: bool) -> Any:
    challenge_id = select(Idea.challenge_id).where(Idea.id == given("idea_id", Idea.id)).scalar_subquery()
    return _challenges(is_moderator=is_moderator).where(Challenge.id == challenge_id)


def _challenges(*, is_moderator: bool) -> Any:
    statement: Any = select(Challenge.id, Challenge.title, Challenge.needs_approval, *CHALLENGE_DATES)
    return locked(statement.where(visible_to_given(is_moderator=is_moderator)), of=Challenge)


def locked_idea(
    member: "Viewer", idea_id: int, *, settled: bool = False, more: Sequence[Any] = ()
) -> Row[Any]:
    """Lock and return an idea that exists for the member, with the dates of its challenge and `more` columns.

    Where it matters who wrote it with its author, that is read once the lock is held (`settled`): a
    statement that waits for a lock sees other tables as before the wait.
    """
    if settled:
        db.session.execute(locked(select(Idea.id).where(Idea.id == idea_id)))
    statement = _ideas(member).add_columns(*more).where(Idea.id == idea_id)
    return _first(db.session.execute(locked(statement, of=Idea)))


def locked_as_found(member: "Viewer", idea_ids: Collection[int]) -> list[Row[Any]]:
    """Lock and return, by rising id, those of the ideas that exist for the member.

    Their challenges are locked before them, by rising id too.
    """
    ids = sorted(set(idea_ids))
    challenges: Any = (
        select(Challenge.id)
        .where(Challenge.id.in_(select(Idea.challenge_id).where(Idea.id.in_(ids))), visible_to(member))
        .order_by(Challenge.id)
    )
    db.session.execute(locked(challenges)).all()
    statement = _ideas(member).where(Idea.id.in_(ids)).order_by(Idea.id)
    return list(db.session.execute(locked(statement, of=Idea)))


def _ideas(member: "Viewer") -> Any:
    return (
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
            Idea.merged_into_id,
            Idea.theme_id,
            Idea.answer_owner_id,
            Idea.answer_due_at,
            # The challenge has an `answered_at` of its own.
            Idea.answered_at.label("idea_answered_at"),
            Idea.overdue_told_at,
            Idea.answers,
            Idea.form_key,
            Idea.co_authors_count,
            Idea.seen_revision_id,
            part_column(member.id),
            tags_column(),
            *CHALLENGE_DATES,
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(seen_by(member))
    )


def locked_ideas(member: "Viewer", idea_ids: Collection[int]) -> dict[int, Row[Any]]:
    """Lock and return several ideas that exist for the member, by id; the lowest is locked first."""
    statement = _ideas(member).where(Idea.id.in_(idea_ids)).order_by(Idea.id)
    rows = {row.id: row for row in db.session.execute(locked(statement, of=Idea))}
    if len(rows) < len(set(idea_ids)):
        raise NotFound()
    return rows


def count_idea(challenge_id: int, change: int, *, answered: bool = True) -> None:
    """Move the number of listed ideas; the caller holds the challenge's lock.

    `answered` says whether the idea may have had an answer, which then counts with it or no more.
    """
    run(_COUNTING, {"challenge": challenge_id, "change": change})
    if answered:
        count_answers([challenge_id])


_counted: Any = Challenge.__table__
_COUNTING = (
    update(_counted)
    .where(_counted.c.id == given("challenge", Challenge.id))
    .values(ideas_count=_counted.c.ideas_count + given("change", Challenge.ideas_count))
)


def write_ideas(idea_ids: Sequence[int], **values: Any) -> None:
    """Give locked ideas the same values."""
    db.session.execute(
        update(Idea)
        .where(Idea.id.in_(idea_ids))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _first(rows: Result[Any]) -> Row[Any]:
    row: Row[Any] | None = rows.first()
    if row is None:
        raise NotFound()
    return row
