"""Reads the CSV export of a Polis consultation: statements and the votes on them.

A file is read by its headings, so that missing `datetime` and extra columns do no harm. Every
row comes out as understood or as unreadable with its line and reason; none is dropped.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from talking_together.core.csv_cells import read_cells
from talking_together.core.errors import InvalidInput

LATEST_MS = 4_102_444_800_000  # the year 2100
MAX_STATEMENT = 5_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_ID = re.compile(r"[\w.:-]{1,40}")

Understood = TypeVar("Understood")

STATEMENT_COLUMNS = ("timestamp", "comment-id", "author-id", "moderated", "comment-body")
VOTE_COLUMNS = ("timestamp", "comment-id", "voter-id", "vote")


@dataclass(frozen=True, slots=True)
class Statement:
    """One readable row of comments.csv; `moderated` is 1, 0 or -1."""

    line: int
    at: datetime
    id: str
    author: str
    moderated: int
    text: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """One readable row of votes.csv: an event, of which a person's last on a statement stands."""

    line: int
    at: datetime
    statement: str
    voter: str
    value: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that could not be read: where it ends in which file, and why."""

    file: str
    line: int
    reason: str


def read_statements(path: Path) -> Iterator[Statement | Unreadable]:
    """Yield the rows of comments.csv in order."""
    return _read(path, STATEMENT_COLUMNS, _statement)


def read_ballots(path: Path) -> Iterator[Ballot | Unreadable]:
    """Yield the rows of votes.csv in order."""
    return _read(path, VOTE_COLUMNS, _ballot)


def read_topic(folder: Path) -> str:
    """Return the topic that summary.csv names, "" when there is none."""
    path = folder / "summary.csv"
    if not path.is_file():
        return ""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        try:
            found = next((row[1] for row in read_cells(file) if len(row) > 1 and row[0] == "topic"), "")
        except csv.Error:
            return ""
    return _CONTROLS.sub(" ", found).strip()


def _read(
    path: Path, columns: tuple[str, ...], made_of: Callable[[int, dict[str, str]], Understood]
) -> Iterator[Understood | Unreadable]:
    for line, row, problem in _rows(path, columns):
        if problem:
            yield Unreadable(path.name, line, problem)
            continue
        try:
            yield made_of(line, row)
        except ValueError as error:
            yield Unreadable(path.name, line, str(error))


def _statement(line: int, row: dict[str, str]) -> Statement:
    return Statement(
        line,
        _time(row["timestamp"]),
        _id(row, "comment-id"),
        _id(row, "author-id"),
        _number(row, "moderated"),
        _text(row["comment-body"]),
    )


def _ballot(line: int, row: dict[str, str]) -> Ballot:
    return Ballot(
        line,
        _time(row["timestamp"]),
        _id(row, "comment-id"),
        _id(row, "voter-id"),
        _number(row, "vote"),
    )


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str], str]]:
    """Yield (line, cells by heading, what is wrong with the row or "")."""
    if not path.is_file():
        raise InvalidInput(f"There is no {path.name} in that folder")
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = read_cells(file)
        headings = [heading.strip().lower() for heading in next(reader, [])]
        missing = [column for column in columns if column not in headings]
        if missing:
            raise InvalidInput(f"{path.name} lacks the column {' and '.join(missing)}")
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield reader.line_num, {}, str(error)
                continue
            if not cells:
                continue
            problem = ""
            if len(cells) < len(headings):
                problem = f"{len(cells)} cells where the headings name {len(headings)}"
            elif any("\udc80" <= character <= "\udcff" for cell in cells for character in cell):
                problem = "not UTF-8 text"
            yield reader.line_num, dict(zip(headings, cells, strict=False)), problem


def _time(text: str) -> datetime:
    if not re.fullmatch(r"[0-9]{1,13}", text) or int(text) > LATEST_MS:
        raise ValueError("the timestamp is not a number of milliseconds since 1970")
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def _id(row: dict[str, str], column: str) -> str:
    if not _ID.fullmatch(row[column]):
        raise ValueError(f"{column} is empty or not an id")
    return row[column]


def _number(row: dict[str, str], column: str) -> int:
    if row[column] not in ("-1", "0", "1"):
        raise ValueError(f"{column} is not 1, 0 or -1")
    return int(row[column])


def _text(text: str) -> str:
    words = _CONTROLS.sub(" ", text).strip()
    if not words:
        raise ValueError("the statement is empty")
    if len(words) > MAX_STATEMENT:
        raise ValueError(f"the statement is longer than {MAX_STATEMENT:,} characters")
    return words
