"""Figures per head of organisations and staff groups, and the sweep that counts them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.leaderboards import counting, queries, sweeps
from talking_together.points.models import GroupTotal, PointSettings, PointTotal
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
    sweeps.count_boards()
    organisations, groups = queries.leading_groups("all")
    assert [row.name for row in organisations] == ([organisation.name] if shown else [])
    assert [row.name for row in groups] == (["Porters"] if members >= 5 and earners >= 5 else [])
    if shown:
        assert organisations[0].per_head == round(10 * earners / headcount, 1)
        assert (organisations[0].members, organisations[0].people) == (members, headcount)
        assert groups[0].per_head == round(10 * earners / members, 1)


def test_the_page_ranks_them(client: Client) -> None:
    heads = {"Dunmoor": 5_000}
    for name, points in (("Aldershaw", 40), ("Birchham", 40), ("Cressford", 90), ("Dunmoor", 40)):
        organisation = make_organisation(name=f"{name} Trust", headcount=heads.get(name, 100))
        for _ in range(5):
            make_entry(make_member(organisation), points)
    sweeps.count_boards()
    page = client.sign_in(make_member()).get("/leaderboard", statements=6)
    rows = [" ".join(item.text.split()) for item in page.query(".leader")]
    assert [row.split(" Trust")[0] for row in rows] == [
        "Place 1 Cressford",
        "Place 2 Aldershaw",
        "Place 2 Birchham",
        "Place 4 Dunmoor",
    ]
    assert "under 0.1 points a head" in rows[3]
    assert "5 members of 100 people" in rows[0]
    assert "4.5 points a head" in rows[0]


def test_boards_that_moved_are_counted_once(app: Flask, hold_clock: Callable[[datetime], None]) -> None:
    hold_clock(NOON)
    member = make_member()
    first, second = (make_idea(make_challenge()) for _ in range(2))
    make_entry(member, 5, day=date(2026, 1, 20), idea_id=first.id)
    make_entry(member, 5, idea_id=second.id)
    assert sweeps.count_boards() == len(["all", "2026-01", "2026-03", first, second])
    hold_clock(NOON + timedelta(days=1))
    make_entry(member, 5, idea_id=first.id)
    in_transaction(counting.show_totals)
    # One that failed in between is found the next time.
    waiting = sorted(["all", "month:2026-03", f"challenge:{first.challenge_id}"])
    assert counting.boards_to_count() == waiting
    make_entry(member, 5, idea_id=second.id)
    assert (sweeps.count_boards(), sweeps.count_boards()) == (3, 0)


def test_the_sweep_rests_while_leaderboards_are_off(app: Flask) -> None:
    make_entry(make_member(), 5)
    db.session.execute(update(PointSettings).values(leaderboards_on=False))
    db.session.commit()
    assert sweeps.count_boards() == 0
    assert db.session.scalars(select(PointTotal.shown).distinct()).all() == [0]


def test_workers_count_at_once_while_somebody_earns(app: Flask) -> None:
    organisation = make_organisation(headcount=10)
    members = [make_member(organisation) for _ in range(5)]
    for member in members:
        make_entry(member, 10)
    run_together(
        app, [sweeps.count_boards] * 4 + [lambda: make_entry(db.session.get_one(Member, members[0].id), 1)]
    )
    rows = db.session.execute(select(GroupTotal.points, GroupTotal.members).where(GroupTotal.board == "all"))
    assert [tuple(row) for row in rows] in ([(50, 5)], [(51, 5)])
    assert set(db.session.scalars(select(PointTotal.points))) == {10, 11}
