"""The leaderboard: who is listed, in what place, and on which board."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text

from talking_together.accounts.models import Member
from talking_together.extensions import db
from talking_together.leaderboards import queries
from talking_together.leaderboards.sweeps import count_boards, count_boards_now
from talking_together.points.models import PointTotal
from talking_together.points.services import take_back
from tests.factories import (
    make_challenge,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    viewer_of,
)
from tests.factories.ledger import make_entry
from tests.support.client import Client
from tests.support.plans import plans_of

MARCH = datetime(2026, 3, 4, 12, tzinfo=UTC)


def leaders(page: Any) -> list[tuple[str, str]]:
    """Return the place and points of each member listed in the page's first list."""
    ranks = [item.text for item in page.query(".leaders")[0].query(".leader__rank")]
    scores = [item.text for item in page.query(".leaders")[0].query(".leader__score")]
    return list(zip(ranks, scores, strict=True))


def test_those_are_listed_who_chose_to_be_and_equals_share_a_place(client: Client) -> None:
    chose = {"on_leaderboard": True}
    me = make_member(**chose)
    for name, points, values in (
        ("First Person", 90, chose),
        ("Shared One", 40, chose),
        ("Shared Two", 40, chose),
        ("Nothing Yet", 0, chose),
        ("Below Nothing", -5, chose),
        ("Quiet Person", 80, {}),
        ("Left Person", 70, {**chose, "is_active": False}),
        ("Modest Person", 60, {**chose, "hides_points": True}),
        ("Running Person", 50, {**chose, "role": "moderator"}),
    ):
        make_entry(make_member(name=name, **values), points)
    make_entry(me, 10)
    count_boards_now()
    page = client.sign_in(me).get("/leaderboard", statements=6)
    places = [item.text for item in page.query(".leader__rank")]
    assert places == ["Place 1", "Place 2", "Place 2", "Place 4"]
    for name in (
        "Quiet Person",
        "Left Person",
        "Modest Person",
        "Running Person",
        "Nothing Yet",
        "Below Nothing",
    ):
        assert f"{name} Person" not in page.text
    assert "You are in place 4 with 10 points" in page.text
    assert len(page.query(".leader--me")) == 1
    # What each of them chooses counts at once, for all that they have earned.
    me.hides_points = True
    db.session.commit()
    page = client.get("/leaderboard")
    assert "You hide points, so you are not listed" in page.text
    assert not page.query(".leader--me")


def test_spending_never_lowers_a_place_and_taking_back_does(client: Client) -> None:
    me = make_member(on_leaderboard=True)
    make_entry(me, 60, event_key="earned")
    make_entry(me, 30)
    make_entry(me, -50, event="reward redeemed", is_spending=True)
    make_entry(me, 8, on_boards=False)
    count_boards_now()
    assert "in place 1 with 90 points" in client.sign_in(me).get("/leaderboard").text
    take_back(["earned"])
    db.session.commit()
    count_boards_now()
    assert "in place 1 with 30 points" in client.get("/leaderboard").text


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ({}, "You do not appear here. Nobody sees your 10 points"),
        ({"on_leaderboard": True, "role": "moderator"}, "People who run the site are not listed"),
        ({"on_leaderboard": True, "hides_points": True}, "You hide points"),
    ],
)
def test_one_who_is_not_listed_is_told_why(client: Client, member: dict[str, Any], words: str) -> None:
    me = make_member(**member)
    make_entry(me, 10)
    count_boards_now()
    page = client.sign_in(me).get("/leaderboard")
    assert words in page.text
    assert "Nobody is listed yet" in page.text


