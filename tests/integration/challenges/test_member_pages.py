"""What members find of challenges, and what does not exist for them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from talking_together.challenges.queries import PAGE_SIZE
from talking_together.challenges.stages import STAGES, stage_of
from talking_together.core import clock
from talking_together.core.formatting import challenge_path
from talking_together.core.pagination import encode_cursor
from tests.factories import (
    make_challenge,
    make_group,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    make_vote,
)
from tests.support.client import Client


def titles(page: object) -> list[str]:
    """Return the titles of the cards on a page."""
    return [link.text for link in page.query("main .card__title a")]  # type: ignore[attr-defined]


def test_a_visitor_learns_nothing_of_any_challenge(client: Client) -> None:
    open_one, draft = make_challenge("open"), make_challenge("draft")
    answers = set()
    for path in (
        challenge_path(open_one),
        f"/challenges/{open_one.id}",
        f"/challenges/{draft.id}-wrong",
        "/challenges/9999",
        "/challenges",
        "/",
    ):
        page = client.send("GET", path)
        answers.add(page.location.partition("?")[0])
        assert open_one.title not in page.html
    assert answers == {"/sign-in"}


@pytest.mark.parametrize("stage", STAGES)
def test_staff_see_a_challenge_once_it_has_opened(client: Client, stage: str) -> None:
    challenge = make_challenge(stage)
    client.sign_in(make_member())
    seen = stage not in ("draft", "scheduled")
    client.get(challenge_path(challenge), status=200 if seen else 404)
    shown = titles(client.get("/challenges")) + titles(client.get("/challenges?show=archived"))
    assert shown.count(challenge.title) == seen
    assert (challenge.title in titles(client.get("/"))) == (stage in ("open", "voting only", "paused"))


@pytest.mark.parametrize("stage", STAGES)
def test_moderators_see_a_challenge_in_every_stage(client: Client, stage: str) -> None:
    challenge = make_challenge(stage, organisations=[make_organisation()])
    client.sign_in(make_moderator())
    assert client.get(challenge_path(challenge)).heading == challenge.title


def test_only_the_audience_and_moderators_see_a_challenge(client: Client) -> None:
    inside, outside = make_organisation(), make_organisation()
    group = make_group()
    challenge = make_challenge(organisations=[inside], groups=[group])
    for member, status in (
        (make_member(inside), 200),
        (make_member(outside), 404),
        (make_member(outside, groups=[group]), 200),
        (make_member(outside, groups=[make_group()]), 404),
        (make_member(organisation_id=None), 404),
        (make_moderator(outside), 200),
    ):
        client.sign_in(member)
        client.get(challenge_path(challenge), status=status)
        assert (challenge.title in titles(client.get("/challenges"))) == (status == 200)
        # Not even its right address is told to those for whom it does not exist.
        client.get(f"/challenges/{challenge.id}-wrong", status=301 if status == 200 else 404)


def test_a_challenge_opens_and_closes_to_the_microsecond(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    now = clock.now()
    challenge = make_challenge(opens_at=now, closes_at=now + timedelta(days=9))
    client.sign_in(make_member())
    path, microsecond = challenge_path(challenge), timedelta(microseconds=1)
    hold_clock(now - microsecond)
    client.get(path, status=404)
    hold_clock(now)
    assert client.get(path).query(f'a[href="/challenges/{challenge.id}/ideas/new"]')
    hold_clock(now + timedelta(days=9) - microsecond)
    page = client.get(path)
    assert page.query(f'a[href="/challenges/{challenge.id}/ideas/new"]')
    assert "Less than a minute left" in page.text
    hold_clock(now + timedelta(days=9))
    page = client.get(path)
    assert not page.query(f'a[href="/challenges/{challenge.id}/ideas/new"]')
    assert "In review" in page.text


def test_lists_put_every_stage_where_its_dates_say(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    now = clock.now()
    challenge = make_challenge("voting only", closes_at=now - timedelta(days=1), voting_closes_at=now)
    client.sign_in(make_member())
    for moment in (now - timedelta(days=2), now - timedelta(microseconds=1), now):
        hold_clock(moment)
        page = client.get("/challenges")
        live = [link.text for link in page.query("[aria-labelledby=open-heading] .card__title a")]
        closed = [link.text for link in page.query("[aria-labelledby=closed-heading] .card__title a")]
        is_live = stage_of(challenge, moment) in ("open", "voting only")
        assert live == ([challenge.title] if is_live else [])
        assert closed == ([] if is_live else [challenge.title])


def test_a_wrong_slug_redirects_to_the_right_one_and_keeps_the_query(client: Client) -> None:
    challenge = make_challenge()
    client.sign_in(make_member())
    for wrong in (str(challenge.id), f"{challenge.id}-", f"{challenge.id}-other-words"):
        page = client.get(f"/challenges/{wrong}?order=new", status=301)
        assert page.location == f"{challenge_path(challenge)}?order=new"


@pytest.mark.parametrize("ref", ["0", "999999", str(2**31), str(2**63 - 1), str(2**63), "9" * 30, "-1", "x"])
def test_an_id_that_is_none_is_not_found(client: Client, ref: str) -> None:
    client.sign_in(make_moderator())
    client.get(f"/challenges/{ref}", status=404)
    client.get(f"/moderation/challenges/{ref}", status=404)
    client.get(f"/moderation/challenges/{ref}/preview", status=404)


def test_ideas_come_in_the_order_asked_for(client: Client) -> None:
    challenge = make_challenge()
    older = make_idea(challenge, up_count=9, comments_count=1)
    newer = make_idea(challenge, published_at=clock.now(), down_count=1)
    client.sign_in(make_member())
    path = challenge_path(challenge)
    assert titles(client.get(f"{path}?order=top")) == [older.title, newer.title]
    assert titles(client.get(f"{path}?order=discussed")) == [older.title, newer.title]
    assert titles(client.get(f"{path}?order=new")) == [newer.title, older.title]
    assert titles(client.get(f"{path}?order=needs-votes")) == [newer.title, older.title]
    for key in ("", "best", "trending'"):
        client.get(path, query={"order": key}, status=404)
    for cursor in ("x", "W10", "AAAA" * 80, "é"):
        client.get(path, query={"after": cursor}, status=404)


@pytest.mark.parametrize(
    ("stage", "order"), [("open", "trending"), ("voting only", "top"), ("answered", "top")]
)
def test_trending_is_the_order_while_open_and_top_afterwards(client: Client, stage: str, order: str) -> None:
    challenge = make_challenge(stage)
    make_idea(challenge)
    client.sign_in(make_member())
    current = client.get(challenge_path(challenge)).query(".tabs a[aria-current]")
    assert [re.search("order=([a-z-]+)", link["href"])[1] for link in current] == [order]  # type: ignore[index]


def test_pages_of_ideas_follow_each_other(client: Client) -> None:
    challenge = make_challenge()
    made = {make_idea(challenge).title for _ in range(23)}
    client.sign_in(make_member())
    page = client.get(challenge_path(challenge), statements=3)
    first = titles(page)
    [more] = page.query(".pager a[rel=next]")
    page = client.get(more["href"].partition("#")[0], statements=3)
    assert len(first) == 20
    assert set(first) | set(titles(page)) == made
    assert len(first) + len(titles(page)) == len(made)
    assert page.query(".pager a[rel=prev]")


def test_pages_of_closed_challenges_follow_each_other(client: Client) -> None:
    now = clock.now()
    opened = now - timedelta(days=90)
    # Many opened at the same instant, which only the id tells apart.
    made = [make_challenge("answered", opens_at=opened).title for _ in range(PAGE_SIZE + 3)]
    client.sign_in(make_member())
    page = client.get("/challenges", statements=5)
    [more] = page.query(".pager a[rel=next]")
    shown = titles(page) + titles(client.get(more["href"], statements=5))
    assert sorted(shown) == sorted(made)
    for cursor in ("x", "WyJub3QgYSBkYXRlIiwxXQ"):
        client.get("/challenges", query={"after": cursor}, status=404)
    client.get("/challenges", query={"after": encode_cursor(opened.isoformat(), 2**62)})
    client.get("/challenges?show=drafts", status=404)


def test_a_challenge_costs_the_same_with_many_ideas(client: Client) -> None:
    few, many = make_challenge(), make_challenge()
    member = make_member()
    make_idea(few)
    for _ in range(25):
        make_vote(make_idea(many), member)
    client.sign_in(member)
    counts = {len(client.get(challenge_path(each), statements=3).statements) for each in (few, many)}
    assert len(counts) == 1


def test_the_brief_is_safe_html(client: Client) -> None:
    challenge = make_challenge(brief_source="**Why**\n\n<script>alert(1)</script> [x](javascript:alert)")
    client.sign_in(make_member())
    page = client.get(challenge_path(challenge))
    assert page.query(".prose strong")[0].text == "Why"
    assert not page.query(".prose script, .prose a")


def test_the_groups_of_the_author_are_not_those_of_the_viewer(client: Client) -> None:
    group = make_group()
    author = make_moderator(groups=[group])
    challenge = make_challenge(groups=[group], author_id=author.id)
    client.sign_in(make_member())
    client.get(challenge_path(challenge), status=404)
