"""A browser that goes through pages and gathers everything that is wrong with them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from playwright.sync_api import Browser
from werkzeug.exceptions import HTTPException

from talking_together.accounts.models import Member
from tests.support.accessibility import NARROWEST, check_accessibility, check_fits, looks
from tests.support.browsing import new_page

# What machines ask for.
NOT_PAGES = {
    "accounts.photo",
    "accounts.still_here",
    "files.file",
    "files.small_picture",
    "health.alive",
    "ideas.suggest_members",
    "health.ready",
    "invitations.preview_email",
    "invitations.problems",
    "invitations.staff_list_template",
    "organisations.colours",
    "rewards.reward_picture",
    "rewards.small_reward_picture",
    "search.similar",
    "static",
}
# Pages that tests open by name, as links lead to them only in some states.
ELSEWHERE = {
    "accounts.request_password_reset",
    "accounts.reset_password",
    "accounts.sign_in",
    "challenges.preview_challenge",
    "comments.comment",
    "comments.comment_history",
    "comments.edit_comment",
    "devtools.letter",
    "fairness.own_votes",
    "fairness.sign",
    "files.add_picture",
    "devtools.mailbox",
    "home.welcome",
    "ideas.edit_idea",
    "ideas.idea_history",
    "ideas.send_back",
    "invitations.check_leavers",
    "invitations.confirm_my_address",
    "invitations.decline_page",
    "invitations.enter_team_code",
    "invitations.invitation",
    "invitations.my_address",
    "invitations.progress",
    "invitations.reading_progress",
    "invitations.team_invitation",
    "invitations.waiting_for_moderator",
    "merging.new_merge",
    "results.preview_results",
    "rewards.desk",
    "rewards.marked_used",
    "rewards.used_vouchers",
    "rewards.voucher_at_desk",
    "rewards.reward_codes",
    "merging.original",
    "results.challenge_results",
    "telling.stop_page",
    "votes.answer_request",
}
EMPTY_AND_SUBMIT = """
const forms = [...document.querySelectorAll('main form.form[method=post]')]
const form = forms.sort((one, other) => other.elements.length - one.elements.length)[0]
const typed = 'input:not([type=hidden], [type=radio], [type=checkbox]), textarea'
form.querySelectorAll(typed).forEach((box) => { box.value = '' })
form.noValidate = true
form.submit()
"""


class Inspector:
    """Goes through pages with one browser and gathers everything that is wrong."""

    def __init__(self, browser: Browser, site: Flask, member: Member | None) -> None:
        self.site = site
        self.faults: list[str] = []
        self.page = new_page(browser, site, self.faults, signed_in=member)
        self.seen: set[tuple[str, frozenset[str]]] = set()

    def open(self, path: str, *, status: int = 200) -> None:
        """Look at the page of a path."""
        answer = self.page.goto(path)
        assert answer
        assert answer.status == status, f"{path} answered {answer.status}"
        self.look()

    def look(self) -> None:
        """Look at the page as it stands: light and dark, wide and on a phone."""
        self.page.wait_for_load_state()
        self.page.evaluate(
            "document.querySelectorAll('main details').forEach((part) => { part.open = true })"
        )
        for width, scheme in looks(self.page):
            if width != NARROWEST:
                self._note(check_accessibility, colours_only=scheme == "dark")
            if scheme == "light":
                self._note(check_fits)

    def follow_links(self, *starts: str, part: str = "/") -> set[str]:
        """Look at the pages and at whatever they lead to in a part of the site; return the endpoints seen."""
        waiting = list(starts)
        while waiting:
            path = waiting.pop(0)
            kind = self._kind_of(path)
            if kind is None or kind in self.seen or not path.startswith(part):
                continue
            self.seen.add(kind)
            self.open(path)
            waiting += self.page.evaluate(
                "[...document.querySelectorAll('a[href]')].filter((link) => link.origin === location.origin)"
                ".map((link) => link.pathname + link.search)"
            )
        return {endpoint for endpoint, _keys in self.seen}

    def _kind_of(self, path: str) -> tuple[str, frozenset[str]] | None:
        parts = urlsplit(path)
        try:
            endpoint, _values = self.site.url_map.bind("localhost").match(parts.path)
        except HTTPException:
            return None
        keys = frozenset(key for key, value in parse_qsl(parts.query) if value)
        return None if endpoint in NOT_PAGES else (endpoint, keys)

    def _note(self, check: Callable[..., None], **options: Any) -> None:
        try:
            check(self.page, **options)
        except AssertionError as error:
            self.faults.append(str(error))

    def submit_empty(self, path: str, *, status: int = 400) -> None:
        """Send the main form of a page with nothing in it and look at what comes back."""
        self.page.goto(path)
        with self.page.expect_navigation() as navigation:
            self.page.evaluate(EMPTY_AND_SUBMIT)
        assert navigation.value
        assert navigation.value.status == status, f"{path} answered {navigation.value.status}"
        self.look()
        assert self.page.locator(".nhsuk-error-summary").count() == 1, path
        assert self.page.title().startswith("Error: "), path
        for link in self.page.locator(".nhsuk-error-summary a").all():
            target = link.get_attribute("href") or ""
            assert self.page.locator(target).count() == 1, (
                f"{path}: an error leads to {target}, which is not there"
            )

    def finish(self) -> None:
        """Close the browser and fail with what was found."""
        self.page.context.close()
        found = "\n".join(dict.fromkeys(self.faults))
        assert not self.faults, found
