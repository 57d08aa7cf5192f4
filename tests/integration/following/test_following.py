"""Following ideas and challenges, and no longer."""

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.extensions import db
from talking_together.following.models import ChallengeFollow, IdeaFollow
from talking_together.ideas.services import publish_draft, submit_idea
from talking_together.telling.queries import ideas_followed
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_organisation,
    viewer_of,
)
from tests.factories.follows import make_follow
from tests.support.client import Client, Page

FOLLOW = "Hear what becomes of it?"


def ideas_of(member: Member) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(IdeaFollow.idea_id).where(IdeaFollow.member_id == member.id)))


def challenges_of(member: Member) -> list[int]:
    db.session.rollback()
    follows = select(ChallengeFollow.challenge_id).where(ChallengeFollow.member_id == member.id)
    return list(db.session.scalars(follows))


def button(page: Page, kind: str, id: int) -> str:
    """Return the words that the button of following shows, and says to a screen reader."""
    return page.query(f"#follow-{kind}-{id}-button")[0].text.partition(" “")[0]


def test_an_idea_is_followed_and_no_longer_by_the_same_button(client: Client) -> None:
    member, idea = make_member(), make_idea(title="A shared list")
    page = client.sign_in(member).get(f"/ideas/{idea.id}-a-shared-list", statements=5)
    assert button(page, "ideas", idea.id) == "Follow"
    answer = page.form(f"/ideas/{idea.id}/follow").submit(follow="1", statements=8)
    assert answer.location == f"/#follow-ideas-{idea.id}", "back to the page that the button stood on"
    assert "You follow “A shared list”" in answer.follow().text
    page = client.get(page.path, statements=5)
    assert button(page, "ideas", idea.id) == "Following"
    assert ideas_of(member) == [idea.id]
    page.form(f"/ideas/{idea.id}/follow").submit(follow="0")
    page = client.get(page.path)
    assert button(page, "ideas", idea.id) == "Follow"
    assert ideas_of(member) == []


def test_a_challenge_is_followed_and_no_longer(client: Client) -> None:
    member, challenge = make_member(), make_challenge(title="Home by lunch")
    page = client.sign_in(member).get(f"/challenges/{challenge.id}-home-by-lunch", statements=5)
    assert "Hear of new dates and the results" in page.text
    page.form(f"/challenges/{challenge.id}/follow").submit(follow="1")
    page = client.get(page.path, statements=5)
    assert "You hear of new dates and the results" in page.text
    assert button(page, "challenges", challenge.id) == "Following"
    assert challenges_of(member) == [challenge.id]
    page.form(f"/challenges/{challenge.id}/follow").submit(follow="0")
    assert challenges_of(member) == []


def test_what_is_in_the_archive_can_only_be_followed_no_longer(client: Client) -> None:
    follower, other, challenge = make_member(), make_member(), make_challenge("archived", title="Home")
    idea = make_idea(challenge, title="A list")
    for thing in (challenge, idea):
        make_follow(follower, thing)
    client.sign_in(other)
    for kind, id, path in (
        ("challenges", challenge.id, f"/challenges/{challenge.id}-home"),
        ("ideas", idea.id, f"/ideas/{idea.id}-a-list"),
    ):
        client.sign_in(other)
        assert not client.get(path).query(f"#follow-{kind}-{id}")
        client.post(f"/{kind}/{id}/follow", {"follow": "1"}, status=409)
        page = client.sign_in(follower).get(path)
        assert (button(page, kind, id), page.query(".follow .muted")) == ("Following", [])
        page.form(f"/{kind}/{id}/follow").submit(follow="0")
        assert not client.get(path).query(f"#follow-{kind}-{id}")
    assert [*ideas_of(other), *challenges_of(other), *ideas_of(follower), *challenges_of(follower)] == []


def test_pressing_twice_is_as_good_as_once(client: Client) -> None:
    member, idea, challenge = make_member(), make_idea(), make_challenge()
    client.sign_in(member)
    for follow in ("1", "1"):
        client.post(f"/ideas/{idea.id}/follow", {"follow": follow})
        client.post(f"/challenges/{challenge.id}/follow", {"follow": follow})
    assert (ideas_of(member), challenges_of(member)) == ([idea.id], [challenge.id])
    for follow in ("0", "0"):
        client.post(f"/ideas/{idea.id}/follow", {"follow": follow})
    assert ideas_of(member) == []


def test_the_button_alone_is_answered_to_htmx_with_the_same_ids(client: Client) -> None:
    member, idea = make_member(), make_idea(title="A shared list")
    client.sign_in(member)
    page = client.post(f"/ideas/{idea.id}/follow", {"follow": "1"}, status=200, htmx=True)
    form = page.query(f"form#follow-ideas-{idea.id}")[0]
    assert form.query("button")[0]["value"] == "0"
    assert button(page, "ideas", idea.id) == "Following"


def test_what_one_may_not_see_cannot_be_followed(client: Client) -> None:
    member = make_member()
    elsewhere = make_challenge(organisations=[make_organisation()])
    hidden, far = make_idea(status="hidden"), make_idea(elsewhere)
    client.sign_in(member)
    for path in (
        f"/ideas/{hidden.id}/follow",
        f"/ideas/{far.id}/follow",
        f"/ideas/{2**70}/follow",
        f"/challenges/{elsewhere.id}/follow",
        f"/challenges/{2**40}/follow",
    ):
        client.post(path, {"follow": "1"}, status=404)
    assert (ideas_of(member), challenges_of(member)) == ([], [])


