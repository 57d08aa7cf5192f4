"""Points for thumbs up wait while the counts are hidden, since a balance would tell them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.points.models import PointEntry
from talking_together.votes.models import KeptBackThumb
from talking_together.votes.services import cast_vote
from talking_together.votes.sweeps import enter_kept_back_points
from tests.factories import make_challenge, make_comment, make_idea, make_member, viewer_of
from tests.factories.points import set_rule
from tests.support.parallel import run_together


def vote(voter: Member, kind: str, id: int, value: int = 1) -> int:
    result = cast_vote(viewer_of(voter), kind=kind, id=id, value=value)
    db.session.commit()
    return result.earned


def points_of(member: Member) -> int:
    balance: int = db.session.scalars(select(Member.points).where(Member.id == member.id)).one()
    db.session.rollback()
    return balance


def waiting() -> int:
    return db.session.scalar(select(func.count()).select_from(KeptBackThumb)) or 0


@pytest.mark.parametrize("counts_shown", ["once voted", "once closed"])
def test_a_thumb_up_earns_its_author_nothing_until_voting_closes(
    app: Flask, hold_clock: Callable[[datetime], None], counts_shown: str
) -> None:
    challenge, author = make_challenge(counts_shown=counts_shown), make_member()
    idea, closes = make_idea(challenge, author=author), challenge.closes_at
    comment = make_comment(idea, author=author)
    assert closes is not None
    for _ in range(3):
        assert vote(make_member(), "ideas", idea.id) == 1
    vote(make_member(), "comments", comment.id)
    enter_kept_back_points()
    assert (points_of(author), waiting()) == (0, 4)
    hold_clock(closes)
    assert enter_kept_back_points() == 4
    assert (points_of(author), waiting()) == (3 * 2 + 1, 0)
    assert enter_kept_back_points() == 0


def test_a_thumb_that_was_withdrawn_earns_nothing(app: Flask, hold_clock: Callable[[datetime], None]) -> None:
    challenge, author, voter = make_challenge(counts_shown="once closed"), make_member(), make_member()
    idea, closes = make_idea(challenge, author=author), challenge.closes_at
    assert closes is not None
    for value in (1, 0, 1, -1):
        vote(voter, "ideas", idea.id, value)
    hold_clock(closes)
    enter_kept_back_points()
    assert (points_of(author), waiting()) == (0, 0)


def test_points_come_when_the_challenge_stops_hiding(app: Flask) -> None:
    challenge, author = make_challenge(counts_shown="once voted"), make_member()
    idea = make_idea(challenge, author=author)
    vote(make_member(), "ideas", idea.id)
    db.session.get_one(Challenge, challenge.id).counts_shown = "always"
    db.session.commit()
    enter_kept_back_points()
    assert points_of(author) == 2
    vote(make_member(), "ideas", idea.id)
    assert points_of(author) == 4


def test_what_is_above_the_cap_of_a_day_follows_on_the_next(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    set_rule("thumb up on idea", daily_cap=2)
    challenge, author = make_challenge(counts_shown="once closed"), make_member()
    idea, closes = make_idea(challenge, author=author), challenge.closes_at
    assert closes is not None
    for _ in range(5):
        vote(make_member(), "ideas", idea.id)
    balances = []
    for day in range(4):
        hold_clock(closes + timedelta(days=day))
        enter_kept_back_points()
        balances.append(points_of(author))
    assert balances == [4, 8, 10, 10]
    assert waiting() == 0
    entries = db.session.scalars(select(PointEntry).where(PointEntry.event == "thumb up on idea")).all()
    assert len({entry.event_key for entry in entries}) == 5


def test_a_rule_that_earns_nothing_leaves_nothing_waiting(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    set_rule("thumb up on idea", is_on=False)
    challenge = make_challenge(counts_shown="once closed")
    idea, closes = make_idea(challenge), challenge.closes_at
    assert closes is not None
    vote(make_member(), "ideas", idea.id)
    hold_clock(closes)
    enter_kept_back_points()
    assert waiting() == 0
    assert clock.now() == closes


def test_a_thumb_withdrawn_while_it_is_entered_earns_nothing(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    challenge, author = make_challenge(counts_shown="once voted"), make_member()
    ideas = [make_idea(challenge, author=author) for _ in range(4)]
    voters = [make_member() for _ in range(3)]
    for voter in voters:
        for idea in ideas:
            vote(voter, "ideas", idea.id)
    # Nothing is hidden any more while voting is still open.
    challenge.counts_shown = "always"
    db.session.commit()
    ids, viewers = [idea.id for idea in ideas], [viewer_of(voter) for voter in voters]
    db.session.commit()

    def withdrawing(viewer: Any) -> Callable[[], None]:
        def withdraw() -> None:
            for id in ids[1:]:
                in_transaction(partial(cast_vote, viewer, kind="ideas", id=id, value=0))

        return withdraw

    jobs = [*map(withdrawing, viewers), enter_kept_back_points, enter_kept_back_points]
    assert [each for each in run_together(app, jobs) if isinstance(each, Exception)] == []
    assert (points_of(author), waiting()) == (3 * 2, 0)
