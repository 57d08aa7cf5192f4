"""A real Chromium before a real server, on a SQLite file of the test's own.

def test_something(server, open_page):
    page = open_page("/challenges", signed_in=member, scheme="dark", width=390)
    page.get_by_role("link", name="Add an idea").click()
    check_accessibility(page)
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from talking_together.accounts.models import Member
from talking_together.accounts.sessions import start_session
from talking_together.extensions import db, limiter
from tests.support.databases import SQLiteDatabase, sqlite_database
from tests.support.sites import make_site

HEIGHT = 900
# A page that is slower than this is broken.
TIMEOUT_MS = 10_000
# Without them Chromium looks for its maker's hosts at every start.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: it runs in a browser and talks to its own server."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.loopback)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield the browser of the run."""
    found = next(filter(None, map(shutil.which, _candidates())), None)
    assert found, "There is no Chromium: apt install chromium, or name one in CHROMIUM"
    # Its sandbox does not start as root.
    flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


def _candidates() -> Iterator[str]:
    if named := os.environ.get("CHROMIUM"):
        yield named
    yield from ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, SQLiteDatabase]]:
    """Yield a site that a thread serves, over plain HTTP as the demo is."""
    with sqlite_database() as database:
        site = make_site(
            database.url,
            tmp_path_factory.mktemp("instance-browser"),
            DEMO="1",
            BASE_URL="http://127.0.0.1",
            MAIL_SERVER="",
        )
        database.prepare(site)
        server = make_server("127.0.0.1", 0, site, threaded=True)
        site.config["BASE_URL"] = f"http://127.0.0.1:{server.port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield site, database
        server.shutdown()
        thread.join()
        server.server_close()
        with site.app_context():
            db.engine.dispose()


@pytest.fixture
def server(_served: tuple[Flask, SQLiteDatabase]) -> Iterator[Flask]:
    """Yield the served site with an empty database and its app context for factories."""
    site, database = _served
    database.reset(site)
    with site.app_context():
        limiter.reset()
        yield site


@pytest.fixture
def open_page(server: Flask, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens a path in a new browser; it fails on any error in its console."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        path: str,
        *,
        signed_in: Member | None = None,
        scheme: str = "light",
        width: int = 1280,
        javascript: bool = True,
    ) -> Page:
        options: dict[str, Any] = {
            "base_url": server.config["BASE_URL"],
            "viewport": {"width": width, "height": HEIGHT},
            "color_scheme": scheme,
            "java_script_enabled": javascript,
            "reduced_motion": "reduce",
            "locale": "en-GB",
            "timezone_id": "Europe/London",
        }
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        if signed_in is not None:
            context.add_cookies([_session_cookie(server, signed_in)])  # type: ignore[list-item]
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "console", lambda said: faults.append(f"{page.url}: {said.text}") if _is_fault(said) else None
        )
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # Requests that a closed page left behind must not meet the next test's database.
    db.session.rollback()
    assert not faults, "The browser complained: " + "; ".join(faults)


def _is_fault(said: Any) -> bool:
    # A page that answers 400 or 404 on purpose is no fault of its scripts.
    return said.type == "error" and "Failed to load resource: the server responded" not in said.text


def _session_cookie(site: Flask, member: Member) -> dict[str, str]:
    """Return the cookie that signing in would have set."""
    token = start_session(member_id=member.id, device="Chromium on Linux")
    db.session.commit()
    serializer = site.session_interface.get_signing_serializer(site)  # type: ignore[attr-defined]
    return {
        "name": site.config["SESSION_COOKIE_NAME"],
        "value": serializer.dumps({"_user_id": token, "_fresh": True}),
        "url": site.config["BASE_URL"],
    }
