"""The floor: the least that any site must do for the same page or the same write.

A page: its template rendered from constant rows, without database, sign-in or CSRF. The template
and its context are taken once from the real view. A write: one upsert and one update of a counter
through the driver, as durable as the site's own.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import brotli
import psycopg
from flask import g, template_rendered

from talking_together.core.database import BUSY_TIMEOUT_MS
from wsgi import app as site

TOKEN = "constant"  # noqa: S105
IDEAS = 1_000
VOTES = """
    CREATE TABLE IF NOT EXISTS floor_votes (
        idea_id bigint NOT NULL, member_id bigint NOT NULL, value smallint NOT NULL,
        PRIMARY KEY (idea_id, member_id)
    )"""
TABLES = (
    VOTES,
    "CREATE TABLE IF NOT EXISTS floor_ideas (id bigint PRIMARY KEY, up_count integer NOT NULL)",
    "DELETE FROM floor_ideas",
)
_here = threading.local()


def _captured(path: str, cookie: str) -> tuple[Any, dict[str, Any]]:
    """Return the template that answers a path, and what it was rendered from."""
    rendered: list[tuple[Any, dict[str, Any]]] = []

    def keep(_sender: object, template: Any, context: dict[str, Any], **_: object) -> None:
        rendered.append((template, context))

    with template_rendered.connected_to(keep, site):
        answer = site.test_client(use_cookies=False).get(path, headers={"Cookie": cookie})
    assert answer.status_code == 200, (path, answer.status)
    return rendered[-1]


def _page(path: str, cookie: str) -> Callable[[int], bytes]:
    template, context = _captured(path, cookie)
    context = {**context, "csrf_token": lambda: TOKEN, "get_flashed_messages": lambda **_: []}

    def render(_number: int) -> bytes:
        if not getattr(_here, "entered", False):
            # Entered once a thread: templates look at the request and at `g`.
            site.test_request_context(path).push()
            g.csrf_token = TOKEN
            _here.entered = True
        page: str = template.render(context)
        return page.encode()

    return render


def _sqlite() -> Any:
    connection = sqlite3.connect(Path(os.environ["INSTANCE"]) / "floor.sqlite3", isolation_level=None)
    for pragma in ("journal_mode=WAL", f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _write(number: int) -> bytes:
    idea, member = number % IDEAS, number // IDEAS
    if url := os.environ.get("DATABASE_URL"):
        if not hasattr(_here, "connection"):
            _here.connection = psycopg.connect(url)
        begin, mark = None, "%s"
    else:
        if not hasattr(_here, "connection"):
            _here.connection = _sqlite()
        begin, mark = "BEGIN IMMEDIATE", "?"
    connection = _here.connection
    if begin:
        connection.execute(begin)
    connection.execute(
        f"INSERT INTO floor_votes VALUES ({mark}, {mark}, 1) "
        "ON CONFLICT (idea_id, member_id) DO UPDATE SET value = excluded.value",
        (idea, member),
    )
    connection.execute(f"UPDATE floor_ideas SET up_count = up_count + 1 WHERE id = {mark}", (idea,))
    connection.execute("COMMIT") if begin else connection.commit()
    return b"counted"


def prepare() -> None:
    """Make the tables that the floor of a write uses."""
    url = os.environ.get("DATABASE_URL")
    with psycopg.connect(url) if url else _sqlite() as connection:
        for table in TABLES:
            connection.execute(table)
        for idea in range(IDEAS):
            connection.execute(f"INSERT INTO floor_ideas VALUES ({idea}, 0)")


def _answers() -> dict[str, Callable[[int], bytes]]:
    pages = json.loads(os.environ["FLOOR_PAGES"])
    answers = {f"/{name}": _page(path, os.environ["FLOOR_COOKIE"]) for name, path in pages.items()}
    return {**answers, "/write": _write, "/nothing": lambda _number: b"nothing"}


ANSWERS = _answers() if "FLOOR_PAGES" in os.environ else {}


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer `/<page>`, `/write?<number>` and `/nothing`."""
    query = environ["QUERY_STRING"]
    body = ANSWERS[environ["PATH_INFO"]](int(query) if query else 0)
    headers = [("Content-Type", "text/html; charset=utf-8")]
    if len(body) > 500 and "br" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body = brotli.compress(body, quality=site.config["COMPRESS_BR_LEVEL"])
        headers.append(("Content-Encoding", "br"))
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [body]


if __name__ == "__main__":
    prepare()
