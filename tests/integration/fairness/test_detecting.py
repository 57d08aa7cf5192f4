"""The sweep finds what was planted among honest members, who stay out of it, on both databases."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.fairness.detecting.tally import recent_voters
from talking_together.fairness.models import GamingSign
from talking_together.fairness.naming import votes_named
from talking_together.fairness.sweeps import look_for_signs, signs_found
from talking_together.fairness.words import KIND_WORDS
from tests.factories import make_idea, make_member, make_vote
from tests.support.gaming import Simulation
from tests.support.gaming_figures import figures_of
from tests.support.plans import plans_of
from tests.support.statements import recorded_statements


def test_a_small_site_with_gaming_planted_in_it(app: Flask) -> None:
    world = Simulation(3, members=60).run()
    found = signs_found()
    figures = figures_of(world, found)
    assert figures.found == figures.planted
    assert dict(+figures.wronged) == {}
    new = look_for_signs()
    assert (new, look_for_signs()) == (len({sign.subject_key for sign in found}), 0)
    signs = db.session.scalars(select(GamingSign)).all()
    assert len(signs) == new
    for sign in signs:
        assert KIND_WORDS[sign.kind].says(sign.evidence)
        # What the page says is what would be set aside.
        assert len(votes_named(sign.kind, sign.evidence, until=sign.seen_at)) == sign.evidence["votes"]
    db.session.commit()


def test_what_happened_long_ago_is_not_looked_at_again(app: Flask, hold_clock: Callable[..., None]) -> None:
    Simulation(3, members=40).run()
    hold_clock(clock.now() + timedelta(days=8))
    assert look_for_signs() == 0
    assert db.session.scalar(select(func.count()).select_from(GamingSign)) == 0


def test_a_burst_is_seen_after_the_worker_stood_still(app: Flask, hold_clock: Callable[..., None]) -> None:
    start = clock.now()
    hold_clock(start)
    assert look_for_signs() == 0
    ideas = [make_idea() for _ in range(16)]

    def votes_of(member: Member, *, hour: int, pace: float) -> None:
        for number, idea in enumerate(ideas):
            make_vote(idea, member).cast_at = start + timedelta(hours=hour, seconds=pace * number)
        db.session.commit()

    quick, slow = make_member(), make_member()
    votes_of(quick, hour=1, pace=0.5)
    votes_of(slow, hour=1, pace=90)
    hold_clock(start + timedelta(days=16))
    assert signs_found() == []
    hold_clock(start + timedelta(days=13))
    # One that was stopped leaves all to the next.
    assert look_for_signs(stop=lambda: True) == 0
    with recorded_statements(app) as statements:
        (found,) = signs_found()
    assert (found.voters, found.votes, len(found.figures["spans"])) == ((quick.id,), 16, 1)
    few = len(statements)
    for _ in range(3):
        votes_of(make_member(), hour=2, pace=0.5)
    with recorded_statements(app) as statements:
        assert len(signs_found()) == 4
    assert len(statements) == few
    assert (look_for_signs(), look_for_signs()) == (4, 0)
    hold_clock(start + timedelta(days=16))
    assert signs_found() == []


def test_those_who_voted_lately_are_found_along_an_index(app: Flask) -> None:
    imported = make_member(imported_from="An earlier consultation", imported_id="7")
    idea, voter = make_idea(), make_member()
    make_vote(idea, voter)
    make_vote(idea, imported)
    since = clock.now() - timedelta(hours=1)
    assert recent_voters(since) == [voter.id]
    plans = "\n".join(plans_of(lambda: recent_voters(since), as_if_large=True))
    assert "ix_idea_votes_cast_at" in plans
    assert "ix_comment_votes_cast_at" in plans
