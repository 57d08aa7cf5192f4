"""The orders of a list of ideas: each is a range of an index, whatever the challenge's size."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    case,
    column,
    func,
    literal,
    select,
    table,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.core.statements import given, run
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class _Order(NamedTuple):
    """A column to sort by, from high to low, and how its value travels in a cursor."""

    column: Any
    kind: type
    to_cursor: Callable[[Any], Any] = lambda value: value
    from_cursor: Callable[[Any], Any] = lambda value: value


def _to_microseconds(at: datetime) -> int:
    return (at - _ZERO) // _MICROSECOND


def _from_microseconds(value: int) -> datetime:
    try:
        return _ZERO + value * _MICROSECOND
    except OverflowError:
        raise NotFound() from None


_COLUMNS = {
    "trending": _Order(Idea.trending, float),
    "top": _Order(Idea.wilson, float),
    "new": _Order(Idea.published_at, int, _to_microseconds, _from_microseconds),
    "discussed": _Order(Idea.comments_count, int),
}

ORDERS = (*_COLUMNS, "needs-votes", "shuffled")
# What these put first says how the votes stand.
TELLING = frozenset({"trending", "top", "needs-votes"})


def page_in_order(
    cards: Select[Any],
    values: dict[str, Any],
    challenge_id: int,
    *,
    order: str,
    after: str | None,
    size: int,
    member_id: int,
    theme_id: int | None = None,
) -> Page:
    """Return one page of the rows of `cards`, a SELECT from Idea kept by who makes it.

    `values` are those that `cards` is to be run with. With a theme, only ideas filed under it.
    Raises NotFound for an unknown order.
    """
    values = {**values, "challenge": challenge_id, "rows": size + 1}
    in_theme = theme_id is not None
    if in_theme:
        values["theme"] = theme_id
    if order == "needs-votes":
        return _page_by_need(cards, values, after=after, size=size, member_id=member_id, in_theme=in_theme)
    if order == "shuffled":
        return _page_shuffled(cards, values, after=after, size=size, member_id=member_id, in_theme=in_theme)
    if order not in _COLUMNS:
        raise NotFound()
    _, kind, to_cursor, from_cursor = _COLUMNS[order]
    cursor = decode_cursor(after, (kind, int))
    if cursor:
        values |= {"last_value": from_cursor(cursor[0]), "last_id": cursor[1]}
    rows = run(_ordered(cards, order, is_first=cursor is None, in_theme=in_theme), values).all()
    return page_of(rows, size, lambda row: encode_cursor(to_cursor(row.sorted_by), row.id))


@cache
def _ordered(cards: Select[Any], order: str, *, is_first: bool, in_theme: bool) -> Select[Any]:
    column = _COLUMNS[order].column
    statement = cards.add_columns(column.label("sorted_by")).order_by(column.desc(), Idea.id.desc())
    if in_theme:
        return statement.where(Idea.id.in_(_in_theme(column.key, is_first=is_first)))
    statement = statement.where(Idea.challenge_id == _given("challenge"), Idea.listed).limit(_given("rows"))
    if is_first:
        return statement
    last = (given("last_value", column), _given("last_id"))
    return statement.where(tuple_(column, Idea.id) < tuple_(*last))


def _in_theme(column_name: str, *, is_first: bool) -> Select[Any]:
    """Return the ids of a page of a theme, looked up before anything else is joined to them.

    A common theme fills a page soon down the index of the order; a rare one has few ideas in all.
    No index has the theme in it: each would be written with every vote.
    """
    idea = aliased(Idea, name="filed")
    column = getattr(idea, column_name)
    ids = (
        select(idea.id)
        .where(idea.challenge_id == _given("challenge"), idea.listed, idea.theme_id == _given("theme"))
        .order_by(column.desc(), idea.id.desc())
        .limit(_given("rows"))
    )
    if is_first:
        return ids
    last = (given("last_value", column), _given("last_id"))
    return ids.where(tuple_(column, idea.id) < tuple_(*last))


def _page_shuffled(
    cards: Select[Any],
    values: dict[str, Any],
    *,
    after: str | None,
    size: int,
    member_id: int,
    in_theme: bool,
) -> Page:
    """Return ideas in the order of the ring alone, entered at the person's rotation of the day."""
    rotation, lap, key = ranking.rotation_of(member_id, clock.today()), 0, -1
    if cursor := decode_cursor(after, (int, int, int)):
        rotation, lap, key = cursor
    start = {
        "rotation": rotation,
        "first_after": max(rotation - 1, key) if lap == 0 else ranking.KEY_SPACE,
        "second_after": key if lap else -1,
    }
    rows = run(_shuffled(cards, in_theme=in_theme), values | start).all()
    return page_of(rows, size, lambda row: encode_cursor(rotation, row.lap, row.shuffle_key))


