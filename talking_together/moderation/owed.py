"""Answers that are owed, for the moderators' first page."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, or_, select
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.core.statements import given, run
from talking_together.ideas.models import Idea

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

SHOWN = 15
_Owner = aliased(Member, name="owner")


@dataclass(frozen=True, slots=True)
class Owed:
    """An idea that is owed an answer: by whom, by when, and whether that is over."""

    id: int
    title: str
    challenge_title: str
    owner_name: str | None
    due_at: datetime
    is_mine: bool
    is_overdue: bool


def answers_owed(moderator: "Viewer", *, at: datetime, size: int = SHOWN) -> list[Owed]:
    """Return the answers that the moderator owes, then those of others that are overdue, by date."""
    rows = run(_owed(), {"viewer_id": moderator.id, "at": at, "most": size})
    return [
        Owed(
            id=row.id,
            title=row.title,
            challenge_title=row.challenge_title,
            owner_name=row.owner_name,
            due_at=row.answer_due_at,
            is_mine=row.answer_owner_id == moderator.id,
            is_overdue=row.answer_due_at <= at,
        )
        for row in rows
    ]


@cache
def _owed() -> Any:
    mine = Idea.answer_owner_id == given("viewer_id", Member.id)
    first = case((mine, 0), else_=1)
    return (
        select(
            Idea.id,
            Idea.title,
            Idea.answer_owner_id,
            Idea.answer_due_at,
            Challenge.title.label("challenge_title"),
            case((Idea.answer_owner_id.is_not(None), shown_name(_Owner))).label("owner_name"),
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .outerjoin(_Owner, _Owner.id == Idea.answer_owner_id)
        .where(
            Idea.answer_due_at.is_not(None),
            Idea.answered_at.is_(None),
            Idea.listed,
            Challenge.archived_at.is_(None),
            or_(mine, Idea.answer_due_at <= given("at", Idea.answer_due_at)),
        )
        .order_by(first, Idea.answer_due_at, Idea.id)
        .limit(given("most", Idea.id))
    )
