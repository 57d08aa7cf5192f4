"""A long staff list with ten kinds of faults planted in it, read as CSV, XLSX and ODS.

`python -m tests.support.faulty_list` makes a list of 20,000 rows of each kind, reads each in a
process of its own, and prints whether every row is accounted for, how long the reading took and
how much memory it needed at most. `--rows 50000` makes a longer one.
"""

import argparse
import contextlib
import csv
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.invitations.models import JOINING, StaffList, StaffListRow
from talking_together.invitations.recounts import drift
from talking_together.invitations.staff_lists import readings, uploads
from tests.factories.members import make_admin
from tests.factories.organisations import make_organisation
from tests.support.sites import make_site
from tests.support.staff_lists import as_ods, as_xlsx

ROOT = Path(__file__).resolve().parents[2]
ENDINGS = ("csv", "xlsx", "ods")
HEADINGS = ["Forename", "Surname", "Work email", "Employer", "Team", "Post"]
# Not the last one: what follows the last filled row of a workbook is no row of the list.
EVERY, FIRST = 20, 10

NEW, ATTENTION, IGNORED = "new", "needs attention", "ignored"
# What is wrong with a row, and what becomes of it.
FAULTS: dict[str, tuple[str, Callable[[list[str]], list[str]]]] = {
    "no address": (ATTENTION, lambda row: _with(row, 2, "")),
    "an address that is none": (ATTENTION, lambda row: _with(row, 2, "sam at riverside")),
    "a mistyped domain": (ATTENTION, lambda row: _with(row, 2, row[2].replace(".example", ".exmaple"))),
    "a domain that only looks like a partner's": (
        ATTENTION,
        lambda row: _with(_with(row, 2, row[2].replace("@", "@evil")), 3, ""),
    ),
    "an unknown organisation": (ATTENTION, lambda row: _with(row, 3, "Hillside Trust")),
    "a mistyped organisation": (ATTENTION, lambda row: _with(row, 3, "Riversde NHS Trst")),
    "a date for a name": (ATTENTION, lambda row: _with(_with(row, 0, "2024-03-01"), 1, "")),
    "a formula": (ATTENTION, lambda row: _with(row, 0, '=HYPERLINK("http://evil.example")')),
    "the same person again": (IGNORED, lambda row: _with(row, 2, "p0@riverside.example")),
    "an empty row": (IGNORED, lambda _row: ["", "", "", "", "", ""]),
}


def faulty_rows(count: int) -> tuple[list[list[str]], Counter[str]]:
    """Return the rows of a list, headings first, and how many of them must end in which outcome."""
    rows, expected = [HEADINGS], Counter[str]()
    faults = list(FAULTS.values())
    for number in range(count):
        row = [f"Sam{number}", "Lee", f"p{number}@riverside.example", "Riverside", "Night team", "Nurse"]
        outcome = NEW
        if number % EVERY == FIRST:
            outcome, spoil = faults[number // EVERY % len(faults)]
            row = spoil(row)
        rows.append(row)
        expected[outcome] += 1
    return rows, expected


def as_file(rows: list[list[str]], ending: str) -> bytes:
    """Return the rows as a file of a kind."""
    if ending == "xlsx":
        return as_xlsx({"Staff": rows})
    if ending == "ods":
        return as_ods({"Staff": rows})
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def read_file(content: bytes) -> dict[str, Any]:
    """Read a file as the site does and return what became of its rows, in seconds and megabytes."""
    riverside = make_organisation(name="Riverside", short_name="RV", domains=("riverside.example",))
    admin = make_admin(riverside)
    db.session.commit()
    before = _forget_peak_mb()
    began = time.perf_counter()
    examined = uploads.examine(content, kind=JOINING)
    list_id = in_transaction(
        lambda: uploads.keep_upload(
            admin, name="Faulty", kind=JOINING, filename="faulty", content=content, examined=examined
        )
    )
    in_transaction(lambda: readings.begin_reading(admin, list_id=list_id))
    claim = in_transaction(readings.claim_reading)
    assert claim is not None
    readings.read_claimed(claim)
    seconds = time.perf_counter() - began
    counts = select(StaffListRow.outcome, func.count()).group_by(StaffListRow.outcome)
    return {
        "outcomes": dict(db.session.execute(counts).all()),
        "rows_count": db.session.scalar(select(StaffList.rows_count)),
        "drift": len(list(drift())),
        "seconds": seconds,
        "peak_mb": _peak_mb(),
        "more_mb": _peak_mb() - before,
    }


def _with(row: list[str], at: int, cell: str) -> list[str]:
    return [*row[:at], cell, *row[at + 1 :]]


def _forget_peak_mb() -> float:
    """Let the peak be counted from now on, where the system can do that; return what is in use."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak_mb()


def _peak_mb() -> float:
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _site(folder: str) -> Flask:
    return make_site(f"sqlite:///{folder}/site.sqlite3", Path(folder))


def _read_alone(path: Path) -> dict[str, Any]:
    """Read a file in a process of its own, whose memory is that of the reading."""
    with tempfile.TemporaryDirectory() as folder:
        # Here, as migrating needs more memory than reading a list.
        with _site(folder).app_context():
            upgrade()
        return _read_in(folder, path)


def _read_in(folder: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.support.faulty_list", "--read", str(path), "--site", folder]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--read", type=Path)
    parser.add_argument("--site")
    arguments = parser.parse_args()
    if arguments.read:
        with _site(arguments.site).app_context():
            sys.stdout.write(json.dumps(read_file(arguments.read.read_bytes())) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        rows, expected = faulty_rows(arguments.rows)
        for ending in ENDINGS:
            path = Path(folder) / f"faulty.{ending}"
            path.write_bytes(as_file(rows, ending))
            found = _read_alone(path)
            accounted = sum(found["outcomes"].values())
            sys.stdout.write(
                f"{ending}: {path.stat().st_size / 2**20:.1f} MB, {arguments.rows:,} rows in, "
                f"{accounted:,} accounted for, as planted: {found['outcomes'] == expected}, "
                f"drift {found['drift']}, {found['seconds']:.1f} s, "
                f"peak {found['peak_mb']:.0f} MB ({found['more_mb']:.0f} MB more than before)\n"
            )


if __name__ == "__main__":
    _main()
