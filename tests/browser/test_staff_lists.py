"""A staff list in a browser: shown, corrected, read with its progress, and mended."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.invitations.staff_lists import readings
from tests.factories import make_admin, make_member, make_organisation
from tests.support.accessibility import check_accessibility, check_fits

LIST = (
    "Full name,Contact,Employer,Team\n"
    "Amy Lee,amy@riverside.example,Riverside,Night owls\n"
    "Ben Oak,ben@riverisde.example,Riverside,\n"
    "Cat Ash,cat@home.example,Riverside NHS Trst,Porters\n"
    "Dan Elm,dan@home.example,Acute,\n"
    "2024-03-01,eve@riverside.example,,\n"
    ",,,\n"
    "Fay Fir,member@riverside.example,,\n"
)
WINDOWS = [("light", 1280), ("dark", 390)]


@pytest.fixture
def admin(server: Flask) -> Any:
    """Return an admin of a site with one partner and one member."""
    riverside = make_organisation(name="Riverside", short_name="RV", domains=("riverside.example",))
    make_member(riverside, email="member@riverside.example")
    return make_admin(riverside, email="admin@riverside.example")


def send(page: Page, content: str, *, name: str = "Nurses", leavers: bool = False) -> None:
    """Fill in the form of an upload and send it."""
    page.get_by_label("Name of the list").fill(name)
    if leavers:
        page.get_by_label("People who have left").check()
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "staff.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Upload and check").click()


def look(page: Page) -> None:
    """Look at the page as a browser and a screen reader do."""
    check_accessibility(page)
    check_fits(page)


@pytest.mark.parametrize(("scheme", "width"), WINDOWS)
def test_a_list_is_checked_read_and_mended(
    open_page: Callable[..., Page], admin: Any, scheme: str, width: int
) -> None:
    page = open_page("/admin/invitations/lists/new", signed_in=admin, scheme=scheme, width=width)
    look(page)
    send(page, LIST)
    expect(page.get_by_role("heading", name="The first 7 rows as we understand them")).to_be_visible()
    expect(page.get_by_label("Email", exact=True)).to_have_value("1")
    expect(page.get_by_text("did you mean Riverside?")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Read the list").click()
    expect(page.locator(".figure", has_text="Needs attention")).to_contain_text("4")
    look(page)
    page.get_by_role("button", name="Use riverside.example").click()
    expect(page.locator(".figure", has_text="Needs attention")).to_contain_text("3")
    page.get_by_role("button", name="Use it for 1 row that says Riverside NHS Trst").click()
    expect(page.locator(".figure", has_text="Needs attention")).to_contain_text("2")
    page.get_by_role("button", name="Make 2 staff groups").click()
    expect(page.get_by_text("2 staff groups added").first).to_be_visible()
    look(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="as CSV").click()
    assert download.value.suggested_filename == "nurses-problems.csv"


def test_a_long_list_shows_how_far_it_has_been_read(open_page: Callable[..., Page], admin: Any) -> None:
    page = open_page("/admin/invitations/lists/new", signed_in=admin)
    send(page, "Email\n" + "".join(f"p{number}@riverside.example\n" for number in range(3_000)))
    page.get_by_role("button", name="Read the list").click()
    expect(page.get_by_role("button", name="Stop reading")).to_be_visible()
    look(page)
    claim = in_transaction(readings.claim_reading)
    assert claim is not None

    def watch() -> bool:
        db.session.rollback()
        if watched:
            expect(page.locator("#progress")).to_contain_text("1,000 of about 3,000 rows read")
        watched.append(True)
        return len(watched) == 2

    watched: list[bool] = []
    readings.read_claimed(claim, stop=watch)
    claim = in_transaction(readings.claim_reading)
    assert claim is not None
    readings.read_claimed(claim)
    page.get_by_role("link", name="See what became of each row").click()
    expect(page.locator(".figure", has_text="New")).to_contain_text("3,000")


@pytest.mark.parametrize(("scheme", "width"), WINDOWS)
def test_leavers_lose_access_when_their_number_is_typed(
    open_page: Callable[..., Page], admin: Any, scheme: str, width: int
) -> None:
    page = open_page("/admin/invitations/lists/new", signed_in=admin, scheme=scheme, width=width)
    send(page, "Email\nmember@riverside.example\nadmin@riverside.example\n", name="Gone", leavers=True)
    look(page)
    page.get_by_role("button", name="Read the list").click()
    page.get_by_role("link", name="Check who loses access").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check who loses access")
    look(page)
    page.get_by_label("How many people lose access").fill("1")
    page.get_by_role("button", name="End their access").click()
    expect(page.get_by_text("Access of 1 person ended").first).to_be_visible()
    look(page)
