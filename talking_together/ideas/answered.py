"""How many of a challenge's ideas were answered, and how soon.

An idea is answered by the first decision with a response in words that stands (was not undone), and
stays answered: what becomes of it later does not unsay that. An idea counts while it is listed, so one
that is hidden, withdrawn or merged counts no more until it is back.
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update

from talking_together.challenges.models import Challenge
from talking_together.core.database import seconds_between
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.ideas.statuses import NEEDS_RESPONSE

_HOUR = 3_600


class Answers(NamedTuple):
    """What a challenge's row keeps: how many ideas were answered, and half of them within how many hours."""

    answered: int
    median_hours: int | None


NO_ANSWERS = Answers(0, None)


def is_answer(status: str, response: str) -> bool:
    """Return whether a decision with these words answers its idea."""
    return status in NEEDS_RESPONSE and bool(response)


def answers_in(challenge_ids: Collection[int] | None = None) -> dict[int, Answers]:
    """Return what the challenges' rows should keep, all challenges' if none are named; in one statement."""
    waited = seconds_between(Idea.published_at, Idea.answered_at)
    waits = select(
        Idea.challenge_id,
        waited.label("seconds"),
        func.row_number().over(partition_by=Idea.challenge_id, order_by=waited).label("place"),
        func.count().over(partition_by=Idea.challenge_id).label("total"),
    ).where(Idea.listed, Idea.answered_at.is_not(None))
    if challenge_ids is not None:
        waits = waits.where(Idea.challenge_id.in_(challenge_ids))
    found = waits.subquery("waits")
    # The one in the middle, or the two on either side of it.
    middle = ((found.c.total + 1) // 2, (found.c.total + 2) // 2)
    statement = (
        select(found.c.challenge_id, found.c.total, func.avg(found.c.seconds).label("seconds"))
        .where(found.c.place.in_(middle))
        .group_by(found.c.challenge_id, found.c.total)
    )
    return {
        row.challenge_id: Answers(row.total, int(float(row.seconds) / _HOUR))
        for row in db.session.execute(statement)
    }


def count_answers(challenge_ids: Iterable[int]) -> None:
    """Write what the challenges' rows keep, in two statements; the caller holds their locks."""
    ids = sorted(set(challenge_ids))
    if not ids:
        return
    answers = answers_in(ids)
    challenges: Any = Challenge.__table__
    db.session.connection().execute(
        update(challenges)
        .where(challenges.c.id == bindparam("id_of"))
        .values(answered_count=bindparam("answered"), answer_median_hours=bindparam("median_hours")),
        [{"id_of": id, **answers.get(id, NO_ANSWERS)._asdict()} for id in ids],
    )


def first_answers() -> Any:
    """Return the SELECT of when each idea was first answered, by the decisions that stand."""
    return (
        select(IdeaDecision.idea_id, func.min(IdeaDecision.at).label("answered_at"))
        .where(
            IdeaDecision.to_status.in_(NEEDS_RESPONSE),
            IdeaDecision.response_source != "",
            IdeaDecision.undone_at.is_(None),
        )
        .group_by(IdeaDecision.idea_id)
    )
