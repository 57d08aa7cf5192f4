"""A challenge's options: thumbs up only, and counts that are hidden wherever they could be told."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from talking_together.challenges.models import Challenge
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea
from tests.architecture.world import address_of
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_vote,
)
from tests.support.client import Client, Page

# Numbers that nothing else on a page is, but for the digits within a token, which chance may draw.
UP, DOWN, COMMENT_UP, COMMENT_DOWN = 7_313, 4_219, 6_151, 5_273
NUMBERS = "|".join(f"{number}|{number:,}" for number in (UP, DOWN, COMMENT_UP, COMMENT_DOWN))
TELLING = re.compile(rf"(?<![\w-])(?<!\w\.)(?:{NUMBERS})(?![\w-]|\.\w)")


def counted_idea(challenge: Challenge, **values: Any) -> Idea:
    return make_idea(challenge, up_count=UP, down_count=DOWN, **values)


def counted_comment(idea: Idea, **values: Any) -> Comment:
    return make_comment(idea, up_count=COMMENT_UP, down_count=COMMENT_DOWN, **values)


def tells(page: Page) -> list[str]:
    return TELLING.findall(page.html)


def pages_about(app: Flask, challenge: Challenge, idea: Idea, comment: Comment) -> list[str]:
    """Return the addresses of every page that staff can open, each about this idea if it is about one."""
    paths = []
    for rule in app.url_map.iter_rules():
        role = app.view_functions[rule.endpoint].access_role  # type: ignore[attr-defined]
        if "GET" not in (rule.methods or set()) or role not in (None, "staff") or "token" in rule.arguments:
            continue
        ref = challenge.id if rule.rule.startswith("/challenges") else idea.id
        chosen = {"challenge_id": challenge.id, "idea_id": idea.id, "comment_id": comment.id, "ref": ref}
        paths.append(address_of(rule, **chosen))
    orders = ("trending", "top", "new", "discussed", "needs-votes", "shuffled")
    return [
        *paths,
        *(f"/challenges/{challenge.id}?order={order}" for order in orders),
        f"/challenges/{challenge.id}/ideas/similar?title={quote(idea.title)}",
        f"/search?q={quote(idea.title)}",
    ]


def looked_at(client: Client, path: str) -> Page:
    """Return what a path leads to; a page that does not exist tells nothing."""
    page = client.ask("GET", path)
    while page.status in (301, 302, 303):
        page = client.ask("GET", page.location.partition("#")[0])
    return page


@pytest.mark.parametrize("counts_shown", ["once voted", "once closed"])
@pytest.mark.parametrize("who", ["reader", "author"])
def test_no_page_tells_a_count_that_is_hidden(
    app: Flask, client: Client, counts_shown: str, who: str
) -> None:
    challenge = make_challenge(counts_shown=counts_shown)
    author = make_member()
    idea = counted_idea(challenge, author=author)
    comment = counted_comment(idea, author=author)
    client.sign_in(author if who == "author" else make_member())
    found = {path: tells(looked_at(client, path)) for path in pages_about(app, challenge, idea, comment)}
    assert not any(found.values()), found
    shown = [path for path in found if idea.title in looked_at(client, path).html]
    assert len(shown) >= 12, shown


def test_the_same_pages_tell_it_where_nothing_is_hidden(app: Flask, client: Client) -> None:
    challenge, author = make_challenge(), make_member()
    idea = counted_idea(challenge, author=author)
    comment = counted_comment(idea, author=author)
    client.sign_in(author)
    found = [path for path in pages_about(app, challenge, idea, comment) if tells(looked_at(client, path))]
    assert len(found) >= 8, found


@pytest.mark.parametrize("kind", ["ideas", "comments"])
@pytest.mark.parametrize(
    ("counts_shown", "shown_after"), [("always", True), ("once voted", True), ("once closed", False)]
)
def test_the_answer_to_a_vote_tells_what_the_voter_may_know(
    client: Client, kind: str, counts_shown: str, shown_after: bool
) -> None:
    idea = counted_idea(make_challenge(counts_shown=counts_shown))
    comment = counted_comment(idea)
    thing = idea if kind == "ideas" else comment
    count = (UP if kind == "ideas" else COMMENT_UP) + 1
    client.sign_in(make_member())
    voted = client.post(f"/{kind}/{thing.id}/vote", {"value": "1"}, status=200, htmx=True)
    assert (str(count) in voted.html) is shown_after
    assert voted.query("button[aria-pressed=true]")[0].text.startswith("Thumb up for")
    page = looked_at(client, f"/ideas/{idea.id}")
    assert (str(count) in page.html) is shown_after
    # Who takes the vote back is as before.
    withdrawn = client.post(f"/{kind}/{thing.id}/vote", {"value": "0"}, status=200, htmx=True)
    assert (str(count - 1) in withdrawn.html) is (counts_shown == "always")


def test_a_promised_answer_tells_nothing_of_the_count_that_called_for_it(client: Client) -> None:
    promised = "An answer is promised by"
    for counts_shown, told in (("always", True), ("once voted", False)):
        challenge = make_challenge(counts_shown=counts_shown, answer_votes=5)
        idea = counted_idea(challenge, answer_due_at=clock.now() + timedelta(days=9))
        client.sign_in(make_member())
        assert (promised in looked_at(client, f"/ideas/{idea.id}").text) is told
        client.sign_in(make_moderator())
        assert promised in looked_at(client, f"/ideas/{idea.id}").text


def test_moderators_see_counts_and_every_order(client: Client) -> None:
    challenge = make_challenge(counts_shown="once closed")
    idea = counted_idea(challenge)
    client.sign_in(make_moderator())
    assert str(UP) in looked_at(client, f"/ideas/{idea.id}").html
    page = looked_at(client, f"/challenges/{challenge.id}")
    assert "Trending" in page.text
    assert "is shown when voting has closed" not in page.text


def test_counts_appear_when_the_challenge_closes(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    challenge = make_challenge(counts_shown="once closed")
    idea, closes = counted_idea(challenge), challenge.closes_at
    assert closes is not None
    client.sign_in(make_member())
    hold_clock(closes - timedelta(seconds=1))
    assert not tells(looked_at(client, f"/ideas/{idea.id}"))
    hold_clock(closes)
    assert str(UP) in looked_at(client, f"/ideas/{idea.id}").html
    assert "Top" in looked_at(client, f"/challenges/{challenge.id}").text


def test_a_list_with_hidden_counts_is_in_no_telling_order(client: Client) -> None:
    challenge, member = make_challenge(counts_shown="once voted"), make_member()
    ideas = [make_idea(challenge, up_count=number, trending=float(number)) for number in range(30)]
    client.sign_in(member)
    rotation = ranking.rotation_of(member.id, clock.today())
    ring = sorted(ideas, key=lambda idea: (idea.shuffle_key < rotation, idea.shuffle_key))
    expected = [f"idea-{idea.id}" for idea in ring]
    for order in ("top", "trending", "needs-votes", "shuffled"):
        page = looked_at(client, f"/challenges/{challenge.id}?order={order}")
        assert [card["id"] for card in page.query("li.card")] == expected[:20]
    second = looked_at(client, page.query("a[rel=next]")[0]["href"])
    assert [card["id"] for card in second.query("li.card")] == expected[20:]
    tabs = [tab.text for tab in page.query(".tabs a")]
    assert tabs == ["Shuffled", "New", "Discussed"]
    assert "once you have voted on it" in page.text


def test_a_challenge_of_thumbs_up_only_offers_no_thumb_down(client: Client) -> None:
    idea = make_idea(make_challenge(allows_down_votes=False))
    comment = make_comment(idea)
    client.sign_in(make_member())
    for path in (f"/ideas/{idea.id}", f"/challenges/{idea.challenge_id}"):
        page = looked_at(client, path)
        assert page.query(".vote__button--up")
        assert not page.query(".vote__button--down")
        assert "#down" not in page.html
    assert "Thumbs up only here" in page.text
    for kind, thing in (("ideas", idea), ("comments", comment)):
        refused = client.post(f"/{kind}/{thing.id}/vote", {"value": "-1"}, status=409, htmx=True)
        assert "thumbs up only" in refused.text
        assert "thumbs up only" in client.post(f"/{kind}/{thing.id}/vote", {"value": "-1"}, status=409).text
        answer = client.post(f"/{kind}/{thing.id}/vote", {"value": "1"}, status=200, htmx=True)
        assert not answer.query(".vote__button--down")
        db.session.refresh(thing)
        assert (thing.up_count, thing.down_count) == (1, 0)


@pytest.mark.parametrize("asked", ["0", "1"])
def test_a_thumb_down_from_before_is_shown_and_can_be_taken_back(client: Client, asked: str) -> None:
    idea = make_idea(make_challenge())
    voter = make_member()
    make_vote(idea, voter, -1)
    _switch_off(idea)
    client.sign_in(voter)
    page = looked_at(client, f"/ideas/{idea.id}")
    button = page.query(f"#vote-ideas-{idea.id}-down")[0]
    assert (button["aria-pressed"], button["value"]) == ("true", "0")
    # To others it is a count that stands, with nothing to press.
    client.sign_in(make_member())
    other = looked_at(client, f"/ideas/{idea.id}")
    assert not other.query(".vote__button--down")
    assert "1 down, from before" in other.text
    client.sign_in(voter)
    answer = client.post(f"/ideas/{idea.id}/vote", {"value": asked}, status=200, htmx=True)
    assert not answer.query(".vote__button--down")
    db.session.refresh(idea)
    assert (idea.up_count, idea.down_count) == (int(asked), 0)
    client.post(f"/ideas/{idea.id}/vote", {"value": "-1"}, status=409)


def _switch_off(idea: Idea) -> None:
    db.session.get_one(Challenge, idea.challenge_id).allows_down_votes = False
    db.session.commit()
