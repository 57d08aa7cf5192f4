"""The moderators' first page."""

from datetime import timedelta

from talking_together.challenges.stages import STAGES
from talking_together.core import clock
from tests.factories import make_challenge, make_idea, make_member, make_moderator
from tests.factories.merging import make_proposal
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
    page = client.get("/moderation", statements=6)
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
    archive = client.get("/moderation?show=archived", statements=2)
    assert by_stage(archive).keys() == {"Archived (1)"}
    # What was not counted there is not told either.
    assert "Not looked at" not in archive.text
    client.get("/moderation?show=everything", status=404)


def test_ideas_that_nobody_looked_at_are_counted_and_shown_longest_wait_first(client: Client) -> None:
    challenge = make_challenge()
    newer = make_idea(challenge)
    older = make_idea(challenge, published_at=clock.now() - timedelta(days=5))
    make_idea(challenge, status="planned")
    make_idea(challenge, status="draft")
    client.sign_in(make_moderator())
    page = client.get("/moderation", statements=6)
    assert page.query(".waits")[0].text == "2 ideas that nobody has looked at"
    assert [link.text for link in page.query(".queue a")] == [older.title, newer.title]
    assert by_stage(page)["Open (1)"][0].endswith(" 3 2")


def test_what_waits_is_said_in_the_order_of_who_has_waited(client: Client) -> None:
    moderator, now = make_moderator(), clock.now()
    challenge = make_challenge()
    one, other = make_idea(challenge), make_idea(challenge)
    make_idea(challenge, status="waiting for approval")
    make_idea(challenge, answer_owner_id=moderator.id, answer_due_at=now - timedelta(days=1))
    make_idea(challenge, answer_owner_id=moderator.id, answer_due_at=now + timedelta(days=1))
    make_idea(challenge, answer_due_at=now - timedelta(days=2))
    make_proposal((one, other), make_member())
    client.sign_in(moderator)
    said = client.get("/moderation", statements=6).query(".waits li")
    assert [each.text for each in said] == [
        "1 idea to approve before others see it",
        "You owe 2 answers 1 overdue",
        "1 answer of others is overdue",
        "1 pair of ideas may say the same",
        "5 ideas that nobody has looked at",
    ]
    for each in said:
        if (path := each.query("a")[0]["href"]).startswith("/"):
            client.get(path)


def test_an_empty_site_says_what_to_do_first(client: Client) -> None:
    client.sign_in(make_moderator())
    page = client.get("/moderation")
    assert "Nothing waits for you. Every idea has been looked at." in page.text
    assert page.query('.empty a[href="/moderation/challenges/new"]')


def test_staff_have_no_moderation(client: Client) -> None:
    client.sign_in(make_member())
    client.get("/moderation", status=403)
