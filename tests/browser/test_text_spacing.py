"""Pages with letters, words and lines as far apart as a reader may set them (WCAG 1.4.12)."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.factories import make_admin, make_idea, make_member
from tests.factories.rewards import make_reward
from tests.support.accessibility import HEIGHT, NARROWEST, WIDE, check_fits

OpenPage = Callable[..., Page]
SPACED = """
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }
"""
# The narrowest window that the field of the search stands in.
MIDDLE = 1100


def test_nothing_runs_over_with_letters_and_words_further_apart(open_page: OpenPage) -> None:
    make_reward()
    idea = make_idea()
    for member in (make_member(points=1_204), make_admin(points=1_204)):
        page = open_page("/", signed_in=member, bypass_csp=True)
        for path in ("/", f"/ideas/{idea.id}"):
            page.goto(path)
            page.add_style_tag(content=SPACED)
            for width in (WIDE, MIDDLE, NARROWEST):
                page.set_viewport_size({"width": width, "height": HEIGHT})
                check_fits(page)
