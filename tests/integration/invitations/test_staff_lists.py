"""Uploading a staff list: shown first, then read; every row is kept and accounted for."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from talking_together.core import clock
from talking_together.extensions import db
from talking_together.invitations.models import StaffList, StaffListFile, StaffListRow
from talking_together.invitations.recounts import drift
from talking_together.invitations.staff_lists.sweeps import read_staff_lists
from talking_together.mail.suppressions import suppress
from tests.factories.invitations import make_invitation
from tests.factories.members import make_admin, make_member
from tests.factories.organisations import make_organisation
from tests.support.client import Client, Page
from tests.support.staff_lists import as_ods, as_xlsx, read_upload, upload


@pytest.fixture
def admin_client(client: Client) -> Client:
    """Return a client that an admin has signed in with; the partner Riverside has a domain."""
    riverside = make_organisation(name="Riverside", short_name="RV", domains=("riverside.example",))
    return client.sign_in(make_admin(riverside))


def outcomes() -> dict[str, int]:
    """Return how many rows have each outcome."""
    db.session.rollback()
    counts = select(StaffListRow.outcome, func.count()).group_by(StaffListRow.outcome)
    return dict(db.session.execute(counts).all())


def figures(page: Page) -> dict[str, int]:
    """Return the totals as the page shows them."""
    return {
        figure.query("dt")[0].text: int(figure.query("dd")[0].text.replace(",", ""))
        for figure in page.query(".figure")
    }


def test_every_row_is_accounted_for_on_the_page_and_in_the_database(admin_client: Client) -> None:
    make_member(email="member@riverside.example")
    make_invitation(email="invited@riverside.example")
    make_invitation(email="revoked@riverside.example", state="revoked")
    rows = [
        "new@riverside.example,New",
        "MEMBER@riverside.example,Member",
        "invited@riverside.example,Invited",
        "revoked@riverside.example,Invited and revoked",
        "new@Riverside.example,The same again",
        "declined@riverside.example,Declined",
        "nobody@elsewhere.example,No partner",
        ",No address",
        ",",
    ]
    suppress("declined@riverside.example", because="declined")
    db.session.commit()
    page = read_upload(admin_client, "Email,Name\n" + "\n".join(rows) + "\n")
    shown = figures(page)
    assert shown == {
        "New": 2,
        "Already invited": 1,
        "Already a member": 1,
        "Suppressed": 1,
        "Needs attention": 2,
        "Ignored": 2,
    }
    assert (
        sum(shown.values())
        == len(rows)
        == db.session.scalar(select(StaffList.rows_count).where(StaffList.name == "Nurses"))
    )
    assert {outcome.capitalize(): count for outcome, count in outcomes().items()} == shown
    assert list(drift()) == []
    assert "no partner has the domain “elsewhere.example”" in page.text
    assert "The same email address as row 2" in page.text
    only = admin_client.get(f"{page.path}?outcome=needs+attention")
    assert len(only.query("tbody tr")) == 2
    admin_client.get(f"{page.path}?outcome=nonsense", status=404)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "workbook is damaged"),
        (b"Name\nZoe\n", "column of email addresses"),
        (b"\xff" * 2_000, "column of email addresses"),
    ],
)
def test_a_file_that_is_no_list_is_an_error_of_its_field(
    admin_client: Client, content: bytes, words: str
) -> None:
    page = upload(admin_client, content, status=400)
    assert words in page.query("#file-error")[0].text
    assert page.query("#name")[0]["value"] == "Nurses"
    assert outcomes() == {}


def test_a_list_without_a_name_is_called_as_its_file_and_rows_say_where_they_are_placed(
    admin_client: Client,
) -> None:
    page = upload(admin_client, "Email,Name\nzoe@riverside.example,Zoe\n", name="").follow()
    assert page.query("h1")[0].text == "nurses"
    assert page.query("td[data-label=Organisation]")[0].text == "Riverside by the address"
    read = page.form(f"{page.path}/columns").submit(action="read").follow()
    assert read.query("td[data-label=Organisation]")[0].text == "Riverside by the address"


def test_without_a_file_the_field_says_so(admin_client: Client) -> None:
    page = admin_client.post("/admin/invitations/lists/new", {"name": "Nurses"}, status=400)
    assert "Choose a file, or paste the rows below" in page.query("#file-error")[0].text
    page = upload(admin_client, "Email\na@riverside.example", status=400, pasted="Email\nb@riverside.example")
    assert "not both" in page.query("#file-error")[0].text


@pytest.mark.parametrize("cell", ["x" * 10_000_000, "x\n" * 2_000_000, "\x00" * 1_000_000, "\u202e" * 50_000])
def test_a_monstrous_cell_costs_its_row_and_nothing_else(admin_client: Client, cell: str) -> None:
    page = upload(
        admin_client,
        f'Email,Name\na@riverside.example,A\nb@riverside.example,"{cell}"\nc@riverside.example,C',
    ).follow()
    page.form(f"{page.path}/columns").submit(action="read")
    read_staff_lists()
    found = outcomes()
    assert found["new"] >= 2
    assert sum(found.values()) == 3


def test_an_upload_above_the_limit_is_refused(admin_client: Client) -> None:
    upload(admin_client, b"Email\n" + b"x" * (16 * 1024 * 1024), status=413)


def test_other_pages_keep_the_sites_own_limit(admin_client: Client) -> None:
    admin_client.post("/admin/invitations/phases/new", {"message": "x" * 2_000_000}, status=413)


def test_rows_are_paged_in_the_order_of_the_file(admin_client: Client) -> None:
    lines = "\n".join(f"p{number}@riverside.example" for number in range(120))
    page = read_upload(admin_client, f"Email\n{lines}\n")
    seen = []
    while True:
        seen += [row.query("td")[1].text for row in page.query("tbody tr")]
        following = page.query("a[rel=next]")
        if not following:
            break
        page = admin_client.get(f"{page.path}{following[0]['href']}", statements=7)
    assert seen == [f"p{number}@riverside.example" for number in range(120)]


def test_a_list_is_shown_before_anything_is_kept(admin_client: Client) -> None:
    make_member(email="member@riverside.example")
    content = "Contact,Who\nmember@riverside.example,Amy\nsam@riverisde.example,Sam\n,\n"
    page = upload(admin_client, content).follow(statements=15)
    cells = [[cell.text for cell in row.query("td")] for row in page.query("tbody tr")]
    assert [row[-1].split(".")[0] for row in cells] == [
        "Already a member Has joined already",
        "Needs attention Cell A3",
        "Ignored This row is empty",
    ]
    assert "did you mean riverside.example?" in cells[1][-1]
    assert outcomes() == {}
    fields = page.form(f"{page.path}/columns").fields
    assert (fields["email"], fields["name"], fields["has_headings"]) == ("0", "-1", "y")


def test_columns_are_corrected_and_shown_again(admin_client: Client) -> None:
    page = upload(admin_client, "Contact,Who\na@riverside.example,Amy\n").follow()
    columns = f"{page.path}/columns"
    page = page.form(columns).submit(name="1", action="show").follow()
    assert [cell.text for cell in page.query("tbody td")][:2] == ["Amy", "a@riverside.example"]
    twice = page.form(columns).submit(name="0", action="read", status=400)
    assert "can be used once" in twice.text
    none = page.form(columns).submit(email="-1", action="read", status=400)
    assert "column of email addresses" in none.text
    page = page.form(columns).submit(action="read").follow()
    assert figures(page)["New"] == 1
    admin_client.post(columns, {"action": "read"}, status=409)
    assert outcomes() == {"new": 1}


def test_headings_can_be_said_to_be_no_headings(admin_client: Client) -> None:
    page = upload(admin_client, "a@riverside.example,Amy\nb@riverside.example,Ben\n").follow()
    assert "has_headings" not in page.form(f"{page.path}/columns").fields
    assert len(page.query("tbody tr")) == 2
    page = page.form(f"{page.path}/columns").submit(has_headings="y", action="show").follow()
    assert [row.query("td")[1].text for row in page.query("tbody tr")] == ["b@riverside.example"]


def test_another_sheet_can_be_chosen(admin_client: Client) -> None:
    content = as_xlsx(
        {
            "Notes": [],
            "Nurses": [["Email"], ["a@riverside.example"]],
            "Porters": [["Email"], ["b@riverside.example"], ["c@riverside.example"]],
        }
    )
    page = upload(admin_client, content, filename="list.csv").follow()
    assert page.form(f"{page.path}/columns").fields["sheet"] == "1"
    # What was not shown is not read.
    page = page.form(f"{page.path}/columns").submit(sheet="2", action="read").follow()
    assert "Check them before the list is read" in page.text
    assert outcomes() == {}
    page = page.form(f"{page.path}/columns").submit(action="read").follow()
    assert figures(page)["New"] == 2


def test_rows_can_be_pasted(admin_client: Client) -> None:
    pasted = "Name\tEmail\nAmy\ta@riverside.example\nBen\tb@riverside.example\n"
    page = admin_client.post("/admin/invitations/lists/new", {"name": "Nurses", "pasted": pasted}).follow()
    page = page.form(f"{page.path}/columns").submit(action="read").follow()
    assert figures(page)["New"] == 2


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_workbook_is_read_like_a_text(admin_client: Client, ending: str) -> None:
    rows = [["Email", "Name"], ["a@riverside.example", "Amy"], [], ["nobody@elsewhere.example", "Ben"]]
    content = as_xlsx({"Staff": rows}) if ending == "xlsx" else as_ods({"Staff": rows})
    page = read_upload(admin_client, content)
    assert (figures(page)["New"], figures(page)["Ignored"], figures(page)["Needs attention"]) == (1, 1, 1)


@pytest.mark.parametrize("as_", ["csv", "xlsx"])
def test_problems_are_downloaded_mended_and_uploaded_again(admin_client: Client, as_: str) -> None:
    content = (
        "Band,E-mail,Full name,Employer\n"
        "6,a@riverside.example,Amy,Riverside\n"
        "5,=b@riverside.example,Ben,Riverside\n"
        "7,c@riverside.example,Cat,Nowhere\n"
    )
    page = read_upload(admin_client, content)
    answer = admin_client.get(f"{page.path}/problems", query={"as": as_}).response
    assert answer.headers["Content-Disposition"] == f"attachment; filename=nurses-problems.{as_}"
    table = table_of(answer.get_data(), as_)
    assert table[0] == ["Band", "E-mail", "Full name", "Employer", "Reason"]
    assert [row[0] for row in table[1:]] == ["5", "7"]
    assert "holds a formula" in table[1][-1]
    assert table[2][1:4] == ["c@riverside.example", "Cat", "Nowhere"]
    assert "“Nowhere” is not one of the partners" in table[2][-1]
    table[1][1], table[2][3] = "b@riverside.example", "RV"
    table.append(["6", "a@riverside.example", "Amy", "Riverside", ""])
    make_invitation(email="a@riverside.example")
    again = read_upload(admin_client, as_xlsx({"Mended": table}))
    assert {name: count for name, count in figures(again).items() if count} == {
        "New": 2,
        "Already invited": 1,
    }


def test_the_command_reads_workbooks_too(app: Flask, tmp_path: Path) -> None:
    make_organisation(domains=("riverside.example",))
    db.session.commit()
    rows = [["Email"], ["a@riverside.example"], ["nobody@elsewhere.example"]]
    for name, content in (("one", as_xlsx({"Staff": rows})), ("two", as_ods({"Staff": rows}))):
        path = tmp_path / name
        path.write_bytes(content)
        run = app.test_cli_runner().invoke(args=["invitations", "import", str(path), "--phase", name])
        assert (run.exit_code, "new: 1\n" in run.output) == (0, True), run.output
        assert "needs attention: 1\n" in run.output


def test_the_templates_are_lists_whose_example_invites_nobody(admin_client: Client) -> None:
    for kind in ("joining", "leaving"):
        for as_ in ("csv", "xlsx"):
            answer = admin_client.get(
                "/admin/invitations/lists/template", query={"kind": kind, "as": as_}
            ).response
            page = read_upload(admin_client, answer.get_data(), kind=kind)
            assert {name: count for name, count in figures(page).items() if count} == {"Ignored": 1}


def test_an_upload_that_nobody_reads_is_forgotten(admin_client: Client) -> None:
    page = upload(admin_client, "Email\na@riverside.example\n").follow()
    page.form(f"{page.path}/discard").submit()
    admin_client.get(page.path, status=404)
    page = upload(admin_client, "Email\na@riverside.example\n").follow()
    with clock.held_at(clock.now() + timedelta(days=2)):
        read_staff_lists()
    admin_client.get(page.path, status=404)
    assert db.session.scalar(select(func.count()).select_from(StaffListFile)) == 0


@pytest.mark.parametrize(
    "name", ["Zoë\r\nBcc: x@y.example", "A\u2028B", '"Zoe" O\'Neil', "<script>alert(1)</script>", "=1+1"]
)
def test_a_strange_name_does_no_harm(admin_client: Client, name: str) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["Email", "Name"], ["a@riverside.example", name]])
    page = read_upload(admin_client, text.getvalue())
    kept = db.session.scalar(select(StaffListRow.name))
    assert kept is not None
    assert not set("\r\n\u2028") & set(kept)
    assert "alert(1)</script>" not in page.html


def test_an_international_domain_is_kept_in_ascii_and_shown_readable(admin_client: Client) -> None:
    make_organisation(name="Räder", short_name="RD", domains=("xn--rder-loa.example",))
    page = read_upload(admin_client, "Email\nzoe@RÄDER.example\nben@büro.example\n")
    assert "zoe@räder.example" in page.text
    assert "no partner has the domain “büro.example”" in page.text
    assert "zoe@xn--rder-loa.example" in set(db.session.scalars(select(StaffListRow.email)))


def table_of(content: bytes, as_: str) -> list[list[str]]:
    """Return the cells of a download."""
    if as_ == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(content)).active
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
