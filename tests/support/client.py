"""The one test client: it checks every page it is given and proves its CSRF tokens.

`client.get("/challenges", statements=5)` wants a 200 for at most five SQL statements,
`page.form("/ideas/12/vote").submit(value="1")` sends a form that a page shows, and
`client.post("/ideas/12/vote", {"value": "1"})` sends data with the session's real token and wants
a redirect, unless it says `status=400`.
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from talking_together.accounts.sessions import start_session
from talking_together.extensions import db
from tests.support.markup import faults_of, parsed, text_of
from tests.support.statements import recorded_statements

REDIRECTS = (302, 303)
# Opening a link changes nothing; only when a session was last seen is noted.
WRITES = ("INSERT", "UPDATE", "DELETE")
ALL_REDIRECTS = (301, *REDIRECTS, 307, 308)


class Element:
    """An element of a page, with what tests ask of one."""

    def __init__(self, node: Any) -> None:
        self.node = node

    @property
    def text(self) -> str:
        """Return its text with single spaces."""
        return text_of(self.node)

    def __getitem__(self, name: str) -> str:
        return self.node.attrib[name]

    def get(self, name: str) -> str | None:
        """Return an attribute, or None."""
        return self.node.get(name)

    def query(self, selector: str) -> "list[Element]":
        """Return the elements within it that a CSS selector finds."""
        return [Element(node) for node in self.node.cssselect(selector)]


class Form(Element):
    """A form of a page, filled in as a browser would send it."""

    def __init__(self, node: Any, client: "Client", page_path: str) -> None:
        super().__init__(node)
        self.client = client
        self.action = node.get("action") or page_path

    @property
    def fields(self) -> dict[str, Any]:
        """Return the values that the form holds, without those of its buttons."""
        values: dict[str, Any] = {}
        for control in self.node.iter("input", "select", "textarea"):
            name, kind = control.get("name"), (control.get("type") or "text").lower()
            if (
                not name
                or control.get("disabled") is not None
                or kind in ("submit", "button", "reset", "file")
            ):
                continue
            if kind in ("radio", "checkbox") and control.get("checked") is None:
                continue
            for value in _values(control, kind):
                values[name] = [*_as_list(values[name]), value] if name in values else value
        return values

    def submit(self, *, status: int | None = None, statements: int | None = None, **changes: Any) -> "Page":
        """Send the form as it stands, but for the changes; a button is named like a field."""
        fields = {**self.fields, **changes}
        if (self.node.get("method") or "get").lower() == "get":
            return self.client.get(self.action, query=fields, status=status or 200, statements=statements)
        return self.client.send("POST", self.action, data=fields, status=status, statements=statements)


class Page:
    """An answer; when it is HTML it has passed every check of `markup`."""

    def __init__(self, response: TestResponse, client: "Client", statements: list[str]) -> None:
        self.response = response
        self.client = client
        self.statements = statements
        self.status = response.status_code
        self.headers = response.headers
        self.path = response.request.path
        # What is shown within a sandbox is an email, not a page.
        is_email = "sandbox" in response.headers.get("Content-Security-Policy", "")
        self.is_html = response.mimetype == "text/html" and not is_email
        self.html = (
            response.get_data(as_text=True)
            if response.mimetype.startswith(("text/", "application/json"))
            else ""
        )
        self.root: Any = None
        if self.is_html and self.html.strip() and self.status not in ALL_REDIRECTS:
            self._check()

    def _check(self) -> None:
        fragment = not self.html.lstrip().lower().startswith("<!doctype")
        self.root, faults = parsed(self.html, fragment=fragment)
        faults += faults_of(self.root, fragment=fragment)
        assert not faults, f"The page {self.path}:\n- " + "\n- ".join(faults)

    @property
    def location(self) -> str:
        """Return where the answer redirects to, as a path of the site."""
        return self.headers["Location"].removeprefix(self.client.origin)

    @property
    def json(self) -> Any:
        """Return the answer read as JSON."""
        return self.response.get_json()

    @property
    def heading(self) -> str:
        """Return the text of the h1."""
        return self.query("h1")[0].text

    @property
    def text(self) -> str:
        """Return all that a person can read on the page, with single spaces."""
        return text_of(self.root.find(".//body"))

    def query(self, selector: str) -> list[Element]:
        """Return the elements that a CSS selector finds."""
        return [Element(node) for node in self.root.cssselect(selector)]

    def form(self, action: str | None = None) -> Form:
        """Return the form with the action, or the only form of the main part of the page."""
        forms = [Form(node, self.client, self.path) for node in self.root.iter("form")]
        if action is not None:
            found = [form for form in forms if form.action.partition("?")[0] == action]
        else:
            found = [form for form in forms if next(form.node.iterancestors("main"), None) is not None]
        assert len(found) == 1, (
            f"{self.path} has {len(found)} such forms; all: {[form.action for form in forms]}"
        )
        return found[0]

    def follow(self, **kwargs: Any) -> "Page":
        """Return the page that the answer redirects to."""
        return self.client.get(self.location, **kwargs)


class Client:
    """A browser without a window, signed in as whom the test says."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.origin = app.config["BASE_URL"]
        self.browser = app.test_client()
        self._token: str | None = None

    def get(
        self, path: str, *, query: Mapping[str, Any] | None = None, status: int = 200, **kwargs: Any
    ) -> Page:
        """Return the page at a path; fails unless the status is the one expected."""
        return self.send("GET", path, query_string=query, status=status, **kwargs)

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, status: int | None = None, **kwargs: Any
    ) -> Page:
        """Post data with a real token of this session; expects a redirect unless a status is given."""
        return self.send(
            "POST", path, data={"csrf_token": self.token(), **(data or {})}, status=status, **kwargs
        )

    def sign_in(self, member: Any) -> "Client":
        """Give this browser a session of the member's, as signing in does; returns the client."""
        self.sign_out()
        token = start_session(member_id=member.id, device="Firefox on Windows")
        db.session.commit()
        with self.browser.session_transaction(base_url=self.origin) as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def sign_out(self) -> None:
        """Forget every cookie, as a new browser would."""
        self.browser = self.app.test_client()
        self._token = None

    def token(self) -> str:
        """Return the CSRF token of this session, read from a page as a browser would."""
        if self._token is None:
            page = self.send("GET", "/help", status=200)
            if self._token is None:
                page = self.send("GET", "/sign-in", status=200)
            assert self._token, f"No form with a csrf_token on {page.path}"
        return self._token

    def send(
        self,
        method: str,
        path: str,
        *,
        status: int | None = None,
        statements: int | None = None,
        **kwargs: Any,
    ) -> Page:
        """Send any request; status None means a redirect, `statements` the most SQL it may take."""
        page = self.ask(method, path, **kwargs)
        expected = REDIRECTS if status is None else (status,)
        assert page.status in expected, (
            f"{method} {path} answered {page.status}, not one of {expected}: {page.html[:3000]}"
        )
        if statements is not None:
            assert len(page.statements) <= statements, (
                f"{method} {path} took {len(page.statements)} SQL statements, more than {statements}:\n"
                + "\n".join(page.statements)
            )
        return page

    def ask(
        self,
        method: str,
        path: str,
        *,
        htmx: bool = False,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Page:
        """Send a request and return whatever it answers."""
        sent = {"Referer": f"{self.origin}/", **({"HX-Request": "true"} if htmx else {}), **(headers or {})}
        # What the test holds open would keep the request waiting for its lock.
        db.session.commit()
        # An app context of its own, as each request has in service: nothing is carried over.
        with self.app.app_context(), recorded_statements(self.app) as recorded:
            response = self.browser.open(path, method=method, base_url=self.origin, headers=sent, **kwargs)
        db.session.expire_all()
        page = Page(response, self, recorded)
        self._remember_token(page)
        if method == "GET":
            writes = [sql for sql in recorded if sql.startswith(WRITES) and "member_sessions" not in sql]
            assert not writes, f"GET {path} changed the database:\n" + "\n".join(writes)
        return page

    def _remember_token(self, page: Page) -> None:
        if page.root is None:
            return
        tokens = page.root.cssselect("input[name=csrf_token], meta[name=csrf-token]")
        if tokens:
            self._token = tokens[0].get("value") or tokens[0].get("content")


def _values(control: Any, kind: str) -> list[str]:
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None]
        if not chosen and control.get("multiple") is None:
            chosen = options[:1]
        return [option.get("value", text_of(option)) for option in chosen]
    if control.tag == "textarea":
        return ["".join(control.itertext())]
    return [control.get("value") or ("on" if kind in ("radio", "checkbox") else "")]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
