"""Reads of the ledger: a member's own page."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Date, Integer, String, bindparam, case, func, select, tuple_

from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.core.statements import given, run
from talking_together.points.models import PointEntry, PointRule, PointRuleVersion
from talking_together.points.rules import ENTRY_WORDS, IN_ORDER, RULE_OF, limit_in_words
from talking_together.points.versions import id_in_force

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 40


@dataclass(frozen=True, slots=True)
class Earned:
    """What one kind of event on one thing earned on one London day, taken together.

    A day is as close as it gets: the moment of a thumb up could tell an author who gave it. `turn`
    is 0 for what was earned or spent, 1 for what was taken back, 2 for what was given back. Behind
    `rule_version` 0 stands no rule.
    """

    day: date
    event: str
    idea_id: int | None
    comment_id: int | None
    turn: int
    rule_version: int
    reward_id: int | None
    times: int
    points: int

    @property
    def words(self) -> str:
        """Return what happened, in words."""
        return ENTRY_WORDS[self.event]

    @property
    def on_day(self) -> datetime:
        """Return midday of the day, as pages show days by a moment of them."""
        return clock.from_london(datetime.combine(self.day, time(12)))


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """A rule as pages explain it."""

    words: str
    points: int
    limit: str


def earned_by(member: "Viewer", *, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of what the member earned and spent, newest day first, in one statement."""
    values: dict[str, Any] = {"member_id": member.id}
    cursor = decode_cursor(after, (str, str, int, int, int, int, int))
    if cursor:
        last = (_day_of(cursor[0]), *cursor[1:])
        values |= {f"last_{place}": value for place, value in enumerate(last)}
    found: Any = run(_earned(size, goes_on=cursor is not None), values)
    rows = [
        Earned(day, event, idea or None, comment or None, turn, version, reward or None, times, int(points))
        for day, event, idea, comment, turn, version, reward, times, points in found
    ]
    return page_of(rows, size, _cursor_of)


@cache
def _earned(size: int, *, goes_on: bool) -> Any:
    """Return the statement of a page, the first one or one that goes on behind the `last_…` values."""
    keys: tuple[Any, ...] = (
        PointEntry.day,
        PointEntry.event,
        func.coalesce(PointEntry.idea_id, 0),
        func.coalesce(PointEntry.comment_id, 0),
        case((~PointEntry.is_reversal, 0), (PointEntry.points < 0, 1), else_=2),
        PointEntry.rule_version,
        func.coalesce(PointEntry.reward_id, 0),
    )
    of_member = PointEntry.member_id == given("member_id", PointEntry.member_id)
    conditions: list[Any] = [of_member]
    if goes_on:
        kinds: list[Any] = [Date(), String(), BigInteger(), BigInteger(), *[Integer()] * 3]
        last = [bindparam(f"last_{place}", type_=kind) for place, kind in enumerate(kinds)]
        # The day alone, too, since that is what the index can begin from.
        conditions += [PointEntry.day <= last[0], tuple_(*keys) < tuple_(*last)]
    # A day has one row at least: of more days than rows nothing is grouped, however long it goes back.
    days = select(PointEntry.day).where(*conditions[:2]).distinct().order_by(PointEntry.day.desc())
    oldest = select(func.min(days.limit(size + 2).subquery().c.day)).scalar_subquery()
    return (
        select(*keys, func.count(), func.sum(PointEntry.points))
        .where(*conditions, PointEntry.day >= oldest)
        .group_by(*keys)
        .order_by(*(key.desc() for key in keys))
        .limit(size + 1)
    )


def rules() -> list[RuleInWords]:
    """Return what events earn now, those worth nothing left out."""
    rows = {row.event: row for row in run(_rules(), {"at": clock.now()})}
    return [
        RuleInWords(RULE_OF[event].words, rows[event].points, limit_in_words(event, rows[event].daily_cap))
        for event in IN_ORDER
        if event in rows and rows[event].points
    ]


@cache
def _rules() -> Any:
    version = PointRuleVersion
    in_force = id_in_force(PointRule.event, given("at", PointEntry.at))
    return (
        select(version.event, version.points, version.daily_cap)
        .join(PointRule, version.id == in_force)
        .where(version.is_on)
    )


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound() from None


def _cursor_of(row: Earned) -> str:
    ids = row.idea_id or 0, row.comment_id or 0, row.turn, row.rule_version, row.reward_id or 0
    return encode_cursor(row.day.isoformat(), row.event, *ids)
