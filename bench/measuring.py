"""How long a visit takes, by turns with its floor, and how many statements it sends."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from bench import report
from bench.client import WARM_UP, BadAnswer, Connection, Load, drive, load_of, request_bytes
from bench.report import Measured
from bench.sites import ROOT, Server, Site
from bench.visits import Visit

MANY = 16
TURNS = 4


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


def measure_visit(
    visit: Visit, server: Server, floor: Server, seconds: float, statements: dict[str, int]
) -> Measured:
    """Print a visit's line of the table and return its figures."""
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


def statements_of(site: Site, all_visits: list[Visit]) -> dict[str, int]:
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
