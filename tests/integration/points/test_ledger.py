"""What is entered in the ledger, and that nothing changes it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.points import recounts
from talking_together.points.models import PointEntry, PointRule, PointRuleVersion, PointTotal
from talking_together.points.rules import DEFAULT_RULES, WITHOUT_RULE
from talking_together.points.services import (
    MOST_GIVEN_BACK,
    Award,
    award,
    award_many,
    give_back,
    reverse,
    take_back,
)
from tests.factories import make_idea, make_member
from tests.factories.points import set_rule
from tests.factories.rows import saved
from tests.support.statements import recorded_statements


@pytest.fixture
def member(app: Flask) -> Member:
    """Return a member without points."""
    return make_member()


def balance(member: Member) -> int:
    assert list(recounts.drift()) == []
    db.session.expire_all()
    return member.points


def test_the_migration_brings_the_default_rules(app: Flask) -> None:
    version = PointRuleVersion
    stored = db.session.execute(select(version.event, version.points, version.daily_cap)).all()
    assert {tuple(row) for row in stored} == {tuple(rule[:3]) for rule in DEFAULT_RULES}
    known = set(db.session.scalars(select(PointRule.event)))
    assert known == {rule.event for rule in DEFAULT_RULES} | set(WITHOUT_RULE)


def test_an_event_earns_once_for_ever(member: Member) -> None:
    earned = [award("joined", member_id=member.id, key="joined:1") for _ in range(3)]
    assert earned == [50, 0, 0]
    assert balance(member) == 50


def test_what_is_taken_back_is_a_new_entry_and_never_earns_again(member: Member) -> None:
    award("idea published", member_id=member.id, key="idea published:1", idea_id=1)
    assert take_back(["idea published:1"]) == {member.id: -20}
    assert take_back(["idea published:1"]) == {}
    assert award("idea published", member_id=member.id, key="idea published:1") == 0
    entries = db.session.execute(
        select(PointEntry.points, PointEntry.is_reversal).order_by(PointEntry.id)
    ).all()
    assert [tuple(entry) for entry in entries] == [(20, False), (-20, True)]
    assert balance(member) == 0


def test_what_was_taken_back_can_be_given_back_and_taken_again(member: Member) -> None:
    key = "idea shortlisted:idea:1"
    award("idea shortlisted", member_id=member.id, key=key, idea_id=1)
    assert give_back([key]).keys == []
    for _ in range(3):
        assert reverse([key]) == ({member.id: -50}, [key])
        assert reverse([key]) == ({}, [])
        assert balance(member) == 0
        assert give_back([key]) == ({member.id: 50}, [key])
        assert give_back([key]) == ({}, [])
        assert balance(member) == 50


def test_giving_back_ends_while_taking_back_always_works(member: Member) -> None:
    key = "idea shortlisted:idea:1"
    award("idea shortlisted", member_id=member.id, key=key, idea_id=1)
    given = 0
    while take_back([key]) and give_back([key]).keys:
        given += 1
    assert given == MOST_GIVEN_BACK
    assert balance(member) == 0


def test_what_is_given_back_fills_no_cap(member: Member) -> None:
    for place in (1, 2):
        award("idea published", member_id=member.id, key=f"idea published:{place}", idea_id=place)
    take_back(["idea published:2"])
    give_back(["idea published:2"])
    assert award("idea published", member_id=member.id, key="idea published:3") == 20
    assert award("idea published", member_id=member.id, key="idea published:4") == 0


def test_shares_follow_what_they_are_a_share_of(member: Member) -> None:
    other, key = make_member(), "idea done:idea:1"
    award("idea done", member_id=member.id, key=key, idea_id=1)
    saved(
        PointEntry(
            member_id=other.id,
            event="idea done",
            points=7,
            event_key=f"{key}:share:{other.id}",
            share_of=key,
            day=clock.today(),
            at=clock.now(),
        )
    )
    db.session.execute(update(Member).where(Member.id == other.id).values(points=7))
    assert reverse([key]) == ({member.id: -100, other.id: -7}, [key])
    assert give_back([key]) == ({member.id: 100, other.id: 7}, [key])
    assert balance(other) == 7


def test_taking_back_what_never_earned_does_nothing(member: Member) -> None:
    assert take_back(["idea published:1"]) == {}
    assert take_back([]) == {}


@pytest.mark.parametrize(
    ("event", "cap"), [(rule.event, rule.daily_cap) for rule in DEFAULT_RULES if rule.daily_cap]
)
def test_a_cap_counts_events_of_a_day(member: Member, event: str, cap: int) -> None:
    earned = [award(event, member_id=member.id, key=f"{event}:{n}") > 0 for n in range(cap + 2)]
    assert earned == [True] * cap + [False] * 2


def test_a_cap_holds_within_one_batch(member: Member) -> None:
    other = make_member()
    batch = [
        Award("idea published", person.id, f"idea published:{person.id}:{n}")
        for n in range(5)
        for person in (member, other)
    ]
    assert award_many(batch) == {member.id: 60, other.id: 60}


def test_what_was_taken_back_still_fills_the_cap(member: Member) -> None:
    for n in range(3):
        award("idea published", member_id=member.id, key=f"idea published:{n}")
    take_back([f"idea published:{n}" for n in range(3)])
    assert award("idea published", member_id=member.id, key="idea published:9") == 0


@pytest.mark.parametrize(
    ("full", "fresh"),
    [
        # Midnight in London: at 23:00 UTC in summer, at 00:00 UTC in winter.
        (datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC), datetime(2026, 7, 1, 23, 0, tzinfo=UTC)),
        (datetime(2026, 1, 1, 23, 59, 59, tzinfo=UTC), datetime(2026, 1, 2, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_day_is_a_day_in_london(
    member: Member, hold_clock: Callable[[datetime], None], full: datetime, fresh: datetime
) -> None:
    hold_clock(full)
    earned = [award("idea published", member_id=member.id, key=f"before:{n}") for n in range(4)]
    hold_clock(fresh)
    earned.append(award("idea published", member_id=member.id, key="after"))
    assert earned == [20, 20, 20, 0, 20]


def test_an_entry_keeps_the_value_it_was_made_with(member: Member) -> None:
    award("comment published", member_id=member.id, key="comment published:1")
    set_rule("comment published", points=9)
    award("comment published", member_id=member.id, key="comment published:2")
    take_back(["comment published:1"])
    assert balance(member) == 9
    entries = db.session.execute(
        select(PointEntry.points, PointEntry.rule_version).order_by(PointEntry.id)
    ).all()
    assert [tuple(entry) for entry in entries] == [(5, 1), (9, 2), (-5, 1)]


@pytest.mark.parametrize(
    ("versions", "earned"),
    [
        # Hours from now that each version starts at, whether it is on, and what it gives.
        ([(-1, True, 7)], 7),
        ([(-1, True, 7), (1, True, 9)], 7),
        ([(-2, True, 7), (-1, True, 9)], 9),
        # What was planned long ago may start after what was changed since.
        ([(-1, True, 7), (-3, True, 9)], 7),
        ([(-1, True, 7), (-1, True, 9)], 9),
        ([(-1, False, 7)], 0),
        ([(-2, False, 7), (-1, True, 9)], 9),
    ],
)
def test_the_version_in_force_is_the_one_that_started_last(
    member: Member, versions: list[tuple[int, bool, int]], earned: int
) -> None:
    for hours, is_on, points in versions:
        starts_at = clock.now() + timedelta(hours=hours)
        set_rule("joined", points=points, is_on=is_on, starts_at=starts_at)
    withdrawn = set_rule("joined", points=1_000, starts_at=clock.now())
    withdrawn.withdrawn_at = clock.now()
    db.session.commit()
    assert award("joined", member_id=member.id, key="joined:1") == earned


def test_an_event_worth_nothing_leaves_no_entry(member: Member) -> None:
    set_rule("joined", points=0)
    assert award("joined", member_id=member.id, key="joined:1") == 0
    assert db.session.scalar(select(func.count()).select_from(PointEntry)) == 0


def test_awards_and_take_backs_cost_three_statements(app: Flask, member: Member) -> None:
    other = make_member()
    with recorded_statements(app) as recorded:
        award_many([Award("vote cast", member.id, "a"), Award("thumb up on idea", other.id, "b")])
        assert len(recorded) == 3
        take_back(["a", "b"])
        assert len(recorded) == 6


@pytest.mark.parametrize("change", [update(PointEntry).values(points=999), delete(PointEntry)])
def test_the_database_refuses_to_change_the_ledger(member: Member, change: object) -> None:
    award("joined", member_id=member.id, key="joined:1")
    db.session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(change)
    db.session.rollback()
    assert db.session.scalar(select(PointEntry.points)) == 50


def test_recounts_tell_of_a_total_that_is_wrong(member: Member) -> None:
    idea = make_idea(author=member)
    award("idea shortlisted", member_id=member.id, key="idea shortlisted:1", idea_id=idea.id)
    member.on_leaderboard = True
    db.session.commit()
    assert balance(member) == 50
    challenge, month = f"challenge:{idea.challenge_id}", f"month:{clock.today():%Y-%m}"
    assert set(db.session.execute(select(PointTotal.board, PointTotal.points, PointTotal.listed))) == {
        ("all", 50, True), (month, 50, True), (challenge, 50, True)
    }  # fmt: skip
    db.session.execute(update(PointTotal).where(PointTotal.board == "all").values(points=7))
    db.session.execute(update(PointTotal).where(PointTotal.board == month).values(listed=False))
    db.session.execute(delete(PointTotal).where(PointTotal.board == challenge))
    assert set(recounts.drift()) == {
        (f"member {member.id} points on all", 7, 50),
        (f"member {member.id} points on {challenge}", 0, 50),
        (f"member {member.id} listed on {month}", 0, 1),
    }
