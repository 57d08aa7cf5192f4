"""What a browser can tell of a page's accessibility, by axe-core and by its layout."""

from collections.abc import Iterator

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support.slowness import stays

# All that WCAG 2.2 AA asks for and a program can check, and what axe advises beyond it.
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = [*STANDARD, "best-practice"]
# In CSS pixels, by WCAG 2.2's target size; links within text are free of it.
LEAST_TARGET = 24

# What may change when nothing but the colours do.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]

_SCRIPT = Axe().axe_script


def check_accessibility(page: Page, *, colours_only: bool = False, is_email: bool = False) -> None:
    """Fail with axe's words for everything it finds wrong with the page as it stands."""
    _wait_until_there(page)
    # The mail program brings the landmarks that axe advises for pages.
    tags = {"type": "tag", "values": STANDARD if is_email else RULES}
    chosen = {"type": "rule", "values": COLOUR_RULES} if colours_only else tags
    if not page.evaluate("'axe' in window"):
        # The library is large: once a page is enough, however often the page is looked at.
        page.evaluate(_SCRIPT)
    options = {"resultTypes": ["violations"], "runOnly": chosen}
    with stays(page):
        results = AxeResults(page.evaluate("(options) => axe.run(options)", options))
    assert results.violations_count == 0, f"{page.url}: {results.generate_report()}"


def _wait_until_there(page: Page) -> None:
    # A click waits until the next page begins to arrive; nobody judges half of one.
    page.wait_for_load_state()


def check_fits(page: Page) -> None:
    """Fail when the page can be scrolled sideways."""
    _wait_until_there(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels wider than its window"


# A tablet upright is the narrowest that is laid out as a desk's screen is.
WIDE, TABLET, PHONE, NARROWEST = 1280, 768, 390, 320
HEIGHT = 900


def looks(page: Page) -> Iterator[tuple[int, str]]:
    """Put the page as it stands into each width and colours, and leave it wide and light."""
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            yield width, scheme
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    yield NARROWEST, "light"
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})


def check_everywhere(page: Page) -> None:
    """Check the page as it stands, light and dark, wide and on a phone; dark differs by colours alone."""
    for width, scheme in looks(page):
        if width != NARROWEST:
            check_accessibility(page, colours_only=scheme == "dark")
        check_fits(page)
