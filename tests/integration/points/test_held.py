"""What is earned under a hidden name comes as one sum of the week, and tells nothing before."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.points import recounts
from talking_together.points.models import HeldEntry, PointEntry, PointTotal
from talking_together.points.services import Award, enter, give_back, reverse, shared
from talking_together.points.sweeps import enter_weeks_of_hidden_names
from tests.factories import make_idea, make_member
from tests.support.parallel import run_together

# A Thursday in summer: midnight in London is at 23:00 UTC.
THURSDAY = datetime(2026, 7, 2, 12, tzinfo=UTC)
BEFORE_MONDAY = datetime(2026, 7, 5, 22, 59, 59, tzinfo=UTC)
MONDAY = datetime(2026, 7, 5, 23, 0, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 7, 12, 23, 30, tzinfo=UTC)
KEY = "idea published:idea:1"


@pytest.fixture
def member(app: Flask, hold_clock: Callable[[datetime], None]) -> Member:
    """Return a member without points, on a Thursday."""
    hold_clock(THURSDAY)
    return make_member()


def earn(*awards: Award) -> dict[int, int]:
    return in_transaction(lambda: enter(awards)).changes


def balance(member: Member) -> int:
    assert list(recounts.drift()) == []
    db.session.expire_all()
    points = member.points
    db.session.rollback()
    return points


def weeks() -> list[tuple[str, int, bool]]:
    statement = select(PointEntry.event_key, PointEntry.points, PointEntry.on_boards).where(
        PointEntry.event == "week of hidden names"
    )
    return [tuple(row) for row in db.session.execute(statement.order_by(PointEntry.id))]


def test_a_week_of_hidden_names_is_one_entry_that_no_leaderboard_counts(
    member: Member, hold_clock: Callable[[datetime], None]
) -> None:
    member_id, idea = member.id, make_idea(author=member)
    assert earn(Award("idea published", member_id, KEY, idea.id, hidden=True)) == {}
    earn(Award("comment published", member_id, "comment published:comment:1", idea.id, hidden=True))
    hold_clock(BEFORE_MONDAY)
    assert enter_weeks_of_hidden_names() == 0
    assert (balance(member), db.session.scalars(select(PointTotal.points)).all()) == (0, [])
    hold_clock(MONDAY)
    earn(Award("idea published", member_id, "idea published:idea:2", hidden=True))
    assert enter_weeks_of_hidden_names() == 1
    assert enter_weeks_of_hidden_names() == 0
    assert weeks() == [(f"week:2026-W27:member:{member_id}", 25, False)]
    assert (balance(member), db.session.scalars(select(PointTotal.points)).all()) == (25, [])
    hold_clock(NEXT_MONDAY)
    enter_weeks_of_hidden_names()
    assert weeks()[1:] == [(f"week:2026-W28:member:{member_id}", 20, False)]
    assert balance(member) == 45


def test_keys_and_caps_hold_over_both_tables(member: Member) -> None:
    def award(number: int, *, hidden: bool) -> Award:
        return Award("idea published", member.id, f"idea published:idea:{number}", hidden=hidden)

    assert earn(award(1, hidden=True), award(2, hidden=False)) == {member.id: 20}
    # Whether the name is hidden may change; what was earned once was earned.
    assert earn(award(1, hidden=False), award(2, hidden=True)) == {}
    assert earn(award(3, hidden=True), award(4, hidden=False), award(5, hidden=True)) == {member.id: 20}
    assert db.session.scalars(select(HeldEntry.event_key)).all() == ["idea published:idea:1"]


def test_what_is_taken_back_before_its_week_ends_comes_to_nothing(
    member: Member, hold_clock: Callable[[datetime], None]
) -> None:
    earn(Award("idea published", member.id, KEY, hidden=True))
    assert reverse([KEY]) == ({}, [KEY])
    assert reverse([KEY]) == ({}, [])
    db.session.commit()
    hold_clock(MONDAY)
    assert enter_weeks_of_hidden_names() == 1
    assert enter_weeks_of_hidden_names() == 0
    assert (weeks(), balance(member)) == ([], 0)
    assert earn(Award("idea published", member.id, KEY, hidden=True)) == {}


def test_what_is_taken_back_or_given_back_later_moves_the_next_week(
    member: Member, hold_clock: Callable[[datetime], None]
) -> None:
    other = make_member()
    with_other = shared(Award("idea published", member.id, KEY, hidden=True), [other.id])
    earn(*with_other)
    hold_clock(MONDAY)
    enter_weeks_of_hidden_names()
    assert (balance(member), balance(other)) == (10, 10)
    assert reverse([KEY]) == ({}, [KEY])
    db.session.commit()
    assert enter_weeks_of_hidden_names() == 0
    hold_clock(NEXT_MONDAY)
    assert enter_weeks_of_hidden_names() == 2
    assert (balance(member), balance(other)) == (0, 0)
    assert give_back([KEY]).keys == [KEY]
    db.session.commit()
    hold_clock(datetime(2026, 7, 20, 12, tzinfo=UTC))
    enter_weeks_of_hidden_names()
    assert [points for _key, points, _on_boards in weeks()] == [10, 10, -10, -10, 10, 10]


def test_what_comes_late_to_a_week_waits_for_the_next(
    member: Member, hold_clock: Callable[[datetime], None]
) -> None:
    earn(Award("idea published", member.id, KEY, hidden=True))
    hold_clock(MONDAY)
    enter_weeks_of_hidden_names()
    hold_clock(BEFORE_MONDAY)
    earn(Award("comment published", member.id, "comment published:comment:1", hidden=True))
    hold_clock(MONDAY)
    assert enter_weeks_of_hidden_names() == 0
    hold_clock(NEXT_MONDAY)
    assert enter_weeks_of_hidden_names() == 1
    assert balance(member) == 25


def test_sweeps_in_parallel_enter_a_week_once(
    app: Flask, member: Member, hold_clock: Callable[[datetime], None]
) -> None:
    members = [member, *(make_member() for _ in range(4))]
    earn(*(Award("joined", person.id, f"joined:{person.id}", hidden=True) for person in members))
    hold_clock(MONDAY)
    entered = run_together(app, [enter_weeks_of_hidden_names] * 4)
    assert all(isinstance(result, int) for result in entered), entered
    assert len(weeks()) == 5
    assert {balance(person) for person in members} == {50}
