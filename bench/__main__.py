"""`python -m bench [--quick] [--databases sqlite,postgresql] [--seconds N]`; `bench mail`, `bench points`."""

import argparse
import json
import re
import sys
import time

from bench import mail, points, report, visits
from bench.client import Connection, drive, load_of, request_bytes
from bench.measuring import measure_visit, statements_of
from bench.sites import PROCESSES, ROOT, Server, Site, run, serving, site_on
from bench.visits import Visitors

CONSULTATION = ROOT / "tests/data/polis/scoop-hivemind.biodiversity"


def main() -> int:
    """Measure and print; the exit status says only whether measuring worked."""
    if sys.argv[1:2] == ["mail"]:
        return mail.main(sys.argv[2:])
    if sys.argv[1:2] == ["points"]:
        return points.main(sys.argv[2:])
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
        statements = statements_of(site, pages + writes)
        with serving("bench.floor:app", floor_environment, site.folder / "floor.log") as floor:
            print(_yardstick(floor, seconds))
            print(report.HEAD)
            measured = [measure_visit(visit, server, floor, seconds, statements) for visit in pages + writes]
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
