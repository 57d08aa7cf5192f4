"""Staff lists as they come: whatever the encoding, the separator and the headings."""

import io

import pytest

from talking_together.invitations.staff_lists.assessing import Assessed, Partnership, assessor, named
from talking_together.invitations.staff_lists.reading import MAX_ROWS, UnreadableList, read_staff_list

PARTNERSHIP = Partnership(
    organisations=named([("Riverside Trust", 1), ("RT", 1), ("Weir Council", 2)]),
    names={1: "Riverside Trust", 2: "Weir Council"},
    domains={"riverside.example": 1, "nhs.example": 2, "mail.nhs.example": 3},
    groups=named([("Community nurses", 11), ("Regent House", 12)]),
)
TEXT = "Name,Email,Organisation\r\nZoë Ågren,zoe@riverside.example,Riverside Trust\r\n"


def assessed(content: bytes | str) -> list[Assessed]:
    """Return every row of a file with its outcome."""
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return list(map(assessor(PARTNERSHIP), read_staff_list(stream)))


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("cp1252"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode("utf-16"),
        TEXT.replace(",", "|").encode(),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(),
        TEXT.rstrip().encode(),
        b"\n\n" + TEXT.encode(),
        TEXT.replace("Name,Email,Organisation", "Full Name,E-mail Address,EMPLOYER").encode(),
        TEXT.replace("Name,Email,Organisation", '"name","e-mail","Org."').encode(),
        b"Organisation,Pay band,Email,Name\nRT,6,Zoe@Riverside.Example ,Zo\xc3\xab \xc3\x85gren\n",
        b"Surname,Forename,Work email,Trust\n\xc3\x85gren,Zo\xc3\xab,zoe@riverside.example,rt\n",
        b"Email,Name,Email\nzoe@riverside.example,Zo\xc3\xab \xc3\x85gren,second@riverside.example\n",
        b"Email,Name\nzoe@riverside.example,Zo\xc3\xab \xc3\x85gren,more,than,headings\n",
        b'Email,Name\nzoe@riverside.example,"Zo\xc3\xab\n\xc3\x85gren"\n',
        'Email,Name\nzoe@riverside.example,"Zoë\u2028Ågren"\n'.encode(),
        'Email,Name\nzoe@riverside.example,"Zoë\r\nÅgren"\n'.encode(),
        b"sep=;\r\nEmail;Name\r\nzoe@riverside.example;Zo\xc3\xab \xc3\x85gren\r\n",
        "Staff list, November\n\nEmail,Name\nzoe@riverside.example,Zoë Ågren\n".encode(),
        "zoe@riverside.example,Zoë Ågren\n".encode(),
        "Zoë\tÅgren\tzoe@riverside.example\n".encode(),
        "Zoë Ågren;RT;zoe@riverside.example\n".encode(),
        "Zoë Ågren <zoe@riverside.example>\n".encode(),
        "Person,Contact\nZoë Ågren,zoe@riverside.example\n".encode(),
        "Manager's email,Name,Staff email\nx@y.example,Zoë Ågren,zoe@riverside.example\n".encode(),
        "Personal email,Name,Work email\nx@y.example,Zoë Ågren,zoe@riverside.example\n".encode(),
        "Reason,Emial adress,EmployeeName\nnone,zoe@riverside.example,Zoë Ågren\n".encode(),
        "E-bost,Enw\nzoe@riverside.example,Zoë Ågren\n".encode(),
    ],
)
def test_a_list_is_read_whatever_program_wrote_it(content: bytes) -> None:
    (row,) = assessed(content)
    assert (row.outcome, row.name, row.email, row.organisation_id) == (
        "new",
        "Zoë Ågren",
        "zoe@riverside.example",
        1,
    )


