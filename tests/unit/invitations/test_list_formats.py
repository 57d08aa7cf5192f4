"""Workbooks as they come, and as nobody means well with them."""

import io
import time
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from talking_together.core import archives
from talking_together.invitations.staff_lists.files import open_documents, workbooks
from talking_together.invitations.staff_lists.files.opening import open_table
from talking_together.invitations.staff_lists.files.tables import MAX_ROWS, Table, UnreadableList
from talking_together.invitations.staff_lists.reading import ListRow, layout_of, rows_of
from tests.support.staff_lists import as_ods, as_xlsx, ods_of, zipped

ROWS = [
    ["Name", "Email", "Team"],
    ["Zoë", "zoe@riverside.example", "12"],
    ["Ben", "ben@riverside.example", ""],
]
SHEET = "xl/worksheets/sheet1.xml"
MANY = 1_048_576


def rows_in(content: bytes) -> list[ListRow]:
    """Return the rows of a file below its headings."""
    table = open_table(content)
    layout = layout_of(table)
    return list(rows_of(table, layout.heading_row, layout.columns))


def cells_in(content: bytes) -> list[list[str]]:
    """Return every row of a file as it stands."""
    return [record.cells for record in open_table(content).records()]


def with_part(content: bytes, name: str, text: str | bytes) -> bytes:
    """Return an archive with one part replaced or added."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    return zipped({**parts, name: text})


def with_sheet(rows: str, *, after: str = "", before: str = "") -> bytes:
    """Return a workbook whose sheet holds these rows, in SpreadsheetML's own words."""
    names = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = (
        f"<?xml version='1.0'?>{before}<worksheet {names}><sheetData>{rows}</sheetData>{after}</worksheet>"
    )
    return with_part(as_xlsx({"Staff": ROWS}), SHEET, sheet)