@cache
def _shuffled(cards: Select[Any], *, in_theme: bool) -> Select[Any]:
    """Return the keys from the rotation up, then those below it: each a range of an index."""
    filed = [Idea.theme_id == _given("theme")] if in_theme else []
    up = _lap(0, Idea.shuffle_key > _given("first_after"), *filed)
    below = _lap(1, Idea.shuffle_key > _given("second_after"), Idea.shuffle_key < _given("rotation"), *filed)
    laps = union_all(select(up), select(below)).subquery("laps")
    return (
        cards.add_columns(laps.c.lap, Idea.shuffle_key)
        .join(laps, laps.c.id == Idea.id)
        .order_by(laps.c.lap, Idea.shuffle_key)
        .limit(_given("rows"))
    )


def _lap(number: int, *within: ColumnElement[bool]) -> Any:
    return (
        select(Idea.id, literal(number).label("lap"))
        .where(Idea.challenge_id == _given("challenge"), Idea.listed, *within)
        .order_by(Idea.shuffle_key)
        .limit(_given("rows"))
        .subquery(f"lap{number}")
    )


def _page_by_need(
    cards: Select[Any],
    values: dict[str, Any],
    *,
    after: str | None,
    size: int,
    member_id: int,
    in_theme: bool,
) -> Page:
    """Return ideas with the fewest votes first, in a ring entered at the person's rotation.

    A recursive query walks from idea to idea, each step a few look-ups in the index. The cursor
    carries the rotation, so that somebody who reads on past midnight goes on in the same order.
    """
    rotation, votes, key = ranking.rotation_of(member_id, clock.today()), -1, -1
    if cursor := decode_cursor(after, (int, int, int)):
        rotation, votes, key = cursor
    start = {"rotation": rotation, "votes": votes, "key": key, "places": size}
    rows = run(_by_need(cards, in_theme=in_theme), values | start).all()
    return page_of(rows, size, lambda row: encode_cursor(rotation, row.votes_count, row.shuffle_key))


@cache
def _by_need(cards: Select[Any], *, in_theme: bool) -> Select[Any]:
    walk = _walk(in_theme=in_theme)
    return (
        cards.add_columns(Idea.votes_count, Idea.shuffle_key)
        .join(walk, walk.c.id == Idea.id)
        .order_by(walk.c.place)
    )


def _walk(*, in_theme: bool) -> CTE:
    first = _next_id(_given("votes"), _given("key"), in_theme=in_theme)
    walk = select(literal(1).label("place"), first.label("id")).cte("walk", recursive=True)
    here = _walked.alias("here")
    return walk.union_all(
        select(walk.c.place + 1, _next_id(here.c.votes_count, here.c.shuffle_key, in_theme=in_theme))
        .join_from(walk, here, here.c.id == walk.c.id)
        .where(walk.c.place <= _given("places"))
    )


# What the walk looks at, eleven times in one statement: of the whole table each would keep every column.
_walked = table(
    "ideas",
    *(
        column(each.key, each.type)
        for each in (
            Idea.id,
            Idea.challenge_id,
            Idea.listed,
            Idea.theme_id,
            Idea.votes_count,
            Idea.shuffle_key,
        )
    ),
)


def _given(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)


def _next_id(votes: Any, key: Any, *, in_theme: bool) -> ColumnElement[int]:
    """Return the id of the idea that follows the one with these votes and this key.

    Among ideas with as many votes come first the keys from the rotation up, then those below it;
    after them the ideas with the next higher number of votes, again from the rotation.
    """
    turn = _given("rotation")
    is_below = key < turn
    up_to = case((is_below, turn), else_=literal(ranking.KEY_SPACE, BigInteger))
    wrap_below = case((is_below, literal(-1, BigInteger)), else_=turn)

    def first(*where: Any, column: str = "id") -> Any:
        ideas = _walked.alias()
        idea = ideas.c
        if in_theme:
            where = (*where, lambda idea: idea.theme_id == _given("theme"))
        return (
            select(idea[column])
            .where(idea.challenge_id == _given("challenge"), idea.listed, *(test(idea) for test in where))
            .order_by(idea.votes_count, idea.shuffle_key)
            .limit(1)
            .correlate_except(ideas)
            .scalar_subquery()
        )

    next_votes = first(lambda idea: idea.votes_count > votes, column="votes_count")
    return func.coalesce(
        first(
            lambda idea: idea.votes_count == votes,
            lambda idea: idea.shuffle_key > key,
            lambda idea: idea.shuffle_key < up_to,
        ),
        first(
            lambda idea: idea.votes_count == votes,
            lambda idea: idea.shuffle_key < wrap_below,
        ),
        first(
            lambda idea: idea.votes_count == next_votes,
            lambda idea: idea.shuffle_key >= turn,
        ),
        first(lambda idea: idea.votes_count > votes),
    )