@pytest.mark.parametrize(
    ("cells", "outcome", "reason"),
    [
        ("zoe@riverside.example,Zoe,,", "new", ""),
        (",Zoe,RT,", "needs attention", "Email: missing"),
        ("zoe at riverside,Zoe,RT,", "needs attention", "Email: “zoe at riverside” is not an address"),
        ("zoe@riverside.example;x@y.example,Zoe,RT,", "needs attention", "is more than one address"),
        ("zöe@riverside.example,Zoe,RT,", "needs attention", "has letters before the @"),
        ("zoe@räder.example,Zoe,RT,", "new", ""),
        ("zoe@xn--rder-loa.example,Zoe,RT,", "new", ""),
        ("zoe@räder..example,Zoe,RT,", "needs attention", "is not an address"),
        ("zoe@riverside.example.,Zoe,RT,", "new", ""),
        ("zoe@riverside.example;,Zoe,RT,", "new", ""),
        ("<zoe@riverside.example>,Zoe,RT,", "new", ""),
        ("mailto:zoe@riverside.example?subject=Hello,Zoe,RT,", "new", ""),
        ("Zoe <zoe@riverside.example>,,RT,", "new", ""),
        ("zoe@riverisde.example,Zoe,RT,", "needs attention", "did you mean riverside.example?"),
        ("zoe@ward.riverside.exmaple,Zoe,RT,", "needs attention", "did you mean ward.riverside.example?"),
        ("zoe@nhs.exampel,Zoe,,", "needs attention", "“nhs.exampel”: did you mean nhs.example?"),
        ("zoe@elsewhere.example,Zoe,Riversde Trust,", "needs attention", "did you mean Riverside Trust?"),
        ("zoe@riverside.example,2024-03-01,RT,", "needs attention", "Name: “2024-03-01” is a date"),
        ("zoe@riverside.example,01/03/2024,RT,", "needs attention", "is a date"),
        ("zoe@riverside.example,45352,RT,", "needs attention", "Name: “45352” is a number"),
        ("zoe@riverside.example,Zoe,01/03/2024,", "needs attention", "Organisation: “01/03/2024” is a date"),
        ("zoe@riverside.example,=A1&B1,RT,", "needs attention", "Name: holds a formula"),
        ("#N/A,Zoe,RT,", "needs attention", "Email: holds the spreadsheet’s error #N/A"),
        ("zoe@riverside.example,Example: delete this row,RT,", "ignored", "The example of the template"),
        ("zoe@elsewhere.example,Zoe,,", "needs attention", "no partner has the domain “elsewhere.example”"),
        ("zoe@elsewhere.example,Zoe,riverside TRUST,", "new", ""),
        ("zoe@riverside.example,Zoe,Nowhere,", "needs attention", "“Nowhere” is not one of the partners"),
        ("zoe@evilnhs.example,Zoe,,", "needs attention", "no partner has the domain"),
        ("zoe@nhs.example.evil.example,Zoe,,", "needs attention", "no partner has the domain"),
        ("zoe@riverside.example,Zoe,RT,community NURSES; Regent House", "new", ""),
        (
            "zoe@riverside.example,Zoe,RT,Night owls",
            "new",
            "Staff groups that do not exist yet: “Night owls”",
        ),
        (",,,", "ignored", "This row is empty"),
        ("", "ignored", "This row is empty"),
        ("  , ,,", "ignored", "This row is empty"),
        ("zoe@riverside.example,Zo\x00e,RT,", "needs attention", "Name: holds characters"),
        ("zoe@riverside.example\x00,Zoe,RT,", "needs attention", "Email: holds characters"),
        (f"zoe@riverside.example,{'x' * 101},RT,", "needs attention", "Name: is longer than 100"),
        (f"zoe@riverside.example,{'x' * 10_000_000},RT,", "needs attention", "Name: is longer than 100"),
        (f"{'x' * 300}@riverside.example,Zoe,RT,", "needs attention", "Email: is longer than 254"),
        ("zoe@riverside.example", "new", ""),
    ],
)
def test_each_row_has_one_outcome_and_says_why(cells: str, outcome: str, reason: str) -> None:
    (row,) = assessed(f"Email,Name,Organisation,Groups\n{cells}\n")
    assert row.outcome == outcome
    assert reason in row.reason
    assert bool(row.reason) == bool(reason)


@pytest.mark.parametrize(
    ("address", "organisation"),
    [
        ("a@nhs.example", 2),
        ("a@ward.nhs.example", 2),
        ("a@mail.nhs.example", 3),
        ("a@x.mail.nhs.example", 3),
        ("a@evilnhs.example", None),
        ("a@example", None),
    ],
)
def test_an_organisation_is_found_by_its_domain_or_one_below(address: str, organisation: int | None) -> None:
    assert PARTNERSHIP.organisation_of_domain(address) == organisation


def test_an_address_counts_once_whatever_its_case_and_spaces() -> None:
    rows = assessed(
        "Email,Name\nzoe@riverside.example,Zoe\n ZOE@Riverside.Example ,Zoe again\nzoe@riverside.example,Z\n"
    )
    assert [row.outcome for row in rows] == ["new", "ignored", "ignored"]
    assert {row.reason for row in rows[1:]} == {"The same email address as row 2"}


def test_a_row_that_needs_attention_does_not_shut_out_a_good_one_after_it() -> None:
    rows = assessed("Email,Organisation\nzoe@riverside.example,Nowhere\nzoe@riverside.example,RT\n")
    assert [row.outcome for row in rows] == ["needs attention", "new"]


def test_a_quotation_mark_that_is_never_closed_is_named_in_its_row() -> None:
    lines = "".join(f"person{n}@riverside.example,Person\n" for n in range(200))
    rows = assessed(f'Email,Name\nfirst@riverside.example,First\nsecond@riverside.example,"Second\n{lines}')
    assert [row.outcome for row in rows] == ["new", "needs attention"]
    assert "may never be closed" in rows[1].reason


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n , \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"PK\x03\x04rest of a workbook", "workbook"),
        (b"\xd0\xcf\x11\xe0rest of an old workbook", "workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"Name;Phone\n" * 40, "column of email addresses"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"<html><table><tr><td>zoe", "web page"),
        (b"<?xml version='1.0'?><Workbook/>", "web page or an XML file"),
        (b"Name,Phone\nZoe,123\n", "column of email addresses"),
        (bytes(range(256)) * 10, "column of email addresses"),
        (b"\x00" * 5_000, "empty"),
        (b"Email\n" + b"\n" * (MAX_ROWS + 1), "more than"),
    ],
)
def test_a_file_that_is_no_list_says_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableList, match=words):
        assessed(content)
