"""Searching, and ideas that are alike while one is typed, in a real browser."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.factories import make_challenge, make_comment, make_idea, make_member, make_moderator
from tests.support.accessibility import check_accessibility, check_everywhere, check_fits

OpenPage = Callable[..., Page]


def filled() -> int:
    """Write what can be found, and return the challenge."""
    challenge = make_challenge(title="How do we make night shifts easier?")
    for title in ("Free parking for night staff", "Let night staff park for free by the ward"):
        idea = make_idea(challenge, title=title, status="shortlisted")
    make_comment(idea, body_source="Parking at **night** is the worst of it")
    return challenge.id


def test_every_state_of_a_search_can_be_read_by_everybody(open_page: OpenPage) -> None:
    filled()
    page = open_page("/search", signed_in=make_member())
    for query in (
        "",
        "?q=night",
        "?q=night&kind=idea",
        "?q=night+hedgehogs",
        "?q=parkign",
        "?q=%3F",
        "?q=night&status=done",
    ):
        page.goto(f"/search{query}")
        check_everywhere(page)


@pytest.mark.parametrize("width", [768, 900, 1000, 1099, 1100, 1280, 1499, 1500, 1600])
def test_the_header_holds_together_at_every_width(open_page: OpenPage, width: int) -> None:
    page = open_page("/challenges", signed_in=make_moderator(role="admin"), width=width)
    for _ in range(2):
        boxes = [
            box
            for box in (
                element.bounding_box()
                for element in page.locator(".header__inner > *, .header nav li, .header__tools > *").all()
            )
            if box
        ]
        assert max(box["y"] + box["height"] for box in boxes) <= 64
        assert max(box["x"] + box["width"] for box in boxes) <= width
        check_fits(page)
        row = ".header nav li", ".header__search", ".header__find", ".header__tools > *"
        places = [
            each.bounding_box() for each in page.locator(", ".join(f"{part}:visible" for part in row)).all()
        ]
        edges = sorted((box["x"], box["x"] + box["width"]) for box in places if box)
        assert all(before[1] <= after[0] + 1 for before, after in pairwise(edges)), edges
        page.close()
        page = open_page("/challenges", signed_in=make_member(), width=width)


def test_the_slash_key_goes_to_the_search_but_not_while_writing(open_page: OpenPage) -> None:
    challenge = filled()
    page = open_page(f"/challenges/{challenge}", signed_in=make_member())
    page.keyboard.press("/")
    expect(page.locator("#header-search")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#header-search")).to_have_value("a/b")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=a%2Fb$"))
    page.goto(f"/challenges/{challenge}/ideas/new")
    page.locator("#body").focus()
    page.keyboard.type("and/or")
    expect(page.locator("#body")).to_have_value("and/or")

    page.goto("/search?q=night")
    page.get_by_role("button", name="Turn this off").click()
    page.goto(f"/challenges/{challenge}")
    page.keyboard.press("/")
    expect(page.locator("#header-search")).not_to_be_focused()
    page.goto("/search?q=night")
    page.get_by_role("button", name="Let it bring me to the search").click()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#search-words")).to_be_focused()


def test_a_phone_finds_the_search_in_its_bar(open_page: OpenPage) -> None:
    filled()
    page = open_page("/", signed_in=make_member(), width=390)
    page.locator(".bar").get_by_role("link", name="Search").click()
    page.locator("#search-words").fill("parking")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(3)


@pytest.mark.parametrize("width", [1280, 390])
def test_typing_a_title_shows_ideas_like_it(open_page: OpenPage, width: int) -> None:
    challenge = filled()
    page = open_page(f"/challenges/{challenge}/ideas/new", signed_in=make_member(), width=width)
    expect(page.locator("#similar")).to_be_hidden()
    page.locator("#title").press_sequentially("Free night parking for staff", delay=15)
    expect(page.locator("#similar-hint")).to_have_text(re.compile("2 ideas look like yours"))
    expect(page.locator("#title")).to_be_focused()
    similar = page.locator("#similar")
    expect(similar.get_by_role("heading", level=3)).to_have_count(2)
    check_accessibility(page)
    check_fits(page)
    up = similar.locator(".vote__button--up").first
    up.click()
    expect(similar.locator(".vote__button--up").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#title")).to_have_value("Free night parking for staff")
    page.locator("#title").fill("A quiet room to rest")
    expect(page.locator("#similar-hint")).to_be_empty()
    expect(similar).to_be_hidden()
    page.locator("#title").fill("Free parking for the night staff")
    similar.get_by_role("link", name=re.compile("Add to this one")).first.click()
    expect(page).to_have_url(re.compile(r"/ideas/\d+-.*#comment-form$"))


def test_signed_out_meanwhile_the_page_stays_with_what_is_typed(open_page: OpenPage) -> None:
    challenge = filled()
    page = open_page(f"/challenges/{challenge}/ideas/new", signed_in=make_member())
    page.context.clear_cookies()
    with page.expect_response("**/ideas/similar*") as asked:
        page.locator("#title").fill("Free night parking for staff")
    assert asked.value.status == 401
    expect(page.locator(".autosave")).to_contain_text("you are signed out")
    expect(page.locator("#title")).to_have_value("Free night parking for staff")


def test_without_javascript_very_similar_ideas_are_shown_once_before_publishing(open_page: OpenPage) -> None:
    challenge = filled()
    page = open_page(f"/challenges/{challenge}/ideas/new", signed_in=make_member(), javascript=False)
    page.locator("#title").fill("Free parking for night staff")
    page.locator("#body").fill("It costs too much.")
    page.get_by_role("button", name="Publish idea").click()
    expect(page.get_by_role("heading", name="Before you publish")).to_be_visible()
    expect(page.locator("#similar h3").first).to_have_text("Free parking for night staff")
    expect(page.locator("#body")).to_have_value("It costs too much.")
    page.get_by_role("button", name="Publish idea").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Free parking for night staff")
