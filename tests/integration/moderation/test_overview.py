"""The moderators' first page."""

from datetime import timedelta

from talking_together.challenges.stages import STAGES
from talking_together.core import clock
from tests.factories import make_challenge, make_idea, make_member, make_moderator
from tests.support.client import Client, Page


def by_stage(page: Page) -> dict[str, list[str]]:
    """Return the rows of each stage's table."""
    return {
        table.query("caption")[0].text: [row.text for row in table.query("tbody tr")]
        for table in page.query("table")
    }


def test_every_challenge_stands_in_its_stage(client: Client) -> None:
    titles = {stage: make_challenge(stage).title for stage in STAGES}
    client.sign_in(make_moderator())
    page = client.get("/moderation", statements=7)
    tables = by_stage(page)
    assert list(tables) == [
        "Open (1)",
        "Voting only (1)",
        "Paused (1)",
        "In review (1)",
        "Draft (1)",
        "Scheduled (1)",
        "Answered (1)",
    ]
    for stage, title in titles.items():
        if stage != "archived":
            assert tables[f"{stage.capitalize()} (1)"][0].startswith(title)
    assert by_stage(client.get("/moderation?show=archived", statements=7)).keys() == {"Archived (1)"}
    client.get("/moderation?show=everything", status=404)


def test_ideas_that_nobody_looked_at_are_counted_and_shown_longest_wait_first(client: Client) -> None:
    challenge = make_challenge()
    newer = make_idea(challenge)
    older = make_idea(challenge, published_at=clock.now() - timedelta(days=5))
    make_idea(challenge, status="planned")
    make_idea(challenge, status="draft")
    client.sign_in(make_moderator())
    page = client.get("/moderation", statements=7)
    assert "2 ideas have had no answer yet" in page.text
    assert [link.text for link in page.query(".card__title a")] == [older.title, newer.title]
    assert by_stage(page)["Open (1)"][0].endswith(" 3 2")


def test_an_empty_site_says_what_to_do_first(client: Client) -> None:
    client.sign_in(make_moderator())
    page = client.get("/moderation")
    assert "Every idea has been looked at." in page.text
    assert page.query('.empty a[href="/moderation/challenges/new"]')


def test_staff_have_no_moderation(client: Client) -> None:
    client.sign_in(make_member())
    client.get("/moderation", status=403)
