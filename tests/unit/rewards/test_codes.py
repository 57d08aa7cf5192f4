"""Lists of codes, line by line, and the files they come in."""

import io

import openpyxl
import pytest

from talking_together.core.errors import InvalidInput
from talking_together.rewards.catalogue.code_files import lines_in
from talking_together.rewards.catalogue.codes import ending_of, read_codes


def test_codes_are_trimmed_and_each_fault_is_told_by_its_line() -> None:
    lines = ["Code", "  AB-1 ", "AB-2\t", "", "AB-1", "old", "x" * 81, "x" * 80, "A\u202eB", "ab-1", "", ""]
    read = read_codes(lines, earlier={"old"})
    assert read.codes == ["AB-1", "AB-2", "x" * 80, "ab-1"]
    assert [(fault.line, fault.words) for fault in read.faults] == [
        (4, "is empty"),
        (5, "is the same as line 2"),
        (6, "is among the codes that this reward has already"),
        (7, "is longer than 80 characters"),
        (9, "holds characters that cannot be shown"),
    ]


def test_a_list_has_one_to_ten_thousand_codes() -> None:
    assert len(read_codes([f"{n:05}" for n in range(10_000)]).codes) == 10_000
    with pytest.raises(InvalidInput, match="at most 10,000"):
        read_codes([f"{n:05}" for n in range(10_001)])
    with pytest.raises(InvalidInput, match="at least one code"):
        read_codes(["", "  "])
    assert read_codes(["code"]).codes == ["code"]


def test_only_the_end_of_a_code_is_ever_shown() -> None:
    assert [ending_of(code) for code in ("ABCD-1234", "ABCD", "AB", "A")] == ["1234", "CD", "B", ""]


def workbook(*rows: list[object]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "lines"),
    [
        (b"A1\r\nB,2\n", "codes.txt", ["A1", "B,2"]),
        (b"\xef\xbb\xbfA1\n\nB2", "codes.txt", ["A1", "", "B2"]),
        ("A1\nB2".encode("utf-16"), "codes.txt", ["A1", "B2"]),
        (b"\xa3A1", "codes.txt", ["£A1"]),
        (b'"A1"\n"B,2",\n', "codes.CSV", ["A1", "B,2"]),
        (b"Code;\nA1;\n;B2", "codes.csv", ["Code", "A1", "B2"]),
        (
            workbook(["Code"], ["A1"], [None], [42], [None, "B2"]),
            "codes.xlsx",
            ["Code", "A1", "", "42", "B2"],
        ),
    ],
)
def test_a_file_is_read_line_by_line(content: bytes, name: str, lines: list[str]) -> None:
    assert lines_in(content, name) == lines


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x" * (2 * 1024 * 1024 + 1), "smaller than 2 MB"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "This file is something else"),
        (b"PK\x03\x04 no workbook", "cannot be read"),
        (workbook(["A1", "Robin"]), "Line 1 has more than one column"),
    ],
)
def test_what_is_no_list_of_codes_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        lines_in(content, "codes.xlsx")
