"""Mail filters that open what they are sent, in four ways, and the people who come after them.

python -m tests.support.scanners                    # 100 invitations in each of the four ways
python -m tests.support.scanners --invitations 10
"""

import argparse
import http.cookiejar
import re
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin

from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import func, select

from talking_together.accounts.models import MemberSession
from talking_together.extensions import db
from talking_together.invitations.links import token_of
from talking_together.invitations.models import Invitation
from tests.factories import PASSWORD, make_challenge, make_organisation
from tests.factories.invitations import make_invitation, make_phase, make_staff_list
from tests.support.browsing import chromium, served_site

# What a filter's page is given to settle, as it waits for scripts.
SETTLE_MS = 300
_LINKS = re.compile(r'<a [^>]*href="(/[^"]*)"')
_TOKEN = re.compile(r'name="csrf_token" type="hidden" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a way of scanning left behind; the first two must be all and none."""

    usable: int
    sessions: int
    seen_as_people: int


class Fetcher:
    """A program that asks for pages and keeps its cookies, as a filter or a plain browser does."""

    def __init__(self, site: Flask) -> None:
        self.base = site.config["BASE_URL"]
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> str:
        """Return the text of the answer, also of one that is an error."""
        body = urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(urljoin(self.base, path), data=body, method=method)  # noqa: S310
        try:
            with self.opener.open(request, timeout=30) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            return error.read().decode()


def head_and_get(site: Flask, _browser: Browser, path: str) -> None:
    """Ask for the head, then the page, then every page that it leads to."""
    fetcher = Fetcher(site)
    fetcher.ask("HEAD", path)
    for link in _LINKS.findall(fetcher.ask("GET", path)):
        fetcher.ask("GET", unescape(link))


def get_five_times(site: Flask, _browser: Browser, path: str) -> None:
    """Ask for the page five times with the same cookies."""
    fetcher = Fetcher(site)
    for _ in range(5):
        fetcher.ask("GET", path)


def run_scripts(site: Flask, browser: Browser, path: str) -> None:
    """Open the page in a real browser, scroll it by script and let it settle."""
    context = browser.new_context(base_url=site.config["BASE_URL"])
    page = context.new_page()
    page.goto(path, wait_until="networkidle")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(SETTLE_MS)
    context.close()


def submit_every_form(site: Flask, browser: Browser, path: str) -> None:
    """Press the button of every form of the page and of what it leads to, with nothing filled in."""
    context = browser.new_context(base_url=site.config["BASE_URL"])
    page = context.new_page()
    for place in (path, f"{path}/decline"):
        page.goto(place)
        for number in range(page.locator("form").count()):
            page.goto(place)
            page.locator("form").nth(number).locator("button[type=submit], button:not([type])").last.click()
            page.wait_for_load_state("networkidle")
            # Some press the button by script, past what the page's own script would say.
            page.goto(place)
            with page.expect_navigation():
                page.evaluate("(number) => document.forms[number].submit()", number)
    context.close()


Way = Callable[[Flask, Browser, str], None]
WAYS: dict[str, Way] = {
    "HEAD and GET": head_and_get,
    "GET five times": get_five_times,
    "Chromium with scripts": run_scripts,
    "Chromium submitting every form": submit_every_form,
}


def scan(site: Flask, browser: Browser, way: Way, *, invitations: int) -> Outcome:
    """Let a filter at some invitations, then let their people join; return what became of them."""
    phase = make_phase(make_staff_list(), state="sent", challenge_id=make_challenge().id)
    organisation = make_organisation()
    made = [make_invitation(phase, organisation_id=organisation.id) for _ in range(invitations)]
    paths = [f"/invitations/{token_of(each.id, each.nonce)}" for each in made]
    ids = [each.id for each in made]
    # A session of the test's own would hold the database up.
    db.session.rollback()
    for path in paths:
        way(site, browser, path)
    sessions = db.session.scalar(select(func.count(MemberSession.id))) or 0
    opened = select(func.count(Invitation.opened_at)).where(Invitation.id.in_(ids))
    seen_as_people = db.session.scalar(opened) or 0
    db.session.rollback()
    usable = sum(_join(site, path) for path in paths)
    joined = select(func.count()).where(Invitation.id.in_(ids), Invitation.state == "joined")
    assert usable == db.session.scalar(joined), "What people were told is not what is kept"
    db.session.execute(MemberSession.__table__.delete())
    db.session.commit()
    return Outcome(usable, sessions, seen_as_people)


def _join(site: Flask, path: str) -> bool:
    """Join as a person would, in a browser of their own; return whether that worked."""
    fetcher = Fetcher(site)
    form = fetcher.ask("GET", path)
    token = _TOKEN.search(form)
    if token is None:
        return False
    sent = {"csrf_token": token.group(1), "name": "Sam Example", "job_title": "", "password": PASSWORD}
    return "Sign out" in fetcher.ask("POST", path, sent)


def _run(invitations: int) -> Iterator[bool]:
    with (
        tempfile.TemporaryDirectory() as instance,
        served_site(Path(instance)) as served,
        served.site.app_context(),
        chromium() as browser,
    ):
        for name, way in WAYS.items():
            outcome = scan(served.site, browser, way, invitations=invitations)
            print(  # noqa: T201
                f"{name}: still usable {outcome.usable} of {invitations}, sessions given "
                f"{outcome.sessions}, taken for people {outcome.seen_as_people}"
            )
            yield (outcome.usable, outcome.sessions) == (invitations, 0)


def main() -> int:
    """Scan in all ways; return 1 if an invitation was used up or a machine got a session."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--invitations", type=int, default=100)
    return 0 if all(list(_run(parser.parse_args().invitations))) else 1


if __name__ == "__main__":
    raise SystemExit(main())
