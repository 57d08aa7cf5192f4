"""Points are spent once, never below zero, and given back once."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict
from talking_together.extensions import db
from talking_together.points import recounts
from talking_together.points.models import PointEntry, PointTotal
from talking_together.points.services import award, take_back
from talking_together.points.spending import NotEnoughPoints, return_spent, spend, spent_by
from tests.factories import make_member
from tests.factories.points import give_points
from tests.support.parallel import run_together

REDEEMED = "reward redeemed"


@pytest.fixture
def member(app: Flask) -> Member:
    """Return a member with 60 points."""
    member = make_member()
    give_points(member.id, 60)
    return member


def balance(member: Member) -> int:
    assert list(recounts.drift()) == []
    db.session.expire_all()
    return member.points


def test_what_is_spent_leaves_the_balance_but_no_leaderboard(member: Member) -> None:
    assert spend(member.id, event=REDEEMED, key="k:1", cost=50, reward_id=7) == 10
    assert spend(member.id, event=REDEEMED, key="k:0", cost=0, reward_id=7) == 10
    assert balance(member) == 10
    assert spent_by(member.id) == spent_by(member.id, reward_id=7) == 50
    assert spent_by(member.id, reward_id=8) == 0
    assert set(db.session.scalars(select(PointTotal.points))) == {60}
    entries = db.session.scalars(select(PointEntry).where(PointEntry.is_spending)).all()
    assert [(entry.points, entry.reward_id, entry.rule_version) for entry in entries] == [(-50, 7, 0)]


def test_nobody_spends_more_than_they_have_nor_twice_for_one_thing(member: Member) -> None:
    with pytest.raises(NotEnoughPoints, match="You have 60 points and this costs 61"):
        spend(member.id, event=REDEEMED, key="k:1", cost=61, reward_id=7)
    spend(member.id, event=REDEEMED, key="k:1", cost=20, reward_id=7)
    with pytest.raises(Conflict, match="paid for"):
        spend(member.id, event=REDEEMED, key="k:1", cost=20, reward_id=7)
    assert balance(member) == 40


@pytest.mark.parametrize(("event", "cost"), [(REDEEMED, -5), ("idea done", 5)])
def test_only_a_cost_is_spent(member: Member, event: str, cost: int) -> None:
    with pytest.raises(ValueError, match="spent"):
        spend(member.id, event=event, key="k:1", cost=cost, reward_id=7)


def test_what_was_spent_comes_back_once(member: Member) -> None:
    other = make_member()
    give_points(other.id, 5)
    for person, cost in ((member, 50), (other, 5)):
        spend(person.id, event="points pledged", key=f"k:{person.id}", cost=cost, reward_id=7)
    keys = [f"k:{member.id}", f"k:{other.id}", "k:none"]
    assert return_spent(keys) == {member.id: 50, other.id: 5}
    assert return_spent(keys) == {}
    assert (balance(member), balance(other), spent_by(member.id)) == (60, 5, 0)
    assert set(db.session.scalars(select(PointTotal.points))) == {60, 5}


def test_only_taking_back_what_was_earned_goes_below_zero(member: Member) -> None:
    award("idea published", member_id=member.id, key="idea published:1", idea_id=1)
    spend(member.id, event=REDEEMED, key="k:1", cost=75, reward_id=7)
    take_back(["idea published:1"])
    assert balance(member) == -15
    with pytest.raises(NotEnoughPoints, match="You have −15 points"):
        spend(member.id, event=REDEEMED, key="k:2", cost=1, reward_id=7)


def test_a_balance_is_not_spent_twice_in_parallel(app: Flask, member: Member) -> None:
    member_id = member.id

    def buy(number: int) -> int:
        def work() -> int:
            return spend(member_id, event=REDEEMED, key=f"k:{number}", cost=25, reward_id=7)

        return in_transaction(work)

    results = run_together(app, [lambda number=number: buy(number) for number in range(8)])
    assert sorted(str(result) for result in results) == [
        "10", "35", *["You have 10 points and this costs 25."] * 6
    ]  # fmt: skip
    assert balance(member) == 10
    back = run_together(app, [lambda: in_transaction(lambda: return_spent([f"k:{n}" for n in range(8)]))] * 4)
    assert sorted(sum(changes.values()) for changes in back) == [0, 0, 0, 50]
    assert balance(member) == 60
    assert db.session.scalar(select(func.count()).select_from(PointEntry)) == 5
