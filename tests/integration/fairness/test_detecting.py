"""The sweep finds what was planted among honest members, who stay out of it, on both databases."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

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
