"""The duty to answer: who owes an idea an answer, and by when."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, case, exists, func, select

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge, ChallengeModerator
from talking_together.core import clock
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.extensions import db
from talking_together.ideas.acts import Change, stored
from talking_together.ideas.locks import write_ideas
from talking_together.ideas.statuses import LISTED
from talking_together.notifications.services import notify

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

ANSWERERS = ("moderator", "admin")
# Answers are due at the end of a working day.
_END_OF_DAY = time(17)
LONGEST = timedelta(days=366)


class NothingOwed(Conflict):
    """The idea needs no answer."""


def due_on(day: date) -> datetime:
    """Return the moment by which an answer is due on a London day."""
    return clock.from_london(datetime.combine(day, _END_OF_DAY))


def due_in(days: int) -> datetime:
    """Return when an answer is due that is owed from now on for so many days."""
    return due_on(clock.today() + timedelta(days=days))


def can_answer(member: Any) -> Any:
    """Return the condition on Member that they may be the one who answers."""
    return member.is_active & member.role.in_(ANSWERERS) & member.sign_in_name.is_not(None)


def owners_of(challenge_ids: Collection[int]) -> dict[int, int | None]:
    """Return who answers the ideas of each challenge, unless somebody is named for one of them.

    That is the first of the challenge's moderators, else who wrote it, if they moderate still.
    """
    first = (
        select(func.min(ChallengeModerator.member_id))
        .join(Member, Member.id == ChallengeModerator.member_id)
        .where(ChallengeModerator.challenge_id == Challenge.id, can_answer(Member))
        .correlate(Challenge)
        .scalar_subquery()
    )
    author = (
        select(Member.id)
        .where(Member.id == Challenge.author_id, can_answer(Member))
        .correlate(Challenge)
        .scalar_subquery()
    )
    statement = select(Challenge.id, func.coalesce(first, author).label("owner_id")).where(
        Challenge.id.in_(challenge_ids)
    )
    return {row.id: row.owner_id for row in db.session.execute(statement)}


def answerers(challenge_id: int = 0) -> Sequence[Row[Any]]:
    """Return everybody who may be the one to answer, by name; `comes` is the order for a challenge.

    Its moderators come first (0), then who wrote it (1), then the others (2). `days` is what the
    challenge allows for an answer.
    """
    looks_after = exists().where(
        ChallengeModerator.challenge_id == challenge_id, ChallengeModerator.member_id == Member.id
    )
    wrote = exists().where(Challenge.id == challenge_id, Challenge.author_id == Member.id)
    days = select(Challenge.answer_days).where(Challenge.id == challenge_id).scalar_subquery()
    name = shown_name(Member)
    return db.session.execute(
        select(
            Member.id,
            name.label("name"),
            case((looks_after, 0), (wrote, 1), else_=2).label("comes"),
            days.label("days"),
        )
        .where(can_answer(Member))
        .order_by(func.lower(name), Member.id)
    ).all()


def default_owner(people: Sequence[Row[Any]]) -> int | None:
    """Return who of a challenge's `answerers` answers its ideas: as `owners_of`."""
    first = min(people, key=lambda each: (each.comes, each.id), default=None)
    return first.id if first is not None and first.comes < 2 else None


def checked_owner(owner_id: int | None) -> int | None:
    """Return the owner; InvalidInput unless they may answer ideas."""
    if owner_id is not None:
        statement = select(exists().where(Member.id == owner_id, can_answer(Member)))
        if not db.session.execute(statement).scalar_one():
            raise InvalidInput("Choose somebody who moderates", field="owner")
    return owner_id


def checked_due(day: date | None) -> datetime:
    """Return when an answer is due; InvalidInput for no day, one that is over, or one too far away."""
    if day is None:
        raise InvalidInput("Choose the day by which it is to be answered", field="due")
    if day < clock.today():
        raise InvalidInput("Choose a day from today on", field="due")
    if day > clock.today() + LONGEST:
        raise InvalidInput("Choose a day within a year", field="due")
    return due_on(day)


def ensure_owes_answer(idea: Row[Any]) -> None:
    """Raise NothingOwed for an idea that was answered, or that people do not see."""
    if idea.idea_answered_at is not None:
        raise NothingOwed("It has been answered.")
    if idea.status not in LISTED:
        raise NothingOwed(f"It is “{idea.status}”, so it is owed no answer.")


def give_duty(ideas: Sequence[Row[Any]], *, owner_id: int | None, due_at: datetime) -> list[Change]:
    """Say who answers locked ideas and by when; what they have so already is no change."""
    values = {"answer_owner_id": owner_id, "answer_due_at": due_at, "overdue_told_at": None}
    changes = [
        Change(
            idea_id=idea.id,
            before={
                "answer_owner_id": idea.answer_owner_id,
                "answer_due_at": stored(idea.answer_due_at),
                "overdue_told_at": stored(idea.overdue_told_at),
            },
            after={**values, "answer_due_at": stored(due_at)},
        )
        for idea in ideas
        if (idea.answer_owner_id, idea.answer_due_at) != (owner_id, due_at)
    ]
    if changes:
        write_ideas([change.idea_id for change in changes], **values)
    return changes


def tell_owner(moderator: "Viewer", changes: Sequence[Change], *, act_id: int) -> None:
    """Tell who is now the one to answer; nobody is told of what they took on themselves."""
    for change in changes:
        owner_id = change.after["answer_owner_id"]
        if owner_id not in (None, moderator.id, change.before["answer_owner_id"]):
            notify(owner_id, "answer owed", fact_key=owed_key(change.idea_id, act_id), idea_id=change.idea_id)


def owed_key(idea_id: int, because: int | str) -> str:
    """Return the key of telling somebody that they owe an answer: by which act, or by the votes."""
    return f"answer owed:{idea_id}:{because}"
