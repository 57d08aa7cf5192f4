"""`python -m bench points`: leaderboards and the page of points at twenty thousand members.

A ledger of two million entries is laid beside the small demo. The pages are asked for by members
who stand among the leaders, within the first thousand and behind them, each beside its floor.
"""

import argparse
import contextlib
import json
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import report, visits
from bench.client import BadAnswer, Connection, request_bytes
from bench.measuring import measure_visit, statements_of
from bench.sites import Site, own_environment, run, serving
from bench.visits import Signed, Visit

ADDRESS = "points-{}@demo.example"
# By their number: who does most, who stands at about the five hundredth place, and one in the middle.
LEADER, WITHIN, BEHIND = 1, 900, 9_000
_CHALLENGE = re.compile(rb'<option[^>]* value="(\d+)"')
_EARLIER = re.compile(rb'href="(/points\?after=[^"]*)" rel="next"')
_PLACE = re.compile(rb"You (?:are in place|come after) [^.<]*")


def main(words: list[str]) -> int:
    """Measure and print."""
    arguments = _arguments(words)
    for kind in arguments.databases:
        with _site_on(kind, arguments.members, arguments.entries) as site:
            _measure(site, arguments.seconds)
    return 0


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench points", description=__doc__)
    parser.add_argument("--databases", type=lambda text: text.split(","), default=["sqlite", "postgresql"])
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--entries", type=int, default=2_000_000)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure")
    return parser.parse_args(words)


@contextlib.contextmanager
def _site_on(kind: str, members: int, entries: int) -> Iterator[Site]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tt-bench-")))
        environment = stack.enter_context(own_environment(kind, folder))
        began = time.perf_counter()
        print(f"\n{kind}:", flush=True)
        run(environment, "flask", "--app", "wsgi", "db", "upgrade")
        run(environment, "flask", "--app", "wsgi", "demo", "load", "--size", "small")
        print(run(environment, "python", "-m", "bench.points_load", str(members), str(entries)).strip())
        yield Site(kind, folder, environment, time.perf_counter() - began, 0, 0, 0, 0)


def _measure(site: Site, seconds: float) -> None:
    with serving("wsgi:app", site.environment, site.folder / "server.log") as server:
        pages = _visits(server.port)
        floor_environment = {
            **site.environment,
            "FLOOR_PAGES": json.dumps(visits.floor_pages(pages)),
            "FLOOR_COOKIE": _signed_in(server.port, WITHIN).cookie,
        }
        statements = statements_of(site, pages)
        with serving("bench.floor:app", floor_environment, site.folder / "floor.log") as floor:
            print(report.HEAD)
            for visit in pages:
                measure_visit(visit, server, floor, seconds, statements)
    began = time.perf_counter()
    said = run(site.environment, "flask", "--app", "wsgi", "verify").strip()
    print(f"verify, in {time.perf_counter() - began:.0f} s: {said}")


def _visits(port: int) -> list[Visit]:
    leader, within, behind = (_signed_in(port, number) for number in (LEADER, WITHIN, BEHIND))
    for signed in (leader, within, behind):
        print(_page(port, "/leaderboard?board=all", signed, _PLACE))
    challenge = _page(port, "/leaderboard?board=challenge", within, _CHALLENGE)

    def visit(name: str, path: str, floor: str, who: Signed = within) -> Visit:
        request = request_bytes("GET", path, cookie=who.cookie)
        return Visit(name, lambda _: request, 200, floor)

    return [
        visit("Leaderboard, this month", "/leaderboard", "month"),
        visit("Leaderboard, all time", "/leaderboard?board=all", "all"),
        visit("… of one among the first", "/leaderboard?board=all", "all", leader),
        visit("… of one in the middle", "/leaderboard?board=all", "all", behind),
        visit("Leaderboard, a challenge", f"/leaderboard?board=challenge&challenge={challenge}", "one"),
        visit("Points", "/points", "points"),
        visit("Points, last page", _last_page(port, within), "last"),
        visit("Points of who does most", "/points", "points", leader),
    ]


def _signed_in(port: int, number: int) -> Signed:
    connection = Connection(port)
    signed = visits.sign_in(connection, ADDRESS.format(number))
    connection.close()
    return signed


def _page(port: int, path: str, who: Signed, wanted: re.Pattern[bytes]) -> str:
    """Return what a pattern finds on a page."""
    if (found := _found(port, path, who, wanted)) is None:
        raise BadAnswer(f"{path} does not say what it should")
    return found


def _found(port: int, path: str, who: Signed, wanted: re.Pattern[bytes]) -> str | None:
    connection = Connection(port)
    plain = {"Accept-Encoding": "identity"}
    answer = connection.ask(request_bytes("GET", path, cookie=who.cookie, more=plain))
    connection.close()
    found = wanted.search(answer.body)
    return found.group(found.re.groups).decode().replace("&amp;", "&") if found else None


def _last_page(port: int, who: Signed) -> str:
    path = "/points"
    while further := _found(port, path, who, _EARLIER):
        path = further
    return path
