"""Every state of a challenge, to members and to its moderators, looked at by axe and by its layout."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from talking_together.challenges.models import ChallengeModerator, ChallengePrompt, ChallengeTheme
from talking_together.challenges.stages import STAGES
from talking_together.core.formatting import challenge_path
from talking_together.drafts.services import keep_draft
from talking_together.extensions import db
from tests.factories import make_challenge, make_idea, make_member, make_moderator
from tests.factories.files import make_attachment
from tests.factories.rows import saved
from tests.support.inspector import Inspector

BAR = 64
ADDRESS = "/moderation/challenges/{}"
ACTS = {"extend": "open", "pause": "open", "reopen": "in review"}


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_can_be_read_by_everybody(server: Flask, browser: Browser, stage: str) -> None:
    moderator, member = make_moderator(), make_member()
    challenge = make_challenge(stage, sponsor_name="Amina Yusuf", sponsor_role="Chief Nurse")
    saved(ChallengeModerator(challenge_id=challenge.id, member_id=moderator.id))
    saved(ChallengePrompt(challenge_id=challenge.id, place=1, words="Who would it help?"))
    theme = saved(ChallengeTheme(challenge_id=challenge.id, name="Discharge and transport home"))
    make_attachment(moderator, challenge_id=challenge.id)
    if stage not in ("draft", "scheduled"):
        make_idea(challenge, theme_id=theme.id)
    page, address, theme_id = challenge_path(challenge), ADDRESS.format(challenge.id), theme.id
    inspectors = [Inspector(browser, server, each) for each in (moderator, member)]
    db.session.rollback()
    inspectors[0].open(address)
    if stage in ("draft", "scheduled"):
        inspectors[0].open(f"{address}/preview")
        inspectors[1].open(page, status=404)
    else:
        inspectors[1].open(page)
        inspectors[1].open(f"{page}?theme={theme_id}")
    for inspector in inspectors:
        inspector.finish()


def test_each_form_says_what_is_wrong(server: Flask, browser: Browser) -> None:
    moderator = make_moderator()
    paths = [f"{ADDRESS.format(make_challenge(stage).id)}/{act}" for act, stage in ACTS.items()]
    draft = ADDRESS.format(make_challenge("draft").id)
    inspector = Inspector(browser, server, moderator)
    db.session.rollback()
    for path in (*paths, f"{draft}/cover", f"{draft}/sponsor-photo", f"{draft}/attachments"):
        inspector.open(path)
    for path in (paths[2], draft, "/moderation/challenges/new", f"{draft}/cover", f"{draft}/attachments"):
        inspector.submit_empty(path)
    inspector.finish()


def test_a_kept_draft_is_offered_for_everybody(server: Flask, browser: Browser) -> None:
    moderator, challenge = make_moderator(), make_challenge("draft")
    key, address = f"challenge:{challenge.id}", ADDRESS.format(challenge.id)
    keep_draft(moderator, key=key, fields={"title": ["Typed and not sent"]})
    inspector = Inspector(browser, server, moderator)
    db.session.commit()
    inspector.open(address)
    inspector.open(f"{address}?draft={key}")
    inspector.finish()


def test_the_question_the_time_and_what_to_do_are_in_the_first_screen_of_a_phone(
    server: Flask, open_page: Callable[..., Page]
) -> None:
    challenge = make_challenge("open", title="How can we get people home from hospital before lunch?")
    make_idea(challenge)
    path, member = challenge_path(challenge), make_member()
    db.session.rollback()
    page = open_page(path, signed_in=member, width=390)
    page.set_viewport_size({"width": 390, "height": 844})
    for part in (
        page.get_by_role("heading", level=1),
        page.get_by_text("days left"),
        page.locator(".hero__next"),
        page.get_by_role("link", name="Share your idea"),
    ):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 844 - BAR, part
    page.emulate_media(forced_colors="active")
    colour = "(element) => getComputedStyle(element).color"
    page.evaluate("document.body.style.color = 'HighlightText'")
    assert page.locator(".bar [aria-current]").evaluate(colour) == page.locator("body").evaluate(colour)


def test_one_more_box_for_a_theme_comes_at_a_press(server: Flask, open_page: Callable[..., Page]) -> None:
    moderator, challenge = make_moderator(), make_challenge("draft")
    path = ADDRESS.format(challenge.id)
    db.session.rollback()
    page = open_page(path, signed_in=moderator)
    page.get_by_label("Theme 1", exact=True).fill("Beds")
    page.get_by_role("button", name="Add another theme").click()
    expect(page.get_by_label("Theme 4", exact=True)).to_be_focused()
    page.get_by_label("Theme 4", exact=True).fill("Transport")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Theme 2", exact=True)).to_have_value("Transport")
    # At a large zoom a bar that stays would cover what has the focus.
    expect(page.locator(".save-bar")).to_have_css("position", "sticky")
    page.set_viewport_size({"width": 640, "height": 360})
    expect(page.locator(".save-bar")).to_have_css("position", "static")
