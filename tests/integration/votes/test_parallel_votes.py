"""Votes cast at the same moment by real parallel connections."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.points.models import PointEntry
from talking_together.points.services import award
from talking_together.votes import recounts
from talking_together.votes.models import IdeaVote
from talking_together.votes.services import cast_vote
from tests.factories import make_comment, make_idea, make_member, viewer_of
from tests.support.parallel import run_together
from tests.support.vote_storm import storm

AT_ONCE = 10


def casting(member: Member, thing: Idea, value: int, times: int = 1) -> Callable[[], list[int]]:
    viewer, id = viewer_of(member), thing.id
    kind = "ideas" if isinstance(thing, Idea) else "comments"

    def cast() -> list[int]:
        return [
            in_transaction(lambda: cast_vote(viewer, kind=kind, id=id, value=value)).my_vote
            for _ in range(times)
        ]

    return cast


def test_a_hundred_identical_votes_make_one(app: Flask) -> None:
    idea, voter = make_idea(), make_member()
    results = run_together(app, [casting(voter, idea, 1, times=10)] * AT_ONCE)
    assert results == [[1] * 10] * AT_ONCE
    assert db.session.scalar(select(func.count()).select_from(IdeaVote)) == 1
    assert (idea.up_count, idea.votes_count) == (1, 1)
    assert db.session.scalar(select(func.count()).select_from(PointEntry)) == 2
    assert list(recounts.drift()) == []


@pytest.mark.parametrize("thing", [make_idea, make_comment])
def test_up_down_and_none_at_once_end_as_some_order_of_them_would(
    app: Flask, thing: Callable[[], Idea]
) -> None:
    thing_, voter = thing(), make_member()
    jobs = [casting(voter, thing_, value) for value in (1, -1, 0) * 3]
    results = run_together(app, jobs)
    assert sorted(value for (value,) in results) == [-1] * 3 + [0] * 3 + [1] * 3
    assert (thing_.up_count, thing_.down_count) in {(0, 0), (1, 0), (0, 1)}
    assert [label for label, *_ in recounts.drift() if "trending" not in label] == []
    balances = select(Member.id, Member.points).order_by(Member.id)
    sums = dict(
        db.session.execute(
            select(PointEntry.member_id, func.sum(PointEntry.points)).group_by(PointEntry.member_id)
        ).all()
    )
    assert all(points == sums.get(id, 0) for id, points in db.session.execute(balances))


def test_people_who_vote_on_each_others_ideas_do_not_block_each_other(app: Flask) -> None:
    one, other = make_member(), make_member()
    of_one, of_other = make_idea(author=one), make_idea(author=other)
    jobs = [casting(one, of_other, value) for value in (1, 0, -1)]
    jobs += [casting(other, of_one, value) for value in (1, 0, -1)]
    assert all(isinstance(result, list) for result in run_together(app, jobs))
    assert list(recounts.drift()) == []


def test_a_daily_cap_holds_under_parallel_awards(app: Flask) -> None:
    member_id = make_member().id

    def earn(key: int) -> Callable[[], int]:
        return lambda: in_transaction(
            lambda: award("idea published", member_id=member_id, key=f"idea published:{key}")
        )

    results = run_together(app, [earn(key) for key in range(AT_ONCE)])
    assert sorted(results) == [0] * (AT_ONCE - 3) + [20] * 3
    assert db.session.get(Member, member_id).points == 60


def test_one_event_earns_once_under_parallel_awards(app: Flask) -> None:
    member_id = make_member().id
    results = run_together(
        app,
        [lambda: in_transaction(lambda: award("joined", member_id=member_id, key="joined:1"))] * AT_ONCE,
    )
    assert sorted(results) == [0] * (AT_ONCE - 1) + [50]


def test_a_storm_of_conflicting_votes_leaves_no_drift(app: Flask) -> None:
    outcome = storm(app, connections=8, votes=400, ideas=5, voters=12)
    assert (outcome.errors, outcome.duplicates, outcome.drift) == (0, 0, 0)
