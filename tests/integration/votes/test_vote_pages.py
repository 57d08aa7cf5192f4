"""The addresses that votes are sent to."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.extensions import db
from talking_together.votes.models import IdeaVote
from tests.factories import make_challenge, make_comment, make_idea, make_member
from tests.support.client import Client


@pytest.fixture
def voter(client: Client) -> Client:
    """Return a client that a member is signed in with."""
    return client.sign_in(make_member())


def votes() -> int:
    return db.session.scalar(select(func.count()).select_from(IdeaVote))


def test_a_vote_leads_back_to_the_place_it_was_cast_from(voter: Client) -> None:
    idea = make_idea()
    page = voter.post(
        f"/ideas/{idea.id}/vote",
        {"value": "1"},
        headers={"Referer": f"{voter.origin}/challenges/1-a-question?order=new#top"},
    )
    assert page.status == 303
    assert page.location == f"/challenges/1-a-question?order=new#idea-{idea.id}"


@pytest.mark.parametrize(
    "away", ["//evil.example", "https://evil.example/", "/\\evil.example", "https:evil", "/\tevil"]
)
def test_a_vote_never_leads_out_of_the_site(voter: Client, away: str) -> None:
    idea = make_idea(title="A shared checklist")
    page = voter.post(
        f"/ideas/{idea.id}/vote",
        {"value": "1", "next": away},
        headers={"Referer": f"{voter.origin}/challenges"},
    )
    assert page.location == f"/ideas/{idea.id}-a-shared-checklist#idea-{idea.id}"


def test_a_vote_on_a_comment_leads_to_the_comment(voter: Client) -> None:
    comment = make_comment()
    page = voter.post(f"/comments/{comment.id}/vote", {"value": "-1", "next": "/ideas/7"})
    assert page.location == f"/ideas/7#comment-{comment.id}"


def test_htmx_gets_the_thumbs_and_the_points(voter: Client) -> None:
    idea = make_idea()
    page = voter.post(f"/ideas/{idea.id}/vote", {"value": "1"}, status=200, htmx=True)
    up, down = page.query(".vote__button")
    assert (up["aria-pressed"], down["aria-pressed"]) == ("true", "false")
    assert up["value"] == "0"
    assert idea.title in up.text
    assert page.query("#points")[0].text == "1 point"
    page = voter.post(f"/ideas/{idea.id}/vote", {"value": "0"}, status=200, htmx=True)
    assert page.query(".vote__button")[0]["aria-pressed"] == "false"


def test_htmx_gets_the_thumbs_of_a_comment(voter: Client) -> None:
    comment = make_comment()
    page = voter.post(f"/comments/{comment.id}/vote", {"value": "1"}, status=200, htmx=True)
    assert "the comment by" in page.query(".vote__button")[0].text


@pytest.mark.parametrize("sent", [{}, {"value": "2"}, {"value": "1.5"}, {"value": ""}, {"value": ["1", "1"]}])
def test_anything_but_one_value_is_refused(voter: Client, sent: dict[str, object]) -> None:
    idea = make_idea()
    voter.post(f"/ideas/{idea.id}/vote", sent, status=400)
    assert votes() == 0


@pytest.mark.parametrize("number", ["0", str(2**62), str(2**63), "9" * 40, "-1", "x"])
def test_an_id_of_nothing_is_not_found(voter: Client, number: str) -> None:
    for kind in ("ideas", "comments"):
        voter.post(f"/{kind}/{number}/vote", {"value": "1"}, status=404)


def test_a_closed_challenge_says_so(voter: Client) -> None:
    idea = make_idea(make_challenge("in review"))
    page = voter.post(f"/ideas/{idea.id}/vote", {"value": "1"}, status=409)
    assert "closed" in page.text
    assert votes() == 0


def test_an_own_idea_is_refused(client: Client) -> None:
    author = make_member()
    idea = make_idea(author=author)
    client.sign_in(author).post(f"/ideas/{idea.id}/vote", {"value": "1"}, status=403)


def test_without_a_token_nothing_is_counted(voter: Client) -> None:
    idea = make_idea()
    voter.send("POST", f"/ideas/{idea.id}/vote", data={"value": "1"}, status=400)
    assert votes() == 0


def test_reading_the_address_does_nothing(voter: Client) -> None:
    idea = make_idea()
    voter.get(f"/ideas/{idea.id}/vote", status=405)


@pytest.mark.parametrize("kind", ["ideas", "comments"])
@pytest.mark.parametrize("value", ["1", "-1", "0"])
def test_a_vote_takes_eight_statements(app: Flask, voter: Client, kind: str, value: str) -> None:
    thing = make_idea() if kind == "ideas" else make_comment()
    voter.post(f"/{kind}/{thing.id}/vote", {"value": "-1" if value == "1" else "1"}, statements=8)
    voter.post(f"/{kind}/{thing.id}/vote", {"value": value}, statements=8)
