"""A shared computer in a real browser: the warning, the end, and what is left behind."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, make_challenge, make_member
from tests.support.accessibility import check_accessibility, check_fits

OpenPage = Callable[..., Page]
IDLE_S = 6


@pytest.fixture(autouse=True)
def _impatient(server: Flask) -> Iterator[None]:
    """Let seconds stand for minutes."""
    server.config["IDLE_SHARED_S"] = IDLE_S
    yield
    del server.config["IDLE_SHARED_S"]


def sit_down(open_page: OpenPage, **options: object) -> Page:
    page = open_page("/sign-in", **options)
    page.get_by_label("Email or staff number").fill(make_member().email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("This is a shared computer").check()
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/$"))
    return page


def kept_by(page: Page) -> list[str]:
    keys: list[str] = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    return keys


def test_nobody_there_is_warned_and_then_signed_out(open_page: OpenPage) -> None:
    page = sit_down(open_page)
    dialog = page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("is lost then")
    expect(page.get_by_role("button", name="I am still here")).to_be_focused()
    check_accessibility(page)
    page.wait_for_url("**/sign-in")
    expect(page.locator("main")).to_contain_text("a shared computer is signed out after")
    # A page without icons of its own draws the cross of a toast as well.
    expect(page.locator(".toast use")).to_have_attribute("href", re.compile("icons.*#close"))
    # Back shows nothing of the person who left.
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_somebody_there_goes_on_by_one_key(open_page: OpenPage, key: str) -> None:
    page = sit_down(open_page)
    dialog = page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_visible()
    page.keyboard.press(key)
    expect(dialog).to_be_hidden()
    page.goto("/me")
    expect(page).to_have_url(re.compile("/me$"))


def test_somebody_who_types_for_long_is_not_interrupted_and_nothing_is_kept(open_page: OpenPage) -> None:
    challenge = make_challenge()
    page = sit_down(open_page)
    page.goto(f"/challenges/{challenge.id}/ideas/new")
    page.get_by_label("Title").focus()
    for _ in range(IDLE_S * 2):
        page.keyboard.type("a")
        page.wait_for_timeout(700)
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert kept_by(page) == []
    page.get_by_label("Your idea", exact=True).fill("So that everybody sees.")
    page.get_by_role("button", name="Publish idea").click()
    expect(page.locator("main")).to_contain_text("So that everybody sees.")


def test_one_tab_in_use_keeps_the_other_signed_in(open_page: OpenPage) -> None:
    page = sit_down(open_page)
    other = page.context.new_page()
    other.goto("/me")
    for _ in range(IDLE_S * 2):
        other.keyboard.press("Shift")
        other.wait_for_timeout(700)
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/$"))


def test_signing_out_leaves_nothing_on_the_computer(open_page: OpenPage) -> None:
    page = sit_down(open_page)
    page.evaluate("localStorage.setItem('draft:left', '{}'); sessionStorage.setItem('left', '1')")
    page.get_by_role("button", name="Sign out now").click()
    page.wait_for_url("**/sign-in")
    assert kept_by(page) == []
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_without_scripts_the_server_ends_it(open_page: OpenPage) -> None:
    page = sit_down(open_page, javascript=False)
    expect(page.locator("#shared-computer")).to_contain_text("without use")
    page.wait_for_timeout(IDLE_S * 1000 + 500)
    page.goto("/me")
    expect(page.locator("main")).to_contain_text("a shared computer is signed out after")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_line_and_the_warning_fit_and_can_be_read(open_page: OpenPage, scheme: str, width: int) -> None:
    page = sit_down(open_page, scheme=scheme, width=width)
    check_accessibility(page)
    check_fits(page)
