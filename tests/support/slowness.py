"""Answers that come late and in two parts, to find the tests that look at a page before it is there.

    SLOW_ANSWERS=0.4 python -m pytest tests/browser

A click waits until the next page begins to arrive, not until it is there. A test that reads it at once passes
on most days, and on some finds an empty page, or none. With every page late it fails always.
"""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

from playwright.sync_api import Page

# In seconds; 0 in an ordinary run.
SLOW_ANSWERS = float(os.environ.get("SLOW_ANSWERS", "0"))
# Enough for a browser to leave the page before, too little for it to have anything to show.
_BEGINNING = len(b"<!doctype html>\n")


def slowly(environ: dict[str, Any], answer: Iterable[bytes]) -> Iterable[bytes]:
    """Return an answer as it is, or late if the run asks for it; styles and scripts are never late."""
    if not SLOW_ANSWERS or environ["PATH_INFO"].startswith("/static/"):
        return answer
    return _late(answer)


def _late(answer: Iterable[bytes]) -> Iterator[bytes]:
    time.sleep(SLOW_ANSWERS)
    try:
        body = b"".join(answer)
    finally:
        if close := getattr(answer, "close", None):
            close()
    yield body[:_BEGINNING]
    time.sleep(SLOW_ANSWERS)
    yield body[_BEGINNING:]


@contextlib.contextmanager
def stays(page: Page) -> Iterator[None]:
    """Fail when the page becomes another while it is looked at; looks at that in a slow run only."""
    if not SLOW_ANSWERS:
        yield
        return
    page.evaluate("window.lookedAt = true")
    yield
    page.wait_for_timeout(SLOW_ANSWERS * 1500)
    assert page.evaluate("window.lookedAt === true"), f"{page.url} came while the page before was looked at"
