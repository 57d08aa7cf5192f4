"""A sponsor's desk by keyboard on a phone, and the register of gifts on a screen and on paper."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from talking_together.rewards.vouchers.codes import shown_code
from tests.factories import make_admin, make_group, make_member, make_organisation
from tests.factories.desks import make_desk_member
from tests.factories.members import PASSWORD
from tests.factories.rewards import make_gift_policy, make_reward, make_sponsor
from tests.factories.vouchers import make_voucher
from tests.support.accessibility import PHONE, check_everywhere

OpenPage = Callable[..., Page]


def test_a_desk_takes_a_voucher_once_by_keyboard_on_a_phone(server: Flask, open_page: OpenPage) -> None:
    sponsor = make_sponsor(name="Harbour Pools")
    desk = make_desk_member(sponsor, name="Dee Marsh")
    voucher = make_voucher(make_reward(sponsor, title="A swim for one"), sponsor_code="POOL-77")
    page = open_page(f"/desk/vouchers/{voucher.code}", width=PHONE, javascript=False)
    page.locator("#email").fill(str(desk.email))
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="A swim for one")).to_be_visible()

    page = open_page("/desk", signed_in=desk, width=PHONE)
    check_everywhere(page)
    expect(page.get_by_label("Voucher code")).to_be_focused()
    page.keyboard.type(shown_code(voucher.code).lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Good until the end of")).to_be_visible()
    check_everywhere(page)
    address = page.url
    while not page.get_by_role("button", name="Mark as used").evaluate("e => e === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Marked as used")).to_be_visible()
    check_everywhere(page)

    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("Do not accept: used already")
    expect(page.get_by_role("button", name="Mark as used")).to_have_count(0)
    check_everywhere(page)
    page.goto("/desk/used")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Used vouchers")
    check_everywhere(page)


def test_an_admin_reads_and_prints_the_register_and_sets_up_a_desk(
    server: Flask, open_page: OpenPage
) -> None:
    organisation = make_organisation(name="Riverside Community Health and Care Trust")
    make_gift_policy(organisation, opted_out=False, ceiling_pence=5000)
    sponsor = make_sponsor(name="Harbour Pools")
    member = make_member(organisation, name="Ada Okafor")
    for number, pence in enumerate((550, 2600, 900)):
        make_voucher(make_reward(sponsor, title=f"Reward {number}", face_value_pence=pence), member)
    team = make_reward(sponsor, title="Cakes for the ward", kind="team", face_value_pence=4000)
    make_voucher(team, member, group_id=make_group(name="Ward 7").id)
    admin = make_admin(organisation)
    page = open_page("/admin/rewards/register", signed_in=admin)
    check_everywhere(page)
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Download as CSV").is_visible()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= 1
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Who is near what their organisation allows").click()
    expect(page.get_by_role("cell", name="81%")).to_be_visible()
    check_everywhere(page)
    for path in (f"/admin/organisations/{organisation.id}/gifts", f"/admin/sponsors/{sponsor.id}/desk"):
        page.goto(path)
        check_everywhere(page)
