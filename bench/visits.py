"""What people do on the site, as requests: pages to read, and writes by many members in turn."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.client import BadAnswer, Connection, request_bytes
from bench.sites import Site
from talking_together.devtools.large_load import ADDRESS
from talking_together.devtools.sign_ins import PASSWORD

ORDERS = ("trending", "top", "new", "discussed", "needs-votes")
FAR = 200
TYPED = "Share+one+calendar+with+practice+pharmacists"
READER = "staff@demo.example"
MODERATOR = "moderator@demo.example"
WRITERS = 48
# Signing in is measured with other members than those who write.
FIRST_TO_SIGN_IN = 1_000

_TOKEN = re.compile(rb'name="csrf_token"[^>]*? value="([^"]+)"')
_NEXT = re.compile(rb'href="([^"]*\?[^"]*after=[^"]*)"')


@dataclass(frozen=True, slots=True)
class Signed:
    """A browser's cookies, and the token of its forms."""

    cookie: str
    token: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One thing that is measured: `request_of` makes the request of each number."""

    name: str
    request_of: Callable[[int], bytes]
    expect: int = 200
    floor: str = ""
    aim: bool = False
    small: Callable[[int], bytes] | None = None


@dataclass(slots=True)
class Visitors:
    """The people who visit, signed in over the wire."""

    port: int
    reader: Signed = field(init=False)
    moderator: Signed = field(init=False)
    writers: list[Signed] = field(init=False)
    outside: Signed = field(init=False)

    def __post_init__(self) -> None:
        connection = Connection(self.port)
        self.outside = _outside(connection)
        self.reader = sign_in(connection, READER)
        self.moderator = sign_in(connection, MODERATOR)
        self.writers = [sign_in(connection, ADDRESS.format(n + 1)) for n in range(WRITERS)]
        connection.close()

    def get(self, path: str) -> bytes:
        """Return the request for a page by the reader."""
        return request_bytes("GET", path, cookie=self.reader.cookie)

    def get_as_moderator(self, path: str) -> bytes:
        """Return the request for a page by the moderator."""
        return request_bytes("GET", path, cookie=self.moderator.cookie)

    def post(self, number: int, path: str, form: dict[str, str], **more: str) -> bytes:
        """Return a post by the writer whose turn it is."""
        writer = self.writers[number % len(self.writers)]
        headers = {"HX-Request": "true"} if more.get("fragment") else {}
        form = {**form, "csrf_token": writer.token}
        return request_bytes("POST", path, cookie=writer.cookie, form=form, more=headers)

    def sign_in(self, number: int) -> bytes:
        """Return a sign-in by yet another member."""
        email = ADDRESS.format(FIRST_TO_SIGN_IN + number % FIRST_TO_SIGN_IN)
        form = {"email": email, "password": PASSWORD, "csrf_token": self.outside.token}
        return request_bytes("POST", "/sign-in", cookie=self.outside.cookie, form=form)


def _outside(connection: Connection) -> Signed:
    answer = connection.ask(request_bytes("GET", "/sign-in", more={"Accept-Encoding": "identity"}))
    return Signed(_cookie(answer.cookies), _token(answer.body))


def sign_in(connection: Connection, email: str) -> Signed:
    """Return the browser of the member with that address, signed in."""
    outside = _outside(connection)
    form = {"email": email, "password": PASSWORD, "csrf_token": outside.token}
    answer = connection.ask(request_bytes("POST", "/sign-in", cookie=outside.cookie, form=form))
    if answer.status not in (302, 303):
        raise BadAnswer(f"Could not sign in as {email}: {answer.status}")
    cookie = _cookie(answer.cookies)
    plain = {"Accept-Encoding": "identity"}
    page = connection.ask(request_bytes("GET", "/challenges", cookie=cookie, more=plain))
    # The first page after signing in may write the token into the session.
    cookie = _cookie({**answer.cookies, **page.cookies})
    return Signed(cookie, _token(page.body))


def _cookie(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _token(page: bytes) -> str:
    found = _TOKEN.search(page)
    if not found:
        raise BadAnswer("A page without a form")
    return found.group(1).decode()


def pages(site: Site, visitors: Visitors) -> list[Visit]:
    """Return the pages to read, those far down a list included."""

    def visit(name: str, path: str, floor: str, *, aim: bool = True, small: str = "") -> Visit:
        request = visitors.get(path)
        other = visitors.get(small) if small else None
        return Visit(name, lambda _: request, 200, floor, aim, (lambda _: other) if other else None)

    large, smaller = (
        _path_of(visitors, f"/challenges/{id}") for id in (site.challenge_id, site.smaller_challenge_id)
    )
    found = [visit("Home", "/", "home", aim=False)]
    found += [
        visit(f"List by {order}", f"{large}?order={order}", "list", small=f"{smaller}?order={order}")
        for order in ORDERS
    ]
    found += [
        visit(f"List by {order}, page {FAR}", _far_down(visitors, f"{large}?order={order}"), "list")
        for order in ORDERS
    ]
    idea, small_idea = (
        _path_of(visitors, f"/ideas/{id}") for id in (site.commented_idea_id, site.smaller_commented_idea_id)
    )
    found.append(visit("Idea with 200 comments", idea, "idea", small=small_idea))
    large_id, small_id = site.challenge_id, site.smaller_challenge_id
    found += [
        visit("Search, some of the words", "/search?q=hydrotherapy+winter", "search", aim=False),
        visit("Search, a word of most", "/search?q=ward", "search", aim=False),
        visit(
            "Ideas like a title",
            f"/challenges/{large_id}/ideas/similar?title={TYPED}",
            "similar",
            aim=False,
            small=f"/challenges/{small_id}/ideas/similar?title={TYPED}",
        ),
        visit(
            "One minute",
            f"/challenges/{large_id}/one-minute",
            "one-minute",
            aim=False,
            small=f"/challenges/{small_id}/one-minute",
        ),
    ]
    return found + _boards(site, visitors)


def _boards(site: Site, visitors: Visitors) -> list[Visit]:
    """Return the triage board, fifty ideas a page, beside the floor of a list of twenty."""
    asked = {
        "Board by votes": "/moderation/board?sort=votes",
        "Board by age": "/moderation/board?sort=oldest",
        "Board of one challenge": f"/moderation/board?sort=trending&challenge={site.challenge_id}",
        "Board by words": "/moderation/board?sort=new&q=nothing+has+these+words",
    }
    requests = {name: visitors.get_as_moderator(path) for name, path in asked.items()}
    return [Visit(name, lambda _, ask=ask: ask, 200, "list") for name, ask in requests.items()]


def floor_pages(visits: list[Visit]) -> dict[str, str]:
    """Return a path for each floor of a page: the first visit that stands beside it."""
    paths: dict[str, str] = {}
    for visit in visits:
        line = visit.request_of(0).split(b" ", 2)
        paths.setdefault(visit.floor, line[1].decode())
    return paths


def _path_of(visitors: Visitors, path: str) -> str:
    """Return the whole address that a short one redirects to."""
    connection = Connection(visitors.port)
    answer = connection.ask(visitors.get(path))
    connection.close()
    return answer.headers.get("location", path).removeprefix("http://127.0.0.1")


def _far_down(visitors: Visitors, path: str) -> str:
    """Return the address of the page that is so many pages down, by following the links there."""
    connection = Connection(visitors.port)
    for _ in range(FAR - 1):
        plain = {"Accept-Encoding": "identity"}
        page = connection.ask(request_bytes("GET", path, cookie=visitors.reader.cookie, more=plain))
        found = _NEXT.findall(page.body)
        if page.status != 200 or not found:
            raise BadAnswer(f"No next page after {path}: {page.status}")
        path = found[-1].decode().replace("&amp;", "&").partition("#")[0]
    connection.close()
    return path


def writes(site: Site, visitors: Visitors) -> list[Visit]:
    """Return what people write; each number writes something new."""
    first = site.commented_idea_id

    def vote(number: int, base: int = first) -> bytes:
        # Members take turns, each on to the next idea, so that every vote is a first one.
        idea = base + 1 + (number * 7) % (9_900 if base == first else 98)
        return visitors.post(number, f"/ideas/{idea}/vote", {"value": "1"}, fragment="yes")

    def plain_vote(number: int) -> bytes:
        idea = first + 1 + (number * 11 + 5) % 9_900
        return visitors.post(number, f"/ideas/{idea}/vote", {"value": "1"})

    def comment(number: int, base: int = first) -> bytes:
        idea = base + 1 + number % 98
        words = f"Comment {number}: we could **start** on Monday and see how it goes for a week."
        return visitors.post(number, f"/ideas/{idea}/comments", {"body": words})

    def idea(number: int, challenge: int = site.challenge_id) -> bytes:
        form = {
            "title": f"Idea {number} for next winter",
            "body": "We could try this on **one ward** first.\n\n- It costs nothing\n- It is quick",
            "action": "publish",
        }
        return visitors.post(number, f"/challenges/{challenge}/ideas/new", form)

    small = site.smaller_commented_idea_id
    return [
        Visit("Vote (page goes on)", vote, 200, "write", True, lambda n: vote(n, small)),
        Visit("Vote (without JavaScript)", plain_vote, 303, "write", True),
        Visit("Comment", comment, 303, "write", False, lambda n: comment(n, small)),
        Visit("Idea submitted", idea, 303, "write", False, lambda n: idea(n, site.smaller_challenge_id)),
        Visit("Sign-in", visitors.sign_in, 303, "write", False),
    ]