def cell(reference: str, text: str) -> str:
    """Return a cell with its text within it."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def ods_cell(words: str, more: str = "") -> str:
    """Return a cell of a document with its text."""
    return f"<table:table-cell {more}><text:p>{words}</text:p></table:table-cell>"


def ods_row(*cells: str, times: int = 1) -> str:
    """Return a row of a document."""
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def ods_sheet(*rows: str) -> bytes:
    """Return a document of one sheet."""
    return ods_of(f'<table:table table:name="A">{"".join(rows)}</table:table>')


HEADINGS = f'<row r="1">{cell("A1", "Email")}{cell("B1", "Name")}</row>'
A2 = f'<row r="2">{cell("A2", "a@x.example")}</row>'


@pytest.mark.parametrize("make", [as_xlsx, as_ods])
def test_a_workbook_holds_what_was_written_into_it(make: object) -> None:
    content = make({"Notes": [], "Staff": ROWS})  # type: ignore[operator]
    table = open_table(content)
    assert (table.sheets, table.sheet, table.rows_expected) == (("Notes", "Staff"), 1, 3)
    assert [[*record.cells, ""][:3] for record in table.records()] == ROWS


def test_what_cells_of_excel_hold_is_understood() -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Email", "Name", "Employer", "Team", "Post"])
    sheet.append(["a@x.example", date(2024, 3, 1), "=A1", 12, 1.5])
    sheet.append([True, "#N/A", "Riverside"])
    buffer = io.BytesIO()
    book.save(buffer)
    first, second = rows_in(buffer.getvalue())
    assert first.cells == {
        "email": "a@x.example", "name": "2024-03-01", "organisation": "", "groups": "12", "job_title": "1.5",
    }  # fmt: skip
    assert "holds a formula without its result" in first.faults["organisation"]
    assert second.cells == {"email": "TRUE", "name": "#N/A", "organisation": "Riverside"}


def test_a_formula_counts_as_its_result() -> None:
    email = '<c r="A2" t="str"><f>B2&amp;C2</f><v>a@x.example</v></c>'
    nothing = '<c r="B2" t="str"><f>""</f><v/></c>'
    (found,) = rows_in(with_sheet(f'{HEADINGS}<row r="2">{email}{nothing}</row>'))
    assert (found.cells["email"], found.faults) == ("a@x.example", {})


def test_a_cell_that_is_merged_over_rows_holds_for_each_of_them() -> None:
    book = Workbook()
    sheet = book.active
    for row in (
        ["Email", "Employer"],
        ["a@x.example", "RV"],
        ["b@x.example"],
        [],
        ["c@x.example"],
        ["d@x.example"],
    ):
        sheet.append(row)
    sheet.merge_cells("B2:B5")
    buffer = io.BytesIO()
    book.save(buffer)
    assert [row.cells.get("organisation", "") for row in rows_in(buffer.getvalue())] == [
        "RV",
        "RV",
        "",
        "RV",
        "",
    ]


def test_what_openoffice_repeats_and_merges_is_understood() -> None:
    started = '<table:table-cell office:value-type="date" office:date-value="2024-03-01T00:00:00"/>'
    twelve = ods_cell("12.00", 'office:value-type="float" office:value="12"')
    note = "<office:annotation><text:p>Note</text:p></office:annotation>"
    content = ods_sheet(
        ods_row(ods_cell("Email"), ods_cell("Employer"), ods_cell("Start")),
        ods_row(ods_cell("a@x.example"), ods_cell("RV", 'table:number-rows-spanned="2"'), started),
        ods_row(ods_cell("b@x.example"), "<table:covered-table-cell/>", twelve),
        ods_row("<table:table-cell/>", times=2),
        ods_row(ods_cell(f"c<text:s/>x{note}"), ods_cell("y", 'table:number-columns-repeated="2"')),
        ods_row('<table:table-cell table:number-columns-repeated="16384"/>', times=MANY),
    )
    assert cells_in(content) == [
        ["Email", "Employer", "Start"],
        ["a@x.example", "RV", "2024-03-01"],
        ["b@x.example", "RV", "12"],
        [],
        [],
        ["c x", "y", "y"],
    ]


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        # A sheet that was formatted to its end.
        (f'{A2}<row r="{MANY}"><c r="XFD{MANY}" s="1"/></row>', 1),
        # A gap that no list has.
        (f'{A2}<row r="{MANY}">{cell("A9", "b@x.example")}</row>', 2),
        # A small one counts.
        (f'<row r="5">{cell("A5", "a@x.example")}</row>', 4),
        # Numbers that stand still.
        (A2 * 3, 3),
    ],
)
def test_rows_that_hold_nothing_cost_nothing(rows: str, seen: int) -> None:
    assert len(rows_in(with_sheet(HEADINGS + rows))) == seen


def bomb() -> bytes:
    """Return what becomes a thousand times as large when it is inflated."""
    return b"<row>" + b" " * (24 * 1024 * 1024)


DTD = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
WIDE = ods_sheet(ods_row(ods_cell("x", 'table:number-columns-repeated="1000000"')))
LONG = ods_sheet(ods_row(ods_cell("a@x.example"), times=MANY))
WITH_DTD = zipped(
    {"content.xml": f'<?xml version="1.0"?>{DTD}<a><table:table table:name="A">&c;</table:table></a>'}
)
LOCKED = zipped({"content.xml": "<a/>", "META-INF/manifest.xml": "<m:encryption-data/>"})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: with_part(as_xlsx({"Staff": ROWS}), SHEET, bomb()), "unpacks to far more"),
        (lambda: zipped({"content.xml": bomb()}), "unpacks to far more"),
        (lambda: zipped({f"part{n}": "" for n in range(6_000)}), "unpacks to far more"),
        (lambda: with_sheet(HEADINGS, before=DTD), "refers to something outside"),
        (lambda: WITH_DTD, "refers to something outside"),
        (lambda: as_xlsx({"Staff": [["Email", *["x"] * 2_000], ["a@x.example"]]}), "more than 1,000 columns"),
        (lambda: WIDE, "more than 1,000 columns"),
        (lambda: b"Email" + b",x" * 1_000_000 + b"\na@x.example\n", "more than 1,000 columns"),
        (lambda: LONG, f"more than {MAX_ROWS:,} rows"),
        (lambda: with_sheet(HEADINGS + "<row/>" * 1_200_000), "unpacks to far more"),
        (lambda: as_xlsx({"Staff": [[], []]}), "empty"),
        (lambda: as_xlsx({"Staff": ROWS})[:-300], "damaged"),
        (lambda: with_sheet(HEADINGS + "<row><c"), "damaged"),
        (lambda: ods_of("&c;"), "damaged"),
        (lambda: zipped({"word/document.xml": ""}), "Word document"),
        (lambda: zipped({"xl/workbook.bin": "", "[Content_Types].xml": ""}), "binary workbook"),
        (lambda: zipped({"staff.csv": "Email"}), "zip archive"),
        (lambda: zipped({"[Content_Types].xml": ""}), "damaged"),
        (lambda: LOCKED, "password"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "old workbook"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_what_to_do(content: object, words: str) -> None:
    with pytest.raises(UnreadableList, match=words):
        rows_in(content())  # type: ignore[operator]


def test_a_part_says_nothing_of_its_size_that_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "RATIO_COUNTS_FROM", 1_000)
    monkeypatch.setattr(archives, "MAX_RATIO", 2)
    with pytest.raises(UnreadableList, match="unpacks to far more"):
        rows_in(as_xlsx({"Staff": [["Email"], *[["a@x.example"]] * 10_000]}))


def test_cells_that_hold_nothing_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_CELLS", 1_000)
    monkeypatch.setattr(open_documents, "MAX_CELLS", 1_000)
    for content in (
        with_sheet(f"<row r='1'>{'<c/>' * 2_000}</row>{HEADINGS}"),
        ods_sheet(ods_row("<table:table-cell/>" * 2_000), ods_row(ods_cell("Email"))),
    ):
        with pytest.raises(UnreadableList, match="unpacks to far more"):
            rows_in(content)


TAGS = 1_400_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        # Searched for merged cells and for sheets, each of these would start a search to the end.
        (lambda: with_sheet(HEADINGS, after="<mergeCell " * TAGS), "damaged"),
        (lambda: ods_of("<table:table " * TAGS), "unpacks to far more"),
        # The parser would look at all of an unfinished tag with each further piece of it.
        (lambda: with_sheet(f'{HEADINGS}<row x="{"y" * 12_000_000}"/>'), "unpacks to far more"),
        (lambda: ods_sheet(f"<!--{'> ' * 6_000_000}-->"), "unpacks to far more"),
    ],
)
def test_tags_that_never_end_take_no_time(content: object, words: str) -> None:
    made = content()  # type: ignore[operator]
    began = time.process_time()
    with pytest.raises(UnreadableList, match=words):
        rows_in(made)
    assert time.process_time() - began < 2


def test_a_table_can_be_read_again_and_again() -> None:
    table: Table = open_table(as_xlsx({"Staff": ROWS}))
    next(iter(table.records()))
    assert list(table.records()) == list(table.records())
    assert len(list(table.records())) == 3
