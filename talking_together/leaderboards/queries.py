"""Reads of the leaderboards: who leads, where the viewer stands, and figures per head.

Points are those of the last midnight, never of the moment (see `leaderboards.counting`). Every read
goes along an index of `point_totals`, so a page costs the same at a hundred members and at twenty
thousand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, func, literal, select, tuple_, union_all

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values, visible_to_given
from talking_together.core import clock
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.leaderboards.boards import MONTH, month_of, shared_ranks
from talking_together.organisations.models import Organisation, StaffGroup
from talking_together.points.models import GroupTotal, PointSettings, PointTotal

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

SHOWN = 50
# On each side of the viewer's own place.
AROUND = 5
# Places are counted one by one, so far and no further.
LAST_COUNTED = 1_000
MOST_CHALLENGES = 200


@dataclass(frozen=True, slots=True)
class Leader:
    """A member's place; members with as many points share one. `rank` None is one not counted."""

    rank: int | None
    points: int
    byline: Byline
    is_me: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the viewer stands on a board, and when boards were last brought to the ledger's totals.

    `listed`: the board shows them, `chosen`: they asked to be shown. `rank` is None after the first
    thousand, and for one who is not listed or has no points there; `around` are the places next to
    theirs where the leaders do not hold them.
    """

    points: int
    chosen: bool
    listed: bool
    shown_at: datetime | None
    rank: int | None = None
    around: tuple[Leader, ...] = ()


@dataclass(frozen=True, slots=True)
class LeadingGroup:
    """The place of an organisation or staff group by points per head, to one decimal place."""

    rank: int
    name: str
    members: int
    people: int
    per_head: float


def leaderboards_on() -> bool:
    """Return whether the site has leaderboards."""
    return bool(db.session.scalar(select(PointSettings.leaderboards_on).where(PointSettings.id == 1)))


def first_month() -> str:
    """Return the month of the first entry of the ledger; this one before there is any."""
    statement = (
        select(PointTotal.board)
        .where(PointTotal.board >= f"{MONTH}:", PointTotal.board < f"{MONTH};")
        .order_by(PointTotal.board)
        .limit(1)
    )
    board = db.session.scalar(statement)
    return board.partition(":")[2] if board else month_of(clock.today())


def challenges_with_boards(viewer: "Viewer") -> Sequence[Any]:
    """Return id and title of the challenges that have opened and that the viewer sees, newest first."""
    statement = _challenges(is_moderator=viewer.is_moderator)
    return run(statement, {**viewer_values(viewer), "at": clock.now()}).all()


@cache
def _challenges(*, is_moderator: bool) -> Any:
    return (
        select(Challenge.id, Challenge.title)
        .where(
            visible_to_given(is_moderator=is_moderator),
            Challenge.is_published,
            Challenge.opens_at <= given("at", Challenge.opens_at),
        )
        .order_by(Challenge.opens_at.desc(), Challenge.id.desc())
        .limit(MOST_CHALLENGES)
    )


def leading_members(viewer: "Viewer", board: str) -> list[Leader]:
    """Return the members with the most points among those whom the board shows."""
    rows = run(_leaders(), {"board": board}).all()
    ranks = shared_ranks([row.points for row in rows])
    return [_leader(viewer, row, rank) for rank, row in zip(ranks, rows, strict=True)]


def standing_of(viewer: "Viewer", board: str, leaders: Sequence[Leader]) -> Standing:
    """Return where the viewer stands on a board whose leaders these are."""
    row = run(_own(), {"board": board, "member_id": viewer.id}).one()
    points, listed = row.points or 0, bool(row.listed)
    if not listed or points <= 0:
        return Standing(points, row.on_leaderboard, listed, row.shown_at)
    rank = next((leader.rank for leader in leaders if leader.is_me), None)
    around: tuple[Leader, ...] = ()
    if rank is None:
        around = _around(viewer, board, points)
        rank = next((leader.rank for leader in around if leader.is_me), None)
    return Standing(points, row.on_leaderboard, listed, row.shown_at, rank, around)


def leading_groups(board: str) -> tuple[list[LeadingGroup], list[LeadingGroup]]:
    """Return the organisations and the staff groups with the most points per head."""
    rows = run(_groups(), {"board": board}).all()
    organisations = [row for row in rows if row.kind == "organisation"]
    return _ranked(organisations), _ranked([row for row in rows if row.kind == "group"])


def _ranked(rows: Sequence[Any]) -> list[LeadingGroup]:
    # Ranked as shown, to one decimal place.
    shown = [round(float(row.per_head), 1) for row in rows]
    return [
        LeadingGroup(rank, row.name, row.members, row.people, figure)
        for rank, row, figure in zip(shared_ranks(shown), rows, shown, strict=True)
    ]


def _leader(viewer: "Viewer", row: Any, rank: int | None) -> Leader:
    return Leader(rank, row.points, byline_of(row), row.member_id == viewer.id)


def _around(viewer: "Viewer", board: str, points: int) -> tuple[Leader, ...]:
    """Return the viewer's place with those next to it, the highest first."""
    values = {"board": board, "member_id": viewer.id, "points": points}
    rows = run(_neighbours(), values).all()
    ranks: list[int | None] = [None] * len(rows)
    place, higher = next((row.place, row.higher) for row in rows if row.place)
    if place <= LAST_COUNTED:
        # The place of the first row; its rank is better where others before it have as many points.
        first = place + 1 - sum(row.place is not None for row in rows)
        scores = [row.points for row in rows]
        ranks = [higher + 1 if rank == first else rank for rank in shared_ranks(scores, first)]
    return tuple(_leader(viewer, row, rank) for row, rank in zip(rows, ranks, strict=True))


