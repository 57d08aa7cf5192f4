"""Trying a rule counts what people did, within the caps that it would have had, and changes nothing."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.core import clock
from talking_together.core.database import dialect_name
from talking_together.extensions import db
from talking_together.ideas.models import IdeaDecision
from talking_together.point_rules.simulation import FACTS, Figures, Terms, try_rule
from talking_together.points.models import PointRuleVersion
from talking_together.points.rules import IN_ORDER
from talking_together.points.services import award
from tests.factories import make_admin, make_challenge, make_comment, make_idea, make_member, make_vote
from tests.factories.rows import saved
from tests.support.client import Client
from tests.support.plans import plans_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ONE = Terms(1, None, True)


def tried(event: str, terms: Terms = ONE, now: Terms = ONE, days: int = 28) -> Figures:
    return try_rule(event, terms, now, days=days)


def test_figures_count_facts_by_member_and_day_with_the_caps_tried(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    challenge = make_challenge()
    authors = [make_member() for _ in range(5)]
    for author in authors:
        for _ in range(6):
            make_idea(challenge, author, published_at=NOON - timedelta(days=2))
    make_idea(challenge, authors[0], published_at=NOON - timedelta(days=3))
    make_idea(challenge, authors[0], published_at=NOON - timedelta(days=40))
    for author in authors:
        award("idea published", member_id=author.id, key=f"idea published:{author.id}")
    figures = tried("idea published", Terms(10, 5, True), Terms(20, 3, True))
    assert (figures.members, figures.tried, figures.now) == (5, 10 * 26, 20 * 16)
    assert figures.entered == 100
    off = tried("idea published", Terms(10, None, False), Terms(20, None, True), days=91)
    assert (off.tried, off.now) == (0, 20 * 32)


@pytest.mark.parametrize(
    ("moments", "days"),
    [
        # Midnight in London before and after the clocks went back on 25 October 2026.
        ((datetime(2026, 10, 24, 22, 59, tzinfo=UTC), datetime(2026, 10, 24, 23, 1, tzinfo=UTC)), 2),
        ((datetime(2026, 10, 25, 23, 1, tzinfo=UTC), datetime(2026, 10, 25, 23, 59, tzinfo=UTC)), 1),
        ((datetime(2026, 10, 25, 23, 59, tzinfo=UTC), datetime(2026, 10, 26, 0, 1, tzinfo=UTC)), 2),
        ((datetime(2026, 10, 24, 23, 1, tzinfo=UTC), datetime(2026, 10, 25, 23, 59, tzinfo=UTC)), 1),
        # The last of a day is not the first of the next.
        ((datetime(2026, 11, 2, 12, tzinfo=UTC), datetime(2026, 11, 2, 23, 59, 59, 999_999, tzinfo=UTC)), 1),
        ((datetime(2026, 11, 2, 23, 59, 59, 500_000, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)), 2),
    ],
)
def test_days_are_those_of_london(
    app: Flask, hold_clock: Callable[[datetime], None], moments: tuple[datetime, datetime], days: int
) -> None:
    hold_clock(NOON)
    challenge = make_challenge()
    for _ in range(5):
        author = make_member()
        for moment in moments:
            make_idea(challenge, author, published_at=moment)
    assert tried("idea published", Terms(1, 1, True), days=91).tried == 5 * days


def test_every_event_has_facts_and_no_figure_of_fewer_than_five(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    assert set(FACTS) == set(IN_ORDER)
    four = [make_member(joined_at=NOON) for _ in range(4)]
    make_member(joined_at=NOON - timedelta(days=400))
    assert not tried("joined").is_shown
    make_member(joined_at=NOON)
    assert (tried("joined").members, tried("joined").tried) == (5, 5)
    ideas = [make_idea(make_challenge(), author) for author in [*four, make_member()]]
    for idea in ideas:
        for to_status in ("shortlisted", "under review", "shortlisted"):
            saved(IdeaDecision(idea_id=idea.id, from_status="new", to_status=to_status, at=clock.now()))
        make_vote(make_comment(idea, make_member()), four[0])
        make_vote(idea, four[1], value=-1)
        make_vote(idea, four[2])
    assert tried("idea shortlisted").tried == 5
    assert tried("thumb up on idea").tried == tried("thumb up on comment").tried == 5
    assert not tried("vote cast").is_shown
    for event in IN_ORDER:
        tried(event)


@pytest.mark.parametrize("caps", [(1, None), (2, 3), (None, None)])
def test_figures_are_those_of_counting_facts_one_by_one(
    app: Flask, hold_clock: Callable[[datetime], None], caps: tuple[int | None, int | None]
) -> None:
    hold_clock(NOON)
    draw = Random(str(caps))  # noqa: S311 - facts, no secrets
    challenge, authors = make_challenge(), [make_member() for _ in range(8)]
    counted = Counter[tuple[int, date]]()
    # Around the night on which the clocks went back, whose days are 24 and 25 hours long.
    first = datetime(2026, 10, 23, 21, tzinfo=UTC)
    for _ in range(60):
        author, at = draw.choice(authors), first + timedelta(minutes=draw.randrange(5 * 24 * 60))
        make_idea(challenge, author, published_at=at)
        counted[author.id, clock.to_london(at).date()] += 1
    figures = tried("idea published", Terms(7, caps[0], True), Terms(4, caps[1], True), days=91)
    given = [sum(min(times, cap or times) for times in counted.values()) for cap in caps]
    members = len({member for member, _ in counted})
    assert (figures.members, figures.tried, figures.now) == (members, 7 * given[0], 4 * given[1])


@pytest.mark.parametrize("event", ["vote cast", "thumb up on idea", "thumb up on comment"])
def test_votes_are_read_as_they_lie_and_not_one_by_one_behind_an_index(app: Flask, event: str) -> None:
    plan = plans_of(lambda: tried(event))[0]
    if dialect_name() == "sqlite":
        assert "votes USING" not in plan


def test_trying_is_shown_on_the_form_and_saves_nothing(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    path = "/admin/points/joined"
    client.sign_in(make_admin(joined_at=NOON))
    page = client.get(path).form(path).submit(status=200, points="70", window="91", **{"try": "1"})
    assert "Fewer than five people did this over three months" in page.text
    for _ in range(4):
        make_member(joined_at=NOON)
    page = page.form(path).submit(status=200, statements=6, points="70", **{"try": "1"})
    words = (
        "Over three months up to today this would have given 350 points instead of 250 points, to 5 members"
    )
    assert words in page.text
    assert "Nothing was saved" in page.text
    assert page.form(path).fields["points"] == "70"
    page.form(path).submit(status=422, points="-5", **{"try": "1"})
    statement = select(func.count()).where(PointRuleVersion.event == "joined")
    assert db.session.scalar(statement) == 1
