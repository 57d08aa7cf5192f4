"""A site that a real browser can open, and pages of that browser."""

import contextlib
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from talking_together.accounts.models import Member
from talking_together.accounts.sessions import start_session
from talking_together.extensions import db
from tests.support.accessibility import HEIGHT
from tests.support.databases import SQLiteDatabase, sqlite_database
from tests.support.sites import CHEAP_HASHES, make_site
from tests.support.slowness import slowly

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


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Yield the machine's own Chromium, without a window."""
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
    # The first draws pages as the others do, without the windows around them, for two thirds of the time.
    yield from ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class Served:
    """A site that a thread serves, with its database, which must not be changed under a request."""

    def __init__(self, site: Flask, database: SQLiteDatabase) -> None:
        self.site = site
        self.database = database
        self._in_hand = 0
        self._changed = threading.Condition()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer a request, and count it meanwhile."""
        with self._changed:
            self._in_hand += 1
        try:
            return slowly(environ, self.site(environ, start_response))
        finally:
            with self._changed:
                self._in_hand -= 1
                self._changed.notify_all()

    def reset(self) -> None:
        """Empty the database once the requests that a closed page left behind are through."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._in_hand, TIMEOUT_MS / 1000)
            self.database.reset(self.site)


@contextlib.contextmanager
def served_site(instance: Path) -> Iterator[Served]:
    """Yield a site with its migrated database; a thread serves it over plain HTTP, as the demo is."""
    with sqlite_database() as database:
        site = make_site(database.url, instance, DEMO="1", BASE_URL="http://127.0.0.1", MAIL_SERVER="")
        site.config.update(CHEAP_HASHES)
        database.prepare(site)
        served = Served(site, database)
        server = make_server("127.0.0.1", 0, served, threaded=True)
        site.config["BASE_URL"] = f"http://127.0.0.1:{server.port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with site.app_context():
                db.engine.dispose()


def new_page(
    browser: Browser,
    site: Flask,
    faults: list[str],
    *,
    signed_in: Member | None = None,
    scheme: str = "light",
    width: int = 1280,
    javascript: bool = True,
    **more: Any,
) -> Page:
    """Return a page of a new browser; what its console complains of is added to `faults`."""
    options: dict[str, Any] = {
        "base_url": site.config["BASE_URL"],
        "viewport": {"width": width, "height": HEIGHT},
        "color_scheme": scheme,
        "java_script_enabled": javascript,
        "reduced_motion": "reduce",
        "locale": "en-GB",
        "timezone_id": "Europe/London",
        **more,
    }
    context = browser.new_context(**options)
    context.set_default_timeout(TIMEOUT_MS)
    if signed_in is not None:
        context.add_cookies([_session_cookie(site, signed_in)])  # type: ignore[list-item]
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda said: faults.append(f"{page.url}: {said.text}") if _is_fault(said) else None)
    here = site.config["BASE_URL"]
    page.on("request", lambda sent: faults.append(f"asked {sent.url}") if _is_away(sent, here) else None)
    return page


def _is_fault(said: Any) -> bool:
    # A page that answers 400 or 404 on purpose is no fault of its scripts.
    return said.type == "error" and "Failed to load resource: the server responded" not in said.text


def _is_away(sent: Any, here: str) -> bool:
    """Return whether a request goes to another host: nothing of a page comes from elsewhere."""
    return not sent.url.startswith((here + "/", "data:"))


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
