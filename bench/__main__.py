"""`python -m bench [--quick] [--databases sqlite,postgresql] [--seconds N]`, or `python -m bench mail`."""

import argparse
import base64
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from bench import mail, report, visits
from bench.client import WARM_UP, BadAnswer, Connection, Load, drive, load_of, request_bytes
from bench.report import Measured
from bench.sites import PROCESSES, ROOT, Server, Site, run, serving, site_on
from bench.visits import Visit, Visitors

CONSULTATION = ROOT / "tests/data/polis/scoop-hivemind.biodiversity"
MANY = 16
TURNS = 4


def main() -> int:
    """Measure and print; the exit status says only whether measuring worked."""
    if sys.argv[1:2] == ["mail"]:
        return mail.main(sys.argv[2:])
    arguments = _arguments()
    began = time.monotonic()
    missed = []
    for kind in arguments.databases:
        print(f"\n{kind}: loading 2,000 members, 10,000 ideas, 50,000 comments, 150,000 votes …", flush=True)
        with site_on(kind) as site:
            print(f"Loaded in {site.load_seconds:.1f} s.")
            missed += [f"{kind}: {line}" for line in _measure_site(site, arguments.seconds)]
    print("\nEvery aim is met." if not missed else "\nAims missed:")
    for line in missed:
        print(f"- {line}")
    print(f"Measured in {time.monotonic() - began:.0f} s.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--databases", type=lambda text: text.split(","), default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure")
    parser.add_argument("--quick", action="store_true", help="SQLite only, half a second a figure")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.databases, arguments.seconds = ["sqlite"], 0.5
    return arguments


def _measure_site(site: Site, seconds: float) -> list[str]:
    """Print the table of one database and return the aims that it misses."""
    with serving("wsgi:app", site.environment, site.folder / "server.log") as server:
        visitors = Visitors(server.port)
        pages = visits.pages(site, visitors)
        writes = visits.writes(site, visitors)
        floor_environment = {
            **site.environment,
            "FLOOR_PAGES": json.dumps(visits.floor_pages(pages)),
            "FLOOR_COOKIE": visitors.reader.cookie,
        }
        run(floor_environment, "python", "-m", "bench.floor")
        statements = _statements(site, pages + writes)
        with serving("bench.floor:app", floor_environment, site.folder / "floor.log") as floor:
            print(_yardstick(floor, seconds))
            print(report.HEAD)
            measured = [_measure_visit(visit, server, floor, seconds, statements) for visit in pages + writes]
        missed = report.missed(site.kind, measured)
        missed += _measure_process(server, visitors)
    missed += _measure_import(site)
    print(f"verify: {run(site.environment, 'flask', '--app', 'wsgi', 'verify').strip()}")
    return missed


def _yardstick(floor: Server, seconds: float) -> str:
    nothing = request_bytes("GET", "/nothing")
    took = drive(floor.port, lambda: nothing, connections=1, seconds=seconds / 2, expect=200)
    return (
        f"An answer of one word takes {load_of(took, seconds).p50:.2f} ms, the load generator included. "
        f"Milliseconds; SQL at 100 ideas, at 10,000; {PROCESSES} processes; bytes compressed."
    )


@dataclass(slots=True)
class Turns:
    """What one connection found in its turns at a server."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def take(self, server: Server, request_of: Callable[[], bytes], seconds: float, expect: int) -> None:
        """Ask for so many seconds."""
        before = server.cpu_seconds()
        self.took += drive(server.port, request_of, connections=1, seconds=seconds, expect=expect)
        self.cpu_seconds += server.cpu_seconds() - before
        self.seconds += seconds

    def load(self) -> Load:
        """Return the figures of all turns."""
        return load_of(self.took, self.seconds)

    def cpu_ms(self) -> float:
        """Return the milliseconds of work that a request was to the server."""
        return 1000 * self.cpu_seconds / (len(self.took) + TURNS * WARM_UP)


def _measure_visit(
    visit: Visit, server: Server, floor: Server, seconds: float, statements: dict[str, int]
) -> Measured:
    numbers = count()

    def on_site() -> bytes:
        return visit.request_of(next(numbers))

    def on_floor() -> bytes:
        return request_bytes("GET", f"/{visit.floor}?{next(numbers)}")

    # By turns, so that whatever else the machine does falls on both.
    one, compared = Turns(), Turns()
    for _ in range(TURNS):
        compared.take(floor, on_floor, seconds / TURNS, 200)
        one.take(server, on_site, seconds / TURNS, visit.expect)
    many = drive(server.port, on_site, connections=MANY, seconds=seconds, expect=visit.expect)
    connection = Connection(server.port)
    answer_bytes = len(connection.ask(on_site()).body)
    connection.close()
    measured = Measured(
        visit=visit,
        one=one.load(),
        many=load_of(many, seconds),
        cpu=one.cpu_ms(),
        floor_cpu=compared.cpu_ms(),
        answer_bytes=answer_bytes,
        statements=statements[visit.name],
        statements_small=statements.get(f"{visit.name} (small)"),
        floor=compared.load(),
    )
    print(report.line_of(measured), flush=True)
    return measured


def _statements(site: Site, all_visits: list[Visit]) -> dict[str, int]:
    """Return the statements of each visit by name, and at the smaller challenge."""
    requests = []
    for place, visit in enumerate(all_visits):
        number = 10_000_000 + 101 * place
        for name, request_of in ((visit.name, visit.request_of), (f"{visit.name} (small)", visit.small)):
            if request_of:
                requests.append((name, base64.b64encode(request_of(number)).decode()))
    done = subprocess.run(
        [sys.executable, "-m", "bench.statements"],
        cwd=ROOT,
        env={**site.environment, "LOG_LEVEL": "WARNING"},
        input=json.dumps(requests),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    counts = {}
    for name, (status, sent) in json.loads(done.stdout).items():
        if status >= 400:
            raise BadAnswer(f"{name}: {status}")
        counts[name] = sent
    return counts


def _measure_process(server: Server, visitors: Visitors) -> list[str]:
    memory = server.memory()
    print("Memory of each process: " + ", ".join(f"{megabytes:.0f} MB" for megabytes in memory))
    connection = Connection(server.port)
    plain = {"Accept-Encoding": "identity"}
    page = connection.ask(request_bytes("GET", "/", cookie=visitors.reader.cookie, more=plain)).body
    links = re.findall(rb'<link rel="stylesheet" href="([^"]+)"|<script[^>]* src="([^"]+)"', page)
    size = sum(len(connection.ask(visitors.get((style or script).decode())).body) for style, script in links)
    connection.close()
    print(f"Styles and scripts: {size:,} bytes compressed in {len(links)} files")
    return [
        *report.over("Memory", max(memory), report.MOST_MEGABYTES, "MB"),
        *report.over("Styles and scripts", size, report.MOST_ASSET_BYTES, "bytes"),
    ]


def _measure_import(site: Site) -> list[str]:
    if not CONSULTATION.exists():
        print(f"No consultation to import: {CONSULTATION.relative_to(ROOT)} is not there")
        return []
    began = time.perf_counter()
    title = "What should we do for wildlife?"
    run(
        site.environment,
        *("flask", "--app", "wsgi", "consultations", "import", str(CONSULTATION), "--challenge", title),
    )
    took = time.perf_counter() - began
    print(f"Import of {CONSULTATION.name}: {took:.1f} s")
    return report.over("Import", took, report.MOST_IMPORT_SECONDS, "s")


if __name__ == "__main__":
    sys.exit(main())
