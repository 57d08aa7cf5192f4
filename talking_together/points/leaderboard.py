"""Who is ahead: members who chose to appear, and organisations by points per head."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.accounts.models import Member
from talking_together.extensions import db
from talking_together.organisations.models import Organisation

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

SHOWN = 50
# Of fewer people than this, a figure could be taken for one person's.
LEAST_GROUP = 5


@dataclass(frozen=True, slots=True)
class Leader:
    """A member's place; members with as many points share one."""

    rank: int
    points: int
    byline: Byline
    is_me: bool


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """Where the viewer stands: `rank` is None for one who did not choose to appear."""

    rank: int | None
    points: int


@dataclass(frozen=True, slots=True)
class LeadingOrganisation:
    """An organisation's place by points per head."""

    rank: int
    id: int
    name: str
    short_name: str
    members: int
    headcount: int
    per_head: float


def leading_members(viewer: "Viewer") -> list[Leader]:
    """Return the members with the most points among those who chose to appear."""
    rows = db.session.execute(leading_members_statement()).all()
    ranks = _shared_ranks([row.points for row in rows])
    return [
        Leader(rank, row.points, byline_of(row), row.id == viewer.id)
        for rank, row in zip(ranks, rows, strict=True)
    ]


def leading_members_statement() -> Any:
    """Return the statement behind `leading_members`; its order is that of an index."""
    return (
        select(Author.id, Author.points, *byline_columns())
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(Author.on_leaderboard.is_(True), Author.is_active.is_(True))
        .order_by(Author.points.desc(), Author.id.desc())
        .limit(SHOWN)
    )


def own_place(viewer: "Viewer") -> OwnPlace:
    """Return where the viewer stands among those who chose to appear."""
    row = db.session.execute(own_place_statement(viewer.id)).one()
    return OwnPlace(row.ahead + 1 if row.on_leaderboard else None, row.points)


def own_place_statement(member_id: int) -> Any:
    """Return the statement behind `own_place`; it counts along an index."""
    other = aliased(Member)
    ahead = (
        select(func.count())
        .where(
            other.on_leaderboard.is_(True),
            other.is_active.is_(True),
            other.points > Member.points,
        )
        .scalar_subquery()
    )
    return select(Member.on_leaderboard, Member.points, ahead.label("ahead")).where(Member.id == member_id)


def leading_organisations() -> list[LeadingOrganisation]:
    """Return the organisations by points per head, none of fewer than five people."""
    per_head = func.sum(Member.points) * 1.0 / Organisation.headcount
    rows = db.session.execute(
        select(
            Organisation.id,
            Organisation.name,
            Organisation.short_name,
            Organisation.headcount,
            func.count().label("members"),
            per_head.label("per_head"),
        )
        .join(Member, and_(Member.organisation_id == Organisation.id, Member.is_active.is_(True)))
        .where(Organisation.headcount >= LEAST_GROUP)
        .group_by(Organisation.id)
        .having(func.count() >= LEAST_GROUP)
        .order_by(per_head.desc(), Organisation.id)
    ).all()
    # Ranked as shown, to one decimal place.
    shown = [round(float(row.per_head), 1) for row in rows]
    return [
        LeadingOrganisation(rank, row.id, row.name, row.short_name, row.members, row.headcount, figure)
        for rank, row, figure in zip(_shared_ranks(shown), rows, shown, strict=True)
    ]


def _shared_ranks(scores: list[Any]) -> list[int]:
    """Return the rank of each score in a falling list: equal scores share the best of theirs."""
    ranks: list[int] = []
    for place, score in enumerate(scores, start=1):
        ranks.append(ranks[-1] if place > 1 and score == scores[place - 2] else place)
    return ranks
