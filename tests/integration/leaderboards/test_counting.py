"""Figures per head of organisations and staff groups, and the sweep that counts them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.leaderboards import counting, queries, sweeps
from talking_together.leaderboards.counting import count_board
from talking_together.points.models import CountedBoard, GroupTotal, PointSettings
from tests.factories import make_challenge, make_group, make_idea, make_member, make_organisation
from tests.factories.ledger import make_entry
from tests.support.client import Client
from tests.support.parallel import run_together

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headcount", "members", "earners", "shown"),
    [(5, 5, 5, True), (4, 5, 5, False), (1_000, 4, 4, False), (1_000, 9, 4, False), (1_000, 6, 5, True)],
)
def test_nothing_of_fewer_than_five_is_counted(
    app: Flask, headcount: int, members: int, earners: int, shown: bool
) -> None:
    organisation, group = make_organisation(headcount=headcount), make_group(name="Porters")
    for number in range(members):
        member = make_member(organisation, groups=[group])
        make_entry(member, 10 if number < earners else 0)
    for left_out in ({"is_active": False}, {"role": "moderator"}):
        make_entry(make_member(organisation, groups=[group], **left_out), 1_000)
    in_transaction(lambda: count_board("all"))
    organisations, groups = queries.leading_groups("all")
    assert [row.name for row in organisations] == ([organisation.name] if shown else [])
    assert [row.name for row in groups] == (["Porters"] if members >= 5 and earners >= 5 else [])
    if shown:
        assert organisations[0].per_head == round(10 * earners / headcount, 1)
        assert (organisations[0].members, organisations[0].people) == (members, headcount)
        assert groups[0].per_head == round(10 * earners / members, 1)


def test_the_page_ranks_them_and_says_when_they_were_counted(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    for name, points in (("Aldershaw", 40), ("Birchham", 40), ("Cressford", 90)):
        organisation = make_organisation(name=f"{name} Trust", headcount=100)
        for _ in range(5):
            make_entry(make_member(organisation), points)
    sweeps.count_groups()
    hold_clock(NOON + timedelta(minutes=4))
    page = client.sign_in(make_member()).get("/leaderboard", statements=6)
    rows = [" ".join(item.text.split()) for item in page.query(".leader")]
    assert [row.split(" Trust")[0] for row in rows] == [
        "Place 1 Cressford",
        "Place 2 Aldershaw",
        "Place 2 Birchham",
    ]
    assert "5 members of 100 people" in rows[0]
    assert "4.5 a head" in rows[0]
    assert "Counted 4 minutes ago" in page.text


def test_boards_that_move_are_counted_and_each_at_least_once(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    member = make_member()
    first, second = (make_idea(make_challenge()) for _ in range(2))
    make_entry(member, 5, day=date(2026, 1, 20), idea_id=first.id)
    make_entry(member, 5, idea_id=second.id)
    months = ["month:2026-03", "month:2026-02", "month:2026-01"]
    challenges = [f"challenge:{idea.challenge_id}" for idea in (first, second)]
    assert counting.due_boards() == ["all", *months, *challenges]
    assert sweeps.count_groups() == 6
    # The next time those move in which something happened lately, and what goes on.
    hold_clock(NOON + timedelta(hours=1))
    sweeps.count_groups()
    make_entry(member, 5, idea_id=first.id)
    assert counting.due_boards() == ["all", "month:2026-03", challenges[0]]
    hold_clock(datetime(2026, 4, 2, 12, tzinfo=UTC))
    assert counting.due_boards()[:3] == ["all", "month:2026-04", "month:2026-03"]


def test_the_sweep_rests_while_leaderboards_are_off(app: Flask) -> None:
    db.session.execute(update(PointSettings).values(leaderboards_on=False))
    db.session.commit()
    assert sweeps.count_groups() == 0
    assert not db.session.scalars(select(CountedBoard.board)).all()


def test_two_workers_count_one_board_at_once(app: Flask) -> None:
    organisation = make_organisation(headcount=10)
    for _ in range(5):
        make_entry(make_member(organisation), 10)
    run_together(app, [lambda: in_transaction(lambda: count_board("all"))] * 4)
    rows = db.session.execute(select(GroupTotal.points, GroupTotal.members)).all()
    assert [tuple(row) for row in rows] == [(50, 5)]
