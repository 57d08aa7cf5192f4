"""What waits for moderators."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Row, func, literal, select, tuple_

from talking_together.challenges.models import Challenge
from talking_together.challenges.moderator_queries import managed
from talking_together.challenges.stages import TAKES_DECISIONS, stage_of
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, moment_in, page_of
from talking_together.core.statements import run
from talking_together.extensions import db
from talking_together.ideas.models import Idea

HIDDEN_SHOWN = 20


@dataclass(frozen=True, slots=True)
class StageGroup:
    """The challenges that stand in one stage; those out of the archive with their `new_ideas`."""

    stage: str
    challenges: list[Row[Any]]


def challenges_by_stage(*, archived: bool, at: datetime) -> list[StageGroup]:
    """Return the challenges in or out of the archive, stage by stage, without empty stages."""
    groups: dict[str, list[Row[Any]]] = {stage: [] for stage in _IN_ORDER_OF_WORK}
    for row in run(managed(archived=True) if archived else _managed_with_new_ideas(), {}):
        groups[stage_of(row, at)].append(row)
    return [StageGroup(stage, rows) for stage, rows in groups.items() if rows]


def new_ideas_by_challenge(groups: list[StageGroup]) -> dict[int, int]:
    """Return how many ideas nobody has looked at yet, of each challenge whose ideas are decided on."""
    decided = [row for group in groups if group.stage in TAKES_DECISIONS for row in group.challenges]
    return {row.id: row.new_ideas for row in decided}


@cache
def _managed_with_new_ideas() -> Any:
    new = (
        select(Idea.challenge_id, func.count().label("ideas"))
        .where(Idea.status == "new")
        .group_by(Idea.challenge_id)
        .subquery("new")
    )
    return (
        managed(archived=False)
        .outerjoin(new, new.c.challenge_id == Challenge.id)
        .add_columns(func.coalesce(new.c.ideas, 0).label("new_ideas"))
    )


# Where a moderator has something to do comes first.
_IN_ORDER_OF_WORK = (
    "open",
    "voting only",
    "paused",
    "in review",
    "draft",
    "scheduled",
    "answered",
    "archived",
)


def hidden_ideas(*, after: str | None, size: int = HIDDEN_SHOWN) -> Page:
    """Return a page of the ideas that moderators hid, the one published last first."""
    statement = (
        select(
            Idea.id,
            Idea.title,
            Idea.published_at,
            Challenge.title.label("challenge_title"),
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(Idea.status == "hidden")
        .order_by(Idea.published_at.desc(), Idea.id.desc())
        .limit(size + 1)
    )
    if cursor := decode_cursor(after, (str, int)):
        published = literal(moment_in(cursor[0]), Idea.published_at.type)
        statement = statement.where(
            tuple_(Idea.published_at, Idea.id) < tuple_(published, literal(cursor[1], BigInteger))
        )
    rows = db.session.execute(statement).all()
    return page_of(rows, size, lambda row: encode_cursor(row.published_at.isoformat(), row.id))
