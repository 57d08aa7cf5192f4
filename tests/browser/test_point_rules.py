"""An admin tries a rule of points, corrects a slip, and plans it; members read what is planned."""

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Browser, expect

from talking_together.core import clock
from talking_together.extensions import db
from talking_together.points.services import award, take_back
from talking_together.points.spending import spend
from tests.factories import make_admin, make_idea
from tests.factories.points import set_rule
from tests.factories.rewards import make_reward
from tests.support.inspector import Inspector


def test_a_rule_is_tried_corrected_and_planned(server: Flask, browser: Browser) -> None:
    admin = make_admin(name="Robin Ashdown")
    for _ in range(5):
        make_idea()
    idea, reward = make_idea(author=admin), make_reward(title="A swim for one")
    set_rule("idea published", points=15)
    award("idea published", member_id=admin.id, key="idea published:1", idea_id=idea.id)
    spend(admin.id, event="reward redeemed", key="one", cost=15, reward_id=reward.id)
    take_back(["idea published:1"])
    db.session.commit()
    start = clock.to_london(clock.now() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")
    inspector = Inspector(browser, server, admin)
    db.session.rollback()
    inspector.open("/admin/points")
    page = inspector.page
    page.get_by_role("link", name="Sharing an idea").click()
    page.get_by_label("Points", exact=True).fill("10")
    page.get_by_role("button", name="Try it").click()
    tried = page.locator("#tried")
    expect(tried).to_contain_text("this would have given 60 points instead of 90 points, to 6 members")
    inspector.look()
    page.get_by_label("Points", exact=True).fill("-5")
    page.get_by_label("From when").fill(start)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#rule-points-error")).to_contain_text("Enter a whole number from 0 to 10,000")
    expect(page.get_by_label("From when")).to_have_value(start)
    inspector.look()
    page.get_by_label("Points", exact=True).fill("10")
    page.get_by_label("Why you change it").fill("Fewer, better ideas")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Rule 3")).to_contain_text("Planned")
    inspector.open("/points")
    expect(page.locator("main")).to_contain_text("Your balance is below zero")
    inspector.look()
    page.get_by_role("link", name="How the rules work").click()
    expect(page.locator("main")).to_contain_text("10 points")
    inspector.finish()
