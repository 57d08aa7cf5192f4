"""Staff lists as they come: whatever the encoding, the separator and the headings."""

import io

import pytest

from talking_together.invitations.staff_lists.assessing import Assessed, Partnership, assessor, named
from talking_together.invitations.staff_lists.reading import MAX_ROWS, UnreadableList, read_staff_list

PARTNERSHIP = Partnership(
    organisations=named([("Riverside Trust", 1), ("RT", 1), ("Weir Council", 2)]),
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
        ("zoe@riverside.example;x@y.example,Zoe,RT,", "needs attention", "is not an address"),
        ("zöe@riverside.example,Zoe,RT,", "needs attention", "is not an address"),
        ("zoe@elsewhere.example,Zoe,,", "needs attention", "no partner has the domain “elsewhere.example”"),
        ("zoe@elsewhere.example,Zoe,riverside TRUST,", "new", ""),
        ("zoe@riverside.example,Zoe,Nowhere,", "needs attention", "“Nowhere” is not one of the partners"),
        ("zoe@evilnhs.example,Zoe,,", "needs attention", "no partner has the domain"),
        ("zoe@nhs.example.evil.example,Zoe,,", "needs attention", "no partner has the domain"),
        ("zoe@riverside.example,Zoe,RT,community NURSES; Regent House", "new", ""),
        (
            "zoe@riverside.example,Zoe,RT,Night owls",
            "new",
            "left out because they do not exist: “Night owls”",
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
        (b"zoe@riverside.example,Zoe\n", "column of email addresses"),
        (b"Name,Phone\nZoe,123\n", "column of email addresses"),
        (bytes(range(256)) * 10, "column of email addresses"),
        (b"\x00" * 5_000, "empty"),
        (b"Email\n" + b"\n" * (MAX_ROWS + 1), "more than"),
    ],
)
def test_a_file_that_is_no_list_says_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableList, match=words):
        assessed(content)
