"""A real Chromium before a real server, on a SQLite file of the test's own.

def test_something(server, open_page):
    page = open_page("/challenges", signed_in=member, scheme="dark", width=390)
    page.get_by_role("link", name="Add an idea").click()
    check_accessibility(page)
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from talking_together.extensions import db, limiter
from tests.support.browsing import Served, chromium, new_page, served_site
from tests.support.mail_server import MailServer, mail_server


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
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Yield a site that a thread serves, over plain HTTP as the demo is."""
    with served_site(tmp_path_factory.mktemp("instance-browser")) as served:
        yield served


@pytest.fixture
def server(_served: Served) -> Iterator[Flask]:
    """Yield the served site with an empty database and its app context for factories."""
    _served.reset()
    with _served.site.app_context():
        limiter.reset()
        yield _served.site


@pytest.fixture
def open_page(server: Flask, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens a path in a new browser; it fails on any error in its console."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(path: str, **options: Any) -> Page:
        page = new_page(browser, server, faults, **options)
        contexts.append(page.context)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # What the test read must not be held when the next one empties the database.
    db.session.rollback()
    assert not faults, "The browser complained: " + "; ".join(faults)


@pytest.fixture
def mail(server: Flask) -> Iterator[MailServer]:
    """Yield a mail server that the served site sends to, for as long as the test runs."""
    config, state = dict(server.config), dict(vars(server.extensions["mail"]))
    with mail_server(server) as running:
        yield running
    server.config.update(config)
    vars(server.extensions["mail"]).update(state)
