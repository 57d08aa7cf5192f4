"""The page that everybody meets first."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.factories import PASSWORD, make_member
from tests.support.accessibility import check_everywhere


def test_anyone_can_read_the_sign_in_page(open_page: Callable[..., Page]) -> None:
    check_everywhere(open_page("/sign-in"))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_member_signs_in_by_keyboard(open_page: Callable[..., Page], javascript: bool) -> None:
    member = make_member()
    page = open_page("/sign-in", javascript=javascript)
    page.get_by_label("Email").focus()
    page.keyboard.type(member.email)
    page.get_by_label("Password", exact=True).focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    assert page.get_by_role("heading", level=1).count() == 1
