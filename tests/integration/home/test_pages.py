"""The first pages of each role, a member's own contributions, and the pages about the site."""

import pytest

from talking_together.core import clock
from talking_together.core.rich_text import render
from tests.factories import (
    make_admin,
    make_challenge,
    make_comment,
    make_group,
    make_idea,
    make_member,
    make_moderator,
)
from tests.support.client import Client, Page


def titles(page: Page, section: str = "main") -> list[str]:
    """Return the titles of the cards in a part of the page."""
    return [link.text for link in page.query(f"{section} .card__title a")]


@pytest.mark.parametrize("path", ["/privacy", "/accessibility", "/help"])
def test_the_pages_about_the_site_are_for_everyone(client: Client, path: str) -> None:
    challenge = make_challenge()
    page = client.get(path, statements=1)
    assert challenge.title not in page.text
    client.app.config["CONTACT_EMAIL"] = "hello@riverside.example"
    assert client.get(path).query('a[href="mailto:hello@riverside.example"]')
    client.sign_in(make_member())
    assert client.get(path, statements=2).query('a[href="/me/ideas"]')


def test_help_gives_the_rules_of_points_and_the_other_doors(client: Client) -> None:
    page = client.get("/help")
    rows = [[cell.text for cell in row.query("th, td")] for row in page.query("tbody tr")]
    assert ["Sharing an idea", "20", "3 a day"] in rows
    text = page.text
    assert "whistleblowing" in text
    assert "identify a patient" in text


def test_my_ideas_hold_drafts_ideas_and_comments_and_nobody_elses(client: Client) -> None:
    member, other = make_member(), make_member()
    challenge = make_challenge()
    idea = make_idea(challenge, member)
    draft = make_idea(challenge, member, status="draft")
    withdrawn = make_idea(challenge, member, status="withdrawn")
    make_comment(idea, member, body_source="We **tried** this.")
    make_comment(idea, member, deleted_at=clock.now())
    make_idea(challenge, other)
    make_comment(idea, other)
    client.sign_in(member)
    page = client.get("/me/ideas", statements=5)
    assert titles(page) == [draft.title, withdrawn.title, idea.title, "We tried this."]
    client.sign_in(make_member())
    assert "You have not shared an idea yet" in client.get("/me/ideas").text


def test_each_list_of_my_ideas_has_its_own_pages(client: Client) -> None:
    member = make_member()
    challenge = make_challenge()
    idea = make_idea(challenge)
    ideas = [make_idea(challenge, member).title for _ in range(22)]
    for number in range(22):
        make_comment(idea, member, body_source=f"Comment {number}", body_html=render("x"))
    client.sign_in(member)
    page = client.get("/me/ideas", statements=5)
    more_ideas, more_comments = page.query(".pager a[rel=next]")
    page = client.get(more_ideas["href"], statements=5)
    assert titles(page, "[aria-labelledby=ideas-heading]") == ideas[1::-1]
    page = client.get(more_comments["href"].partition("#")[0], statements=5)
    assert titles(page, "#comments") == ["Comment 1", "Comment 0"]
    client.get("/me/ideas?after=x", status=404)
    client.get("/me/ideas?comments-after=x", status=404)


def test_the_admins_first_page_leads_to_every_place(client: Client) -> None:
    make_group()
    client.sign_in(make_admin())
    page = client.get("/admin", statements=5)
    assert "There is 1 group." in page.text
    for path in ("invitations", "members", "organisations", "groups", "audit"):
        assert page.query(f'main a[href="/admin/{path}"]')
    for member in (make_member(), make_moderator()):
        client.sign_in(member)
        client.get("/admin", status=403)
