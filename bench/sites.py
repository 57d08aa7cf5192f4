"""The databases and servers that are measured: loaded, started as in production, and ended."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support import postgres

ROOT = Path(__file__).resolve().parents[1]
PROCESSES = 2
START_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Site:
    """A loaded database, with the settings that a process needs to use it."""

    kind: str
    folder: Path
    environment: dict[str, str]
    load_seconds: float
    challenge_id: int
    smaller_challenge_id: int
    commented_idea_id: int
    smaller_commented_idea_id: int


@contextlib.contextmanager
def site_on(kind: str) -> Iterator[Site]:
    """Yield the large demo on SQLite or on a durable PostgreSQL of its own."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tt-bench-")))
        environment = stack.enter_context(own_environment(kind, folder))
        run(environment, "flask", "--app", "wsgi", "db", "upgrade")
        began = time.perf_counter()
        said = run(environment, "flask", "--app", "wsgi", "demo", "load", "--size", "large")
        took = time.perf_counter() - began
        challenges = re.findall(r"^Challenge (\d+) has", said, re.MULTILINE)
        commented = re.findall(r"^Idea (\d+) has exactly", said, re.MULTILINE)
        yield Site(kind, folder, environment, took, *map(int, challenges), *map(int, commented))


@contextlib.contextmanager
def own_environment(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """Yield the settings of a site on an empty database of its own, which goes with it."""
    environment = {**os.environ, "DEMO": "1", "INSTANCE": str(folder), "LOG_LEVEL": "INFO"}
    environment.pop("DATABASE_URL", None)
    with contextlib.ExitStack() as stack:
        if kind == "postgresql":
            server = stack.enter_context(postgres.serving(durable=True))
            environment["DATABASE_URL"] = stack.enter_context(own_database(server))
        yield environment


@contextlib.contextmanager
def own_database(server: str) -> Iterator[str]:
    name = f"talking_together_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield (
            server.replace("/postgres?", f"/{name}?")
            if "/postgres?" in server
            else re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", server)
        )
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(environment: dict[str, str], program: str, *arguments: str) -> str:
    """Run one of the environment's programs and return what it printed; its errors go through."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


@dataclass(frozen=True, slots=True)
class Server:
    """A running web server."""

    port: int
    pid: int

    def memory(self) -> list[float]:
        """Return the megabytes that each serving process holds."""
        found = []
        for process in self._processes():
            resident = re.search(r"^VmRSS:\s*(\d+)", (process / "status").read_text(), re.MULTILINE)
            found.append(int(resident.group(1)) / 1024 if resident else 0.0)
        return sorted(found)

    def cpu_seconds(self) -> float:
        """Return how long the serving processes have worked, waiting for a turn not counted."""
        nanoseconds = 0
        for process in self._processes():
            for task in process.glob("task/*/schedstat"):
                with contextlib.suppress(OSError):
                    nanoseconds += int(task.read_text().split()[0])
        return nanoseconds / 1e9

    def _processes(self) -> list[Path]:
        found = []
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                if re.search(rf"^PPid:\s*{self.pid}$", status.read_text(), re.MULTILINE):
                    found.append(status.parent)
        return found


@contextlib.contextmanager
def serving(target: str, environment: dict[str, str], log: Path) -> Iterator[Server]:
    """Yield the production server, serving a WSGI application in two processes."""
    port = _free_port()
    command = [
        str(Path(sys.executable).parent / "granian"),
        *("--interface", "wsgi", "--workers", str(PROCESSES), "--blocking-threads", "1"),
        *("--port", str(port), "--no-ws", "--workers-kill-timeout", "5", target),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_for(port, process, log)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    ends = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            # The listening socket is there before the application is.
            time.sleep(2)
            return
        time.sleep(0.05)
    raise RuntimeError("The server did not start: " + log.read_text()[-2000:])
