"""What stands around a challenge on its page, its way, and its ideas by theme."""

from typing import Any

import pytest
from sqlalchemy import func, select

from talking_together.challenges.models import Challenge, ChallengeModerator, ChallengePrompt, ChallengeTheme
from talking_together.challenges.stages import STAGES
from talking_together.core.formatting import challenge_path
from talking_together.extensions import db
from talking_together.files.models import File
from talking_together.ideas.orders import ORDERS
from tests.factories import make_challenge, make_idea, make_member, make_moderator
from tests.factories.files import make_attachment, make_picture
from tests.factories.rows import saved
from tests.support.client import Client, Page


def full_challenge(stage: str = "open") -> Challenge:
    """Return a challenge with all that can stand around one."""
    challenge = make_challenge(stage, sponsor_name="Amina Yusuf", sponsor_role="Chief Nurse")
    moderator = make_moderator(name="Ben Carter")
    gone = make_moderator(name="Old Hand", is_active=False)
    for member in (moderator, gone):
        saved(ChallengeModerator(challenge_id=challenge.id, member_id=member.id))
    saved(ChallengePrompt(challenge_id=challenge.id, place=2, words="Who would it help?"))
    saved(ChallengeTheme(challenge_id=challenge.id, name="Transport"))
    saved(ChallengeTheme(challenge_id=challenge.id, name="beds"))
    sender = make_member()
    challenge.cover_id = make_picture(sender, challenge_id=challenge.id, alternative_text="A ward").id
    challenge.sponsor_photo_id = make_picture(sender, challenge_id=challenge.id, alternative_text="").id
    make_attachment(sender, challenge_id=challenge.id)
    db.session.commit()
    return challenge


def titles(page: Page) -> list[str]:
    """Return the titles of the ideas on a page."""
    return [link.text for link in page.query("#ideas .card__title a")]


def test_a_page_says_who_stands_behind_it_and_what_to_read(client: Client) -> None:
    challenge = full_challenge()
    client.sign_in(make_member())
    page = client.get(challenge_path(challenge), statements=3)
    hero = page.query(".hero")[0]
    assert "Sponsored by Amina Yusuf, Chief Nurse" in hero.text
    assert "Looked after by Ben Carter" in hero.text
    assert "Old Hand" not in page.text
    assert [image["alt"] for image in hero.query("img")] == ["A ward", ""]
    assert page.query('a[href^="/files/"]')[0].text == "Beds in winter.pdf"
    assert [link.text for link in page.query(".chips a")] == ["All themes", "beds", "Transport"]
    for file in db.session.scalars(select(File)):
        client.get(f"/files/{file.id}/{file.key}")


def test_a_preview_shows_all_of_it_and_what_the_form_will_ask(client: Client) -> None:
    challenge = full_challenge("draft")
    client.sign_in(make_moderator())
    page = client.get(f"/moderation/challenges/{challenge.id}/preview", statements=2)
    for words in ("Sponsored by Amina Yusuf", "Beds in winter.pdf", "Who would it help?", "beds, Transport"):
        assert words in page.text
    assert page.query(".way [aria-current=step] strong")[0].text == "Open"


@pytest.mark.parametrize("stage", STAGES)
def test_the_way_marks_where_a_challenge_stands(client: Client, stage: str) -> None:
    challenge = make_challenge(stage)
    client.sign_in(make_moderator())
    page = client.get(challenge_path(challenge), statements=3)
    now = [step.text for step in page.query(".way [aria-current=step] strong")]
    expected = {
        "open": ["Open"],
        "voting only": ["Voting only"],
        "paused": ["Open"],
        "in review": ["In review"],
        "answered": ["Answered"],
    }
    assert now == expected.get(stage, [])
    assert len(page.query(".hero__next")) == 1


@pytest.mark.parametrize("order", ORDERS)
def test_ideas_of_a_theme_come_page_by_page_in_each_order(client: Client, order: str) -> None:
    challenge, member = make_challenge("open"), make_member()
    theme = saved(ChallengeTheme(challenge_id=challenge.id, name="Beds"))
    for number in range(48):
        make_idea(
            challenge,
            title=f"Idea {number}",
            theme_id=theme.id if number % 2 else None,
            votes_count=number % 5,
            up_count=number % 5,
            comments_count=number % 3,
        )
    make_idea(challenge, theme_id=theme.id, status="draft")
    client.sign_in(member)
    everything = _all_titles(client, challenge, {"order": order})
    filed = _all_titles(client, challenge, {"order": order, "theme": theme.id})
    assert len(everything) == 48
    assert filed == [title for title in everything if int(title.split()[1]) % 2]


def _all_titles(client: Client, challenge: Challenge, query: dict[str, Any]) -> list[str]:
    """Return the titles of the ideas of every page in turn, from link to link."""
    page = client.get(challenge_path(challenge), query=query, statements=3)
    found = titles(page)
    while further := page.query(".pager a[rel=next]"):
        page = client.get(further[0]["href"].partition("#")[0], statements=3)
        found += titles(page)
    return found


def test_a_theme_that_is_not_the_challenges_is_not_found(client: Client) -> None:
    challenge = full_challenge()
    other = saved(ChallengeTheme(challenge_id=make_challenge().id, name="Theirs"))
    client.sign_in(make_member())
    for theme in (other.id, "beds", "", -1, 10**30):
        client.get(challenge_path(challenge), query={"theme": theme}, status=404)


def test_an_empty_theme_says_so_and_leads_back(client: Client) -> None:
    challenge = full_challenge()
    make_idea(challenge)
    db.session.execute(Challenge.__table__.update().values(ideas_count=1))
    db.session.commit()
    theme = db.session.scalar(select(func.min(ChallengeTheme.id)))
    client.sign_in(make_member())
    page = client.get(challenge_path(challenge), query={"theme": theme})
    assert "No idea is filed under “Transport” yet." in page.text
    assert page.query('.chips a[aria-current="true"]')[0].text == "Transport"