def test_a_draft_is_not_followed_before_it_is_published(client: Client) -> None:
    author = make_member()
    draft = make_idea(author=author, status="draft")
    client.sign_in(author).post(f"/ideas/{draft.id}/follow", {"follow": "1"}, status=409)
    assert ideas_of(author) == []


@pytest.mark.parametrize("data", [{}, {"follow": "2"}, {"follow": ["1", "0"]}])
def test_a_button_that_was_tampered_with_changes_nothing(client: Client, data: dict[str, str]) -> None:
    member, idea = make_member(), make_idea()
    client.sign_in(member).post(f"/ideas/{idea.id}/follow", data, status=400)
    assert ideas_of(member) == []


def test_authors_follow_what_they_publish_and_may_stop(client: Client) -> None:
    author, challenge = make_member(), make_challenge()
    words = {"title": "A shared list", "body": "We could all use one list."}
    published = submit_idea(viewer_of(author), challenge_id=challenge.id, **words)
    draft = submit_idea(viewer_of(author), challenge_id=challenge.id, **words, publish=False)
    db.session.commit()
    assert ideas_of(author) == [published.id]
    publish_draft(viewer_of(author), idea_id=draft.id)
    db.session.commit()
    assert sorted(ideas_of(author)) == [published.id, draft.id]
    client.sign_in(author).post(f"/ideas/{draft.id}/follow", {"follow": "0"})
    assert ideas_of(author) == [published.id]


def test_voters_are_asked_and_not_signed_up(client: Client) -> None:
    member, idea = make_member(), make_idea(title="A shared list")
    client.sign_in(member)
    page = client.get(f"/ideas/{idea.id}-a-shared-list")
    assert FOLLOW not in page.text
    answer = client.post(f"/ideas/{idea.id}/vote", {"value": "1"}, status=200, htmx=True, statements=8)
    asked = answer.query(f"#follow-ideas-{idea.id}")[0]
    assert asked.get("hx-swap-oob") == "true"
    assert FOLLOW in asked.text
    assert ideas_of(member) == []
    assert FOLLOW in client.get(f"/ideas/{idea.id}-a-shared-list").text
    withdrawn = client.post(f"/ideas/{idea.id}/vote", {"value": "0"}, status=200, htmx=True)
    assert not withdrawn.query(f"#follow-ideas-{idea.id}")


def test_who_follows_is_not_asked_again(client: Client) -> None:
    member, idea = make_member(), make_idea(title="A shared list")
    make_follow(member, idea)
    client.sign_in(member)
    answer = client.post(f"/ideas/{idea.id}/vote", {"value": "1"}, status=200, htmx=True)
    assert not answer.query(f"#follow-ideas-{idea.id}")
    said = client.post(f"/ideas/{idea.id}/comments", {"body": "Good"}, status=200, htmx=True)
    assert not said.query(f"#follow-ideas-{idea.id}")
    assert FOLLOW not in client.get(f"/ideas/{idea.id}-a-shared-list").text


def test_commenters_are_asked_and_not_signed_up(client: Client) -> None:
    member, idea = make_member(), make_idea(title="A shared list")
    client.sign_in(member)
    answer = client.post(f"/ideas/{idea.id}/comments", {"body": "Good"}, status=200, htmx=True, statements=8)
    assert FOLLOW in answer.query(f"#follow-ideas-{idea.id}")[0].text
    assert ideas_of(member) == []
    assert FOLLOW in client.get(f"/ideas/{idea.id}-a-shared-list").text


def test_the_list_shows_what_one_follows_and_may_see(client: Client) -> None:
    member, other = make_member(), make_member()
    challenge = make_challenge(title="Home by lunch")
    shown, hidden = make_idea(challenge, title="A shared list"), make_idea(status="hidden", title="Hidden")
    elsewhere = make_challenge(organisations=[make_organisation()], title="Not for you")
    far, others = make_idea(elsewhere, title="Far away"), make_idea(title="Of another")
    for thing in (shown, hidden, far, challenge, elsewhere):
        make_follow(member, thing)
    make_follow(other, others)
    page = client.sign_in(member).get("/me/following", statements=3)
    assert [link.text for link in page.query("main h3 a")] == ["Home by lunch", "A shared list"]
    page.form(f"/ideas/{shown.id}/follow").submit(follow="0")
    assert shown.id not in ideas_of(member)


def test_a_long_list_goes_by_pages_and_an_empty_one_says_so(client: Client, app: Flask) -> None:
    member = make_member()
    assert "You follow nothing yet" in client.sign_in(member).get("/me/following").text
    ideas = [make_idea() for _ in range(7)]
    for idea in ideas:
        make_follow(member, idea)
    seen, after = [], None
    for _ in range(3):
        page = ideas_followed(viewer_of(member), after=after, size=3)
        seen += [row.id for row in page.rows]
        after = page.next_cursor
    assert after is None
    assert seen == [idea.id for idea in reversed(ideas)]


def test_a_comment_of_another_asks_nobody(client: Client) -> None:
    member, idea = make_member(), make_idea(title="A shared list")
    make_comment(idea, make_member())
    assert FOLLOW not in client.sign_in(member).get(f"/ideas/{idea.id}-a-shared-list").text