def _listed() -> Any:
    return and_(PointTotal.board == _BOARD, PointTotal.listed.is_(True))


def _with_points() -> Any:
    return and_(_listed(), PointTotal.shown > 0)


_SHOWN = PointTotal.shown.label("points")
_BOARD = given("board", PointTotal.board)
_MEMBER = given("member_id", PointTotal.member_id)
_POINTS = given("points", PointTotal.shown)


@cache
def _leaders() -> Any:
    return (
        select(PointTotal.member_id, _SHOWN, *byline_columns())
        .join(Author, Author.id == PointTotal.member_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(_with_points())
        .order_by(PointTotal.shown.desc(), PointTotal.member_id.desc())
        .limit(SHOWN)
    )


@cache
def _own() -> Any:
    shown_at = select(PointSettings.shown_at).where(PointSettings.id == 1).scalar_subquery()
    return (
        select(Member.on_leaderboard, _SHOWN, PointTotal.listed, shown_at.label("shown_at"))
        .select_from(Member)
        .outerjoin(PointTotal, and_(PointTotal.board == _BOARD, PointTotal.member_id == Member.id))
        .where(Member.id == _MEMBER)
    )


@cache
def _neighbours() -> Any:
    """Return the statement of the places around one, which goes along the index both ways from it.

    `place` is the number of rows down to the member's own, `higher` that of members with more points
    than the first of the rows: neither is counted further than one beyond the last that is shown.
    """
    totals = (PointTotal.shown, PointTotal.member_id)
    own = tuple_(_POINTS, _MEMBER)
    near = (
        select(PointTotal.member_id, _SHOWN)
        # Without a word of points above nothing, which SQLite would begin from.
        .where(_listed(), tuple_(*totals) >= own)
        .order_by(*totals)
        .limit(AROUND + 1)
        .cte("near")
    )
    behind = (
        select(PointTotal.member_id, _SHOWN)
        .where(_with_points(), tuple_(*totals) < own)
        .order_by(*(column.desc() for column in totals))
        .limit(AROUND)
        .subquery("behind")
    )
    most = select(func.max(near.c.points)).scalar_subquery()
    place, higher = _counted(tuple_(*totals) >= own), _counted(PointTotal.shown > most)
    unknown = literal(None, Integer)
    both = union_all(
        select(near, place.label("place"), higher.label("higher")),
        select(behind, unknown.label("place"), unknown.label("higher")),
    ).subquery("around")
    return (
        select(both, *byline_columns())
        .join(Author, Author.id == both.c.member_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .order_by(both.c.points.desc(), both.c.member_id.desc())
    )


def _counted(condition: Any) -> Any:
    rows = select(PointTotal.member_id).where(_listed(), condition).limit(LAST_COUNTED + 1)
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


@cache
def _groups() -> Any:
    parts = [
        select(GroupTotal.kind, table.name, GroupTotal.members, GroupTotal.people, GroupTotal.per_head)
        .join(table, table.id == GroupTotal.group_id)
        .where(GroupTotal.board == _BOARD, GroupTotal.kind == kind, GroupTotal.per_head > 0)
        .order_by(GroupTotal.per_head.desc(), GroupTotal.group_id.desc())
        .limit(SHOWN)
        .subquery(kind + "s")
        for kind, table in (("organisation", Organisation), ("group", StaffGroup))
    ]
    both: Any = union_all(*(select(part) for part in parts)).subquery("leading")
    return select(both).order_by(both.c.kind, both.c.per_head.desc(), both.c.name)
