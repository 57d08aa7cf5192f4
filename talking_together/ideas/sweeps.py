"""Background work on ideas: giving out answers that are owed, and reminding of those that are late."""

from itertools import groupby
from typing import Any

from sqlalchemy import Row, select

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.policies import takes_decisions
from talking_together.core import clock
from talking_together.core.commits import commits_alone
from talking_together.core.database import locked
from talking_together.extensions import db
from talking_together.ideas.duty import can_answer, due_in, owed_key, owners_of
from talking_together.ideas.locks import write_ideas
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import CHALLENGE_DATES
from talking_together.notifications.services import notify

AT_ONCE = 200


@commits_alone
def give_answers_owed() -> int:
    """Give the ideas that reached their challenge's thumbs up an owner and a date; return how many."""
    now = clock.now()
    ideas = [row for row in _reached() if takes_decisions(row, now)]
    owners = owners_of({row.challenge_id for row in ideas})
    for (challenge_id, days), group in groupby(ideas, lambda row: (row.challenge_id, row.answer_days)):
        rows, owner_id = list(group), owners.get(challenge_id)
        write_ideas(
            [row.id for row in rows],
            answer_owner_id=owner_id,
            answer_due_at=due_in(days),
            overdue_told_at=None,
        )
        if owner_id is not None:
            for row in rows:
                notify(owner_id, "answer owed", fact_key=owed_key(row.id, "votes"), idea_id=row.id)
    return len(ideas)


@commits_alone
def tell_of_overdue_answers() -> int:
    """Remind each owner once of an answer that is late; return how many were reminded."""
    now = clock.now()
    statement: Any = (
        select(Idea.id, Idea.answer_owner_id, Idea.answer_due_at)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .join(Member, Member.id == Idea.answer_owner_id)
        .where(
            Idea.answer_due_at <= now,
            Idea.answered_at.is_(None),
            Idea.answer_due_at.is_not(None),
            Idea.overdue_told_at.is_(None),
            Idea.listed,
            Challenge.archived_at.is_(None),
            can_answer(Member),
        )
        .order_by(Idea.id)
        .limit(AT_ONCE)
    )
    rows = db.session.execute(locked(statement, of=Idea, skip=True)).all()
    for row in rows:
        due = int(row.answer_due_at.timestamp())
        key = f"answer overdue:{row.id}:{row.answer_owner_id}:{due}"
        notify(row.answer_owner_id, "answer overdue", fact_key=key, idea_id=row.id)
    if rows:
        write_ideas([row.id for row in rows], overdue_told_at=now)
    return len(rows)


def _reached() -> list[Row[Any]]:
    """Lock and return ideas that reached the thumbs up from which an answer is owed, and are owed none.

    No idea has more thumbs up than votes, so the index of votes leads to them.
    """
    statement: Any = (
        select(Idea.id, Idea.challenge_id, Challenge.answer_days, *CHALLENGE_DATES)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(
            Challenge.answer_votes.is_not(None),
            Challenge.is_published,
            Challenge.archived_at.is_(None),
            Idea.listed,
            Idea.votes_count >= Challenge.answer_votes,
            Idea.up_count >= Challenge.answer_votes,
            Idea.answer_due_at.is_(None),
            Idea.answered_at.is_(None),
        )
        .order_by(Idea.challenge_id, Idea.id)
        .limit(AT_ONCE)
    )
    rows = db.session.execute(locked(statement, of=Idea, skip=True)).all()
    return list(rows)
