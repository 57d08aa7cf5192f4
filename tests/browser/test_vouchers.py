"""From points to a voucher on a phone and on paper, and back."""

import io
from collections.abc import Callable

import segno
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from talking_together.core.formatting import reward_path
from talking_together.extensions import db
from talking_together.rewards.models import Voucher
from talking_together.rewards.vouchers.codes import shown_code
from tests.factories import make_member
from tests.factories.points import give_points
from tests.factories.rewards import make_reward, make_sponsor
from tests.support.accessibility import PHONE, check_everywhere, check_fits

OpenPage = Callable[..., Page]


def test_points_become_a_voucher_that_can_be_scanned_printed_and_cancelled(
    server: Flask, open_page: OpenPage
) -> None:
    member = make_member()
    give_points(member.id, 80)
    reward = make_reward(make_sponsor(name="Harbour Pools"), title="A swim for one", cost=50)
    page = open_page(reward_path(reward), signed_in=member, width=PHONE, javascript=False)
    page.get_by_role("button", name="Get this for 50 points").click()
    expect(page.get_by_role("heading", level=1, name="A swim for one")).to_be_visible()
    voucher = db.session.query(Voucher).one()
    expect(page.get_by_text(shown_code(voucher.code))).to_be_visible()
    address = page.url

    page = open_page(address, signed_in=member, width=PHONE, device_scale_factor=2)
    assert modules_in(page) == modules_of(f"{server.config['BASE_URL']}/desk/vouchers/{voucher.code}")
    check_everywhere(page)
    check_fits(page)

    # On paper: one side of A6 holds it, without what is only for the screen.
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Cancel this voucher").is_visible()
    printed = page.pdf(format="A6", margin=dict.fromkeys(("top", "right", "bottom", "left"), "5mm"))
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 1
    page.emulate_media(media="screen")

    page.get_by_role("button", name="Cancel this voucher").click()
    expect(page.get_by_text("Cancelled on")).to_be_visible()
    expect(page.locator(".voucher svg")).to_have_count(0)
    check_everywhere(page)
    page.goto("/vouchers")
    expect(page.get_by_role("heading", name="Used, expired or cancelled")).to_be_visible()
    check_everywhere(page)


def modules_of(address: str) -> list[list[bool]]:
    return [list(map(bool, row)) for row in segno.make(address, error="q", micro=False).matrix_iter(border=4)]


def modules_in(page: Page) -> list[list[bool]]:
    """Return the light and dark squares of the code on the page, as a camera would see them."""
    drawn = Image.open(io.BytesIO(page.locator(".voucher__qr svg").screenshot())).convert("L")
    count = int(page.locator(".voucher__qr svg").get_attribute("viewBox").split()[2])
    size = drawn.width / count
    return [
        [drawn.getpixel((int((x + 0.5) * size), int((y + 0.5) * size))) < 128 for x in range(count)]
        for y in range(count)
    ]
