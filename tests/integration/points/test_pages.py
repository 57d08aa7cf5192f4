"""The page of points and the leaderboard."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, text

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.points import leaderboard, queries
from talking_together.points.services import award
from talking_together.votes.services import cast_vote
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_organisation,
    viewer_of,
)
from tests.support.client import Client

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def vote(voter: Member, kind: str, id: int, value: int = 1) -> None:
    in_transaction(lambda: cast_vote(viewer_of(voter), kind=kind, id=id, value=value))


def test_points_are_shown_with_their_reason_day_and_link(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    author = make_member()
    idea = make_idea(author=author, title="A shared checklist")
    comment = make_comment(idea, author)
    vote(make_member(), "ideas", idea.id)
    vote(make_member(), "ideas", idea.id)
    vote(make_member(), "comments", comment.id)
    page = client.sign_in(author).get("/points", statements=5)
    entries = [item.text for item in page.query("main .columns > div tbody tr")]
    assert entries == [
        "Thumb up on your idea × 2, A shared checklist +4 points",
        "Thumb up on your comment, a comment on “A shared checklist” +1 point",
    ]
    assert [heading.text for heading in page.query("caption")[:1]] == ["Wednesday 4 March"]
    assert page.query(".figure dd")[0].text == "5 points"
    hrefs = [link["href"] for link in page.query("main .columns > div td a")]
    assert hrefs == [f"/ideas/{idea.id}-a-shared-checklist", f"/comments/{comment.id}"]


def test_the_page_tells_neither_who_gave_a_thumb_nor_when(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    author = make_member()
    idea, voter = make_idea(author=author), make_member(name="Morgan Oakfield")
    vote(voter, "ideas", idea.id)
    page = client.sign_in(author).get("/points")
    assert "Morgan" not in page.html
    assert "12:00" not in page.html
    assert "T12" not in page.html
    assert not page.query("main time")


@pytest.mark.parametrize("received_first", [True, False])
def test_order_within_a_day_does_not_follow_the_clock(app: Flask, received_first: bool) -> None:
    author, voter = make_member(), make_member()
    received, cast = (voter, make_idea(author=author)), (author, make_idea())
    for member, idea in (received, cast) if received_first else (cast, received):
        vote(member, "ideas", idea.id)
    events = [row.event for row in queries.earned_by(viewer_of(author)).rows]
    assert events == ["vote cast", "thumb up on idea"]


def test_what_is_not_there_for_the_reader_is_not_named(client: Client) -> None:
    inside = make_organisation()
    author = make_member()
    idea = make_idea(make_challenge(organisations=[inside]), author, title="Hidden from others")
    vote(make_member(inside), "ideas", idea.id)
    page = client.sign_in(author).get("/points")
    assert "Hidden from others" not in page.html
    assert "+2 points" in page.text


def test_what_was_taken_back_is_shown(client: Client) -> None:
    author, voter = make_member(), make_member()
    idea = make_idea(author=author)
    vote(voter, "ideas", idea.id)
    vote(voter, "ideas", idea.id, 0)
    page = client.sign_in(author).get("/points")
    assert "Taken back: thumb up on your idea" in page.text
    assert "−2 points" in page.text


def test_pages_hold_every_entry_once(app: Flask, hold_clock: Callable[[datetime], None]) -> None:
    member = make_member()
    for day in range(4):
        hold_clock(NOON + timedelta(days=day))
        for number in range(3):
            award("comment published", member_id=member.id, key=f"{day}:{number}", comment_id=number + 1)
        award("idea published", member_id=member.id, key=f"idea:{day}", idea_id=day + 1)
    db.session.commit()
    whole = queries.earned_by(viewer_of(member)).rows
    seen, after = [], None
    while True:
        page = queries.earned_by(viewer_of(member), after=after, size=3)
        seen += page.rows
        after = page.next_cursor
        if after is None:
            break
    assert seen == whole
    assert len(seen) == 16
    assert [row.day for row in seen] == sorted((row.day for row in seen), reverse=True)


@pytest.mark.parametrize("cursor", ["x", "W10", "WyIyMDI2IiwiYSIsMSwxLDFd", "A" * 300])
def test_a_cursor_that_is_not_ours_is_not_found(client: Client, cursor: str) -> None:
    client.sign_in(make_member()).get("/points", query={"after": cursor}, status=404)


def test_the_leaderboard_lists_those_who_chose_to_appear(client: Client) -> None:
    organisation = make_organisation()
    for name, points, listed, active in (
        ("First Person", 90, True, True),
        ("Shared One", 40, True, True),
        ("Shared Two", 40, True, True),
        ("Hidden Person", 80, False, True),
        ("Left Person", 70, True, False),
    ):
        make_member(organisation, name=name, points=points, on_leaderboard=listed, is_active=active)
    me = make_member(organisation, points=10, on_leaderboard=True)
    page = client.sign_in(me).get("/leaderboard", statements=5)
    places = [item.text for item in page.query("section:first-of-type .leader__rank")]
    assert places == ["Place 1", "Place 2", "Place 2", "Place 4"]
    assert "Hidden Person" not in page.html
    assert "Left Person" not in page.html
    assert "You are in place 4 with 10 points" in page.text
    assert len(page.query(".leader--me")) == 1


def test_one_who_did_not_choose_is_told_how(client: Client) -> None:
    me = make_member(points=10)
    page = client.sign_in(me).get("/leaderboard")
    assert "You do not appear here" in page.text
    assert page.query("main .notice a")[0]["href"] == "/me/preferences"
    assert not page.query("section:first-of-type .leader")


@pytest.mark.parametrize(
    ("headcount", "members", "shown"), [(5, 5, True), (4, 5, False), (1_000, 4, False), (1_000, 5, True)]
)
def test_no_organisation_of_fewer_than_five_is_shown(
    app: Flask, headcount: int, members: int, shown: bool
) -> None:
    organisation = make_organisation(headcount=headcount)
    for _ in range(members):
        make_member(organisation, points=10)
    make_member(organisation, points=10, is_active=False)
    rows = leaderboard.leading_organisations()
    assert [row.id for row in rows] == ([organisation.id] if shown else [])
    if shown:
        assert rows[0].per_head == round(10 * members / headcount, 1)


def test_the_leaderboard_reads_along_its_index(app: Flask) -> None:
    member = make_member(on_leaderboard=True)
    db.session.execute(
        insert(Member),
        [
            {
                "name": f"Person {number}",
                "joined_at": NOON,
                "points": number % 700,
                "on_leaderboard": number % 3 == 0,
            }
            for number in range(3_000)
        ],
    )
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ANALYZE members"))
    for statement in (
        leaderboard.leading_members_statement(),
        leaderboard.own_place_statement(member.id),
    ):
        plan = explained(statement)
        assert "ix_members_leaderboard" in plan, plan
        assert "TEMP B-TREE" not in plan, plan


def explained(statement: object) -> str:
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    prefix = "EXPLAIN" if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    rows = db.session.connection().exec_driver_sql(f"{prefix} {compiled}")
    return "\n".join(str(row[-1]) for row in rows)
