"""An admin sets up a reward with the sponsor's codes, and a member sees it."""

import io

from flask import Flask
from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from talking_together.extensions import db
from tests.factories import make_admin, make_group, make_member
from tests.factories.rewards import make_reward, make_sponsor
from tests.support.inspector import Inspector


def pool() -> dict[str, object]:
    file = io.BytesIO()
    picture = Image.new("RGB", (1200, 450), "#bfe3f5")
    ImageDraw.Draw(picture).rectangle((0, 260, 1200, 450), fill="#1d6cc0")
    picture.save(file, "PNG")
    return {"name": "pool.png", "mimeType": "image/png", "buffer": file.getvalue()}


def test_a_reward_goes_from_an_empty_form_to_a_member(server: Flask, browser: Browser) -> None:
    admin, member = make_admin(), make_member(points=60)
    inspector = Inspector(browser, server, admin)
    db.session.rollback()
    _add_sponsor(inspector)
    _write_reward(inspector)
    _add_codes(inspector)
    _add_picture(inspector)
    page = inspector.page
    page.get_by_role("link", name="Preview as a member").click()
    page.get_by_role("link", name="Back to managing it").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("People can have it").wait_for()
    inspector.look()
    inspector.finish()

    looking = Inspector(browser, server, member)
    db.session.rollback()
    looking.open("/rewards")
    assert looking.page.get_by_text("2 left").is_visible()
    looking.page.get_by_role("link", name="A swim for one").click()
    looking.page.get_by_role("button", name="Get this for 50 points").wait_for()
    looking.look()
    looking.finish()


def _add_sponsor(inspector: Inspector) -> None:
    page = inspector.page
    page.goto("/admin/sponsors/new")
    page.get_by_label("Name").fill("Five Pools")
    page.get_by_label("Link to their site").fill("http://pools.example")
    page.get_by_role("button", name="Add sponsor").click()
    page.locator(".nhsuk-error-summary").wait_for()
    inspector.look()
    page.get_by_label("Link to their site").fill("https://pools.example")
    page.get_by_label("Logo").set_input_files(pool())
    page.get_by_role("button", name="Add sponsor").click()
    page.get_by_role("heading", name="Five Pools").wait_for()


def _write_reward(inspector: Inspector) -> None:
    page = inspector.page
    page.goto("/admin/rewards/new")
    page.get_by_label("Title").fill("A swim for one")
    page.get_by_label("A gift", exact=True).check()
    page.get_by_label("What is it given for?").wait_for()
    page.get_by_label("A voucher for points").check()
    page.get_by_label("Text", exact=True).fill("At any of our **pools**. Bring a towel.")
    page.get_by_label("Cost in points").fill("50")
    page.get_by_label("Face value").fill("£30")
    page.get_by_label("As many as the sponsor gives codes").check()
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Worth more than £25").first.wait_for()
    inspector.look()


def _add_codes(inspector: Inspector) -> None:
    page = inspector.page
    page.get_by_role("link", name="Codes: 0 unused").click()
    page.get_by_label("Codes, one a line").fill("POOL-1111\nPOOL-1111\nPOOL-2222")
    page.get_by_role("button", name="Add codes").click()
    page.get_by_text("It is the same as line 1").wait_for()
    page.get_by_label("Take the other lines, and leave these out").check()
    inspector.look()
    page.get_by_role("button", name="Add codes").click()
    page.get_by_text("…2222").wait_for()
    inspector.look()
    page.get_by_role("link", name="A swim for one").click()


def _add_picture(inspector: Inspector) -> None:
    page = inspector.page
    page.get_by_role("link", name="Add a picture").click()
    page.get_by_label("Picture", exact=True).set_input_files(pool())
    page.get_by_label("What does it show?").fill("The water of a pool under a light sky")
    page.get_by_role("button", name="Save picture").click()
    page.get_by_text("People who cannot see it hear:").wait_for()
    inspector.look()
    page.get_by_role("link", name="A swim for one").click()


def test_rewards_of_every_kind_can_be_read_by_everybody(server: Flask, browser: Browser) -> None:
    sponsor = make_sponsor()
    member = make_member(points=60, groups=[make_group()])
    kinds = [make_reward(sponsor, kind=kind) for kind in ("redeem", "draw", "team")]
    kinds.append(make_reward(sponsor, kind="gift", given_for="first idea"))
    make_reward(sponsor, cost=80)
    coming = make_reward(sponsor, "upcoming")
    paths = [f"/rewards/{reward.id}" for reward in (*kinds, coming)]
    admin = make_admin()
    for who, wanted in ((member, ["/rewards", *paths]), (admin, ["/admin/rewards", "/admin/sponsors"])):
        inspector = Inspector(browser, server, who)
        db.session.rollback()
        for path in wanted:
            inspector.open(path)
        inspector.finish()
