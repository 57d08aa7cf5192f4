"""The leaderboard with everything on it, by everybody; and the site for one who hides points."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Browser, Page, expect

from talking_together.extensions import db
from talking_together.leaderboards.sweeps import count_boards
from tests.factories import make_challenge, make_group, make_idea, make_member, make_organisation
from tests.factories.ledger import make_entry
from tests.support.inspector import Inspector


def test_each_board_can_be_read_by_everybody(server: Flask, browser: Browser) -> None:
    organisation = make_organisation(name="Riverside and Long Valley Community Trust", headcount=120)
    group = make_group(name="Community nurses of the long valley")
    idea = make_idea(make_challenge(title="What would make the next winter easier than the last one was?"))
    for number in range(58):
        groups = [group] if number < 6 else []
        member = make_member(organisation, groups=groups, on_leaderboard=True)
        make_entry(member, 1_000 + number // 2, idea_id=idea.id)
    me = make_member(organisation, on_leaderboard=True)
    make_entry(me, 1_001, idea_id=idea.id)
    count_boards()
    inspector = Inspector(browser, server, me)
    db.session.rollback()
    inspector.open("/leaderboard")
    page = inspector.page
    expect(page.get_by_role("heading", name="Around you")).to_be_visible()
    expect(page.locator(".leader--me")).to_contain_text("this is you")
    expect(page.locator("main")).to_contain_text("Staff groups")
    page.get_by_role("link", name="By challenge").click()
    expect(page.get_by_label("Challenge", exact=True)).to_have_value(str(idea.challenge_id))
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".leader--me")).to_be_visible()
    inspector.look()
    inspector.finish()


def test_one_who_hides_points_is_led_by_none(server: Flask, open_page: Callable[..., Page]) -> None:
    me, idea = make_member(), make_idea()
    page = open_page("/me/preferences", signed_in=me, width=390)
    bar = page.get_by_role("navigation", name="Main places")
    expect(bar.get_by_role("link", name="Points")).to_be_visible()
    page.get_by_label("Hide points from me").check()
    page.get_by_role("button", name="Save preferences").click()
    expect(bar.get_by_role("link", name="My ideas")).to_be_visible()
    expect(page.locator("#points")).to_have_count(0)
    page.goto(f"/ideas/{idea.id}")
    page.get_by_role("button", name="Thumb up").first.click()
    expect(page.locator("[aria-pressed=true]").first).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("point")
    page.goto("/me/preferences")
    page.get_by_label("Hide points from me").uncheck()
    page.get_by_role("button", name="Save preferences").click()
    expect(page.locator("#points")).to_have_text("1 point")