def test_boards_show_the_totals_of_the_last_midnight_in_london(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    # Clocks go forward on 29 March: midnight in London is an hour earlier from then on.
    hold_clock(datetime(2026, 3, 30, 12, tzinfo=UTC))
    organisation = make_organisation(headcount=10)
    me = make_member(organisation, on_leaderboard=True)
    others = [make_member(organisation) for _ in range(4)]
    first = client.sign_in(me).get("/leaderboard", statements=6)
    assert "As of" not in first.text
    assert "Points earned in a day are shown from the next morning" in first.text
    assert count_boards() == 0
    for member in (me, *others):
        make_entry(member, 7)

    def shown(at: datetime) -> tuple[str, list[str]]:
        hold_clock(at)
        count_boards()
        page = client.get("/leaderboard?board=all", statements=6)
        as_of = page.text.partition("As of ")[2].partition(". Points")[0]
        return as_of, [item.text for item in page.query(".leader__score")]

    assert shown(datetime(2026, 3, 30, 22, 58, tzinfo=UTC)) == ("Monday 30 March at 1pm", [])
    assert "no points here yet. What you earn today is shown from tomorrow" in client.get("/leaderboard").text
    listed = ["7 points, this is you", "3.5 points a head"]
    assert shown(datetime(2026, 3, 30, 23, 3, tzinfo=UTC)) == ("Monday night", listed)
    # Nothing of the day moves them: no entry, nor anybody who joins or leaves.
    make_entry(me, 1)
    make_entry(make_member(organisation), 2)
    for at in (datetime(2026, 3, 31, 9, tzinfo=UTC), datetime(2026, 3, 31, 22, 59, tzinfo=UTC)):
        assert shown(at) == ("Monday night", listed)
    later = ["8 points, this is you", "3.8 points a head"]
    assert shown(datetime(2026, 4, 2, 6, 30, tzinfo=UTC)) == ("Thursday 2 April at 7:30am", later)


def test_each_month_and_challenge_has_a_board(client: Client, hold_clock: Callable[[datetime], None]) -> None:
    hold_clock(MARCH)
    me, other = (make_member(name=name, on_leaderboard=True) for name in ("Ada One", "Bea Two"))
    idea = make_idea(make_challenge(title="Shorter waits"))
    mine = [("Place 1", "7 points, this is you")]
    make_entry(me, 7, day=date(2025, 12, 31), idea_id=idea.id)
    make_entry(other, 30, day=date(2026, 1, 1))
    make_entry(me, 5, day=date(2026, 3, 1))
    count_boards()
    client.sign_in(me)
    for address, listed in (
        ("/leaderboard", [("Place 1", "5 points, this is you")]),
        ("/leaderboard?board=month&month=2026-03", [("Place 1", "5 points, this is you")]),
        ("/leaderboard?board=month&month=2025-12", mine),
        ("/leaderboard?month=2026-01", [("Place 1", "30 points")]),
        ("/leaderboard?board=all", [("Place 1", "30 points"), ("Place 2", "12 points, this is you")]),
        ("/leaderboard?board=challenge", mine),
        (
            f"/leaderboard?board=challenge&challenge={idea.challenge_id}",
            [("Place 1", "7 points, this is you")],
        ),
    ):
        page = client.get(address, statements=6)
        assert leaders(page) == listed, address
    months = [option.text for option in client.get("/leaderboard").query("select option")]
    assert months == ["March 2026", "February 2026", "January 2026", "December 2025"]


def test_a_board_that_is_not_there_for_the_viewer_is_not_found(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(MARCH)
    inside = make_organisation()
    closed = make_challenge(organisations=[inside], title="For those inside")
    later = make_challenge(title="Not open yet", opens_at=MARCH + timedelta(days=1))
    client.sign_in(make_member(inside)).get(f"/leaderboard?board=challenge&challenge={closed.id}")
    client.sign_in(make_member())
    assert "No challenge has opened yet" in client.get("/leaderboard?board=challenge").text
    for query in (
        f"board=challenge&challenge={closed.id}",
        f"board=challenge&challenge={later.id}",
        "board=challenge&challenge=x",
        "board=month&month=2026-04",
        "board=month&month=2026-02",
        "board=month&month=2026-3",
        "board=month&month=٢٠٢٦-٠٣",
        "board=week",
        "board=",
        "month=" + "9" * 5_000,
    ):
        client.get(f"/leaderboard?{query}", status=404)


def crowd(count: int, points: Callable[[int], int]) -> None:
    """Write members who chose to appear, with totals of all time as the ledger would leave them."""
    first = 1_000_000
    db.session.execute(
        insert(Member),
        [
            {"id": first + number, "name": "Somebody Else", "joined_at": MARCH, "on_leaderboard": True}
            for number in range(count)
        ],
    )
    db.session.execute(
        insert(PointTotal),
        [
            {
                "board": "all",
                "member_id": first + number,
                "points": points(number),
                "listed": number % 10 < 9,
            }
            for number in range(count)
        ],
    )
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ANALYZE point_totals, members"))
        db.session.commit()


def test_who_is_not_among_the_first_sees_those_around_them(client: Client) -> None:
    me = make_member(on_leaderboard=True)
    # Three have as many points each; who has just as many as the viewer came after them.
    crowd(400, lambda number: 10 + number // 3)
    make_entry(me, 20)
    count_boards_now()
    page = client.sign_in(me).get("/leaderboard?board=all", statements=6)
    ahead = db.session.query(PointTotal).filter(
        PointTotal.board == "all", PointTotal.listed, PointTotal.points > 20
    )
    own = ahead.count() + 1
    assert f"You are in place {own} with 20 points" in page.text
    around = page.query(".leaders")[1].query(".leader")
    assert len(around) == 11
    scores = [int(item.text.split()[0]) for item in page.query(".leaders")[1].query(".leader__score")]
    ranks = [int(item.text.split()[1]) for item in page.query(".leaders")[1].query(".leader__rank")]
    assert scores == sorted(scores, reverse=True)
    for score, rank in zip(scores, ranks, strict=True):
        higher = db.session.query(PointTotal).filter(
            PointTotal.board == "all", PointTotal.listed, PointTotal.points > score
        )
        assert rank == higher.count() + 1, score
    assert len(page.query(".leader--me")) == 1


def test_after_the_first_thousand_places_are_not_counted_and_every_read_goes_by_an_index(
    client: Client,
) -> None:
    me = make_member(on_leaderboard=True)
    crowd(1_600, lambda number: 100 + number)
    make_entry(me, 150)
    count_boards_now()
    page = client.sign_in(me).get("/leaderboard?board=all", statements=6)
    assert "You come after the first 1,000, with 150 points" in page.text
    assert [item.text for item in page.query(".leaders")[1].query(".leader__rank")] == ["–"] * 11

    def read() -> None:
        queries.leading_members(viewer, "all")
        queries.standing_of(viewer, "all", [])
        queries.leading_groups("all")
        queries.first_month()

    viewer = viewer_of(me)
    plans = plans_of(read, as_if_large=True)
    assert len(plans) == 5
    for plan in plans:
        assert "SCAN point_totals" not in plan or "INDEX" in plan, plan
        assert "Seq Scan" not in plan, plan
    for plan in (plans[0], plans[2]):
        assert "ix_point_totals_listed" in plan, plan
    assert "ix_group_point_totals_rank" in plans[3]
    # From the viewer's own place up and down, never from the end of the board.
    own = "(shown,member_id)%s(?,?)" if db.engine.dialect.name == "sqlite" else "ROW(shown, member_id) %s"
    for sign in "><":
        assert own % sign in plans[2], plans[2]


def test_with_leaderboards_off_there_is_no_word_of_one(client: Client) -> None:
    me = make_moderator()
    client.sign_in(me)
    pages = ("/", "/points", "/me", "/me/preferences", "/privacy", "/help")
    assert any("leaderboard" in client.get(path).html.lower() for path in pages)
    client.sign_in(make_member(role="admin")).get("/admin/points/settings").form().submit(
        leaderboards_on="", reason="People asked for it"
    )
    for who in (me, make_member()):
        client.sign_in(who)
        for path in pages:
            assert "leaderboard" not in client.get(path).html.lower(), path
        client.get("/leaderboard", status=404)
        client.get("/leaderboard?board=all", status=404)
