"""The page of points."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.points import queries
from talking_together.points.services import award, take_back
from talking_together.points.spending import return_spent, spend
from talking_together.votes.services import cast_vote
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_organisation,
    viewer_of,
)
from tests.factories.points import set_rule
from tests.factories.rewards import make_reward, make_voucher
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
        "Thumb up on your idea × 2, A shared checklist rule 1 +4 points",
        "Thumb up on your comment, on “A shared checklist” rule 1 +1 point",
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


def test_what_was_spent_is_shown_with_its_reward_and_a_balance_below_zero_with_its_reason(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    member, reward = make_member(), make_reward(title="A swim")
    award("idea published", member_id=member.id, key="idea published:1")
    set_rule("comment published", points=4)
    award("comment published", member_id=member.id, key="comment published:1")
    for key in ("one", "two"):
        spend(member.id, event="reward redeemed", key=key, cost=10, reward_id=reward.id)
    return_spent(["two"])
    take_back(["idea published:1"])
    db.session.commit()
    page = client.sign_in(member).get("/points", statements=6)
    assert "Your balance is below zero because points were taken back after you spent them" in page.text
    assert [item.text for item in page.query("main .columns > div tbody tr")] == [
        "Given back: you got a reward, A swim +10 points",
        "You got a reward × 2, A swim −20 points",
        "Taken back: you shared an idea rule 1 −20 points",
        "You shared an idea rule 1 +20 points",
        "You wrote a comment rule 2 +4 points",
    ]
    links = {link["href"] for link in page.query("main .columns > div td a")}
    assert links == {f"/rewards/{reward.id}-a-swim"}
    voucher = make_voucher(reward, member)
    links = {link["href"] for link in client.get("/points").query("main .columns > div td a")}
    assert links == {f"/vouchers/{voucher.id}"}
    rules = client.get("/points/rules", statements=4)
    assert "Writing a comment rule 2 4 No limit No change" in rules.text
    assert "below zero" in rules.text
