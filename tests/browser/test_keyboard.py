"""Everything by keyboard alone, and the focus always where a person expects it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, make_challenge, make_comment, make_idea, make_member
from tests.support.accessibility import check_accessibility

OpenPage = Callable[..., Page]
# No page has more places that the focus can go to.
MOST_STOPS = 120

# What of the focused element the bar of a phone lies over, or None. A box to write in may be taller
# than the window: it is the line that is written on which must be in sight.
COVERED_BY = """
() => {
  const focused = document.activeElement
  const box = focused.getBoundingClientRect()
  const bottom = focused.matches('textarea') ? Math.min(box.bottom, box.top + 40) : box.bottom
  const edge = document.querySelector('.bar').getBoundingClientRect().top
  return bottom > edge + 1 ? focused.outerHTML.slice(0, 120) : null
}
"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what the selector finds."""
    for _ in range(MOST_STOPS):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def has_focus(page: Page, selector: str) -> bool:
    """Return whether the focus is on what the selector finds."""
    return page.evaluate("(selector) => document.activeElement.matches(selector)", selector)


def test_sign_in_vote_comment_and_reply_without_a_mouse(open_page: OpenPage) -> None:
    member, idea = make_member(), make_idea()
    first = make_comment(idea)
    page = open_page("/sign-in")
    tab_to(page, "#email")
    page.keyboard.type(member.email)
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/$"))

    tab_to(page, ".card__title a[href^='/ideas/']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(idea.title)

    up = f"#vote-ideas-{idea.id}-up"
    tab_to(page, up)
    for pressed, count in (("true", "1"), ("false", "0"), ("true", "1")):
        page.keyboard.press("Enter" if pressed == "true" else "Space")
        expect(page.locator(up)).to_have_attribute("aria-pressed", pressed)
        expect(page.locator(up)).to_have_text(re.compile(rf": {count}$"))
        assert has_focus(page, up), "The focus fell off the button when it was exchanged"
    expect(page.locator("#announcer")).to_have_text("Thumb up counted. 1 up, 0 down.")

    tab_to(page, "#comment-form textarea")
    page.keyboard.type("It works on our ward too.")
    tab_to(page, "#post-comment")
    page.keyboard.press("Enter")
    expect(page.locator(".comment", has_text="It works on our ward too.")).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body"), "The focus was lost with the form"

    page.reload()
    tab_to(page, f"a[href='/comments/{first.id}/reply']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reply to")
    tab_to(page, "textarea")
    page.keyboard.type("Which ward?")
    tab_to(page, "main form button[type=submit]:not(.toolbar *)")
    page.keyboard.press("Enter")
    expect(page.locator(".comment--1")).to_contain_text("Which ward?")


def test_the_skip_link_is_first_and_leads_past_the_header(open_page: OpenPage) -> None:
    page = open_page("/", signed_in=make_member())
    page.keyboard.press("Tab")
    assert has_focus(page, ".nhsuk-skip-link")
    expect(page.locator(".nhsuk-skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement.closest('main') !== null || !document.querySelector('main a')"
    )


@pytest.mark.parametrize(
    "path", ["/", "/challenges/{challenge}", "/ideas/{idea}", "/challenges/{challenge}/ideas/new"]
)
def test_the_bar_of_a_phone_never_covers_the_focus(open_page: OpenPage, path: str) -> None:
    challenge = make_challenge()
    ideas = [make_idea(challenge) for _ in range(6)]
    for _ in range(4):
        make_comment(ideas[0])
    page = open_page(
        path.format(challenge=challenge.id, idea=ideas[0].id), signed_in=make_member(), width=390
    )
    page.set_viewport_size({"width": 390, "height": 500})
    stops = 0
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('.bar') !== null"
        ):
            break
        covered = page.evaluate(COVERED_BY)
        assert covered is None, f"The bar covers {covered}"
        stops += 1
    assert stops > 5
    page.keyboard.press("Shift+Tab")
    for _ in range(stops - 1):
        page.keyboard.press("Shift+Tab")
        covered = page.evaluate(COVERED_BY)
        assert covered is None, f"The bar covers {covered} on the way back"


def test_the_error_summary_takes_the_focus_and_leads_to_the_fields(open_page: OpenPage) -> None:
    page = open_page("/sign-in")
    page.get_by_role("button", name="Sign in").click()
    summary = page.locator(".nhsuk-error-summary")
    expect(summary).to_be_focused()
    links = summary.locator("a")
    assert links.count() == 2
    for link in links.all():
        link.focus()
        page.keyboard.press("Enter")
        assert has_focus(page, link.get_attribute("href") or ""), "The link does not lead to its field"
        label = page.evaluate("document.activeElement.labels[0].getBoundingClientRect().top")
        assert label >= 0, "The field's label is out of sight"


def test_the_menu_opens_by_keyboard_and_shows_all_it_holds(open_page: OpenPage) -> None:
    page = open_page("/", signed_in=make_member())
    tab_to(page, ".menu summary")
    page.keyboard.press("Enter")
    check_accessibility(page)
    page.keyboard.press("Tab")
    assert has_focus(page, ".menu__panel a")
    page.keyboard.press("Escape")
    expect(page.locator(".menu__panel")).to_be_hidden()
    assert has_focus(page, ".menu summary")
