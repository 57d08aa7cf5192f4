"""What moderators hid can be found again, by moderators."""

from datetime import timedelta

from talking_together.core import clock
from talking_together.extensions import db
from tests.factories import make_challenge, make_idea, make_member, make_moderator
from tests.support.client import Client


def test_hidden_ideas_are_listed_page_by_page(client: Client) -> None:
    challenge, now = make_challenge(), clock.now()
    for number in range(25):
        make_idea(
            challenge,
            title=f"Hidden {number:02}",
            status="hidden",
            listed=False,
            published_at=now - timedelta(hours=number),
        )
    make_idea(challenge, title="In the open")
    client.sign_in(make_moderator())
    first = client.get("/moderation?show=hidden", statements=3)
    second = client.get(first.query("a[rel=next]")[0]["href"], statements=3)
    titles = [link.text for page in (first, second) for link in page.query("main h2 a")]
    assert titles == [f"Hidden {number:02}" for number in range(25)]
    client.get("/moderation?show=hidden&after=x", status=404)


def test_a_hidden_idea_is_brought_back_from_there(client: Client) -> None:
    idea = make_idea(status="hidden", listed=False)
    client.sign_in(make_moderator())
    link = client.get("/moderation?show=hidden").query("main h2 a")[0]["href"]
    assert link.startswith(f"/ideas/{idea.id}")
    client.post(f"/ideas/{idea.id}/status", {"status": "new"})
    db.session.refresh(idea)
    assert idea.listed
    assert "No idea is hidden" in client.get("/moderation?show=hidden").text


def test_staff_have_no_such_list(client: Client) -> None:
    client.sign_in(make_member()).get("/moderation?show=hidden", status=403)
