"""Uploading a staff list: every row is kept and accounted for."""

import io
from typing import Any

import pytest
from sqlalchemy import func, select

from talking_together.extensions import db
from talking_together.invitations.models import StaffList, StaffListRow
from talking_together.organisations.models import StaffGroup
from tests.factories.invitations import make_invitation
from tests.factories.members import make_admin, make_member
from tests.factories.organisations import make_organisation
from tests.support.client import Client, Page


@pytest.fixture
def admin_client(client: Client) -> Client:
    """Return a client that an admin has signed in with; the partner Riverside has a domain."""
    riverside = make_organisation(name="Riverside", short_name="RV", domains=("riverside.example",))
    return client.sign_in(make_admin(riverside))


def upload(client: Client, content: bytes | str, *, status: int | None = None, **fields: Any) -> Page:
    """Send a file through the form."""
    data = content.encode() if isinstance(content, str) else content
    return client.post(
        "/admin/invitations/lists/new",
        {"name": "Nurses", "file": (io.BytesIO(data), fields.pop("filename", "nurses.csv")), **fields},
        status=status,
        content_type="multipart/form-data",
    )


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
        "nobody@elsewhere.example,No partner",
        ",No address",
        ",",
    ]
    page = upload(admin_client, "Email,Name\n" + "\n".join(rows) + "\n").follow(statements=6)
    shown = figures(page)
    assert shown == {
        "New": 2,
        "Already invited": 1,
        "Already a member": 1,
        "Needs attention": 2,
        "Ignored": 2,
    }
    assert (
        sum(shown.values())
        == len(rows)
        == db.session.scalar(select(StaffList.rows_count).where(StaffList.name == "Nurses"))
    )
    assert {outcome.capitalize(): count for outcome, count in outcomes().items()} == shown
    assert "no partner has the domain “elsewhere.example”" in page.text
    assert "The same email address as row 2" in page.text
    only = admin_client.get(f"{page.path}?outcome=needs+attention")
    assert len(only.query("tbody tr")) == 2
    admin_client.get(f"{page.path}?outcome=nonsense", status=404)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "workbook"),
        (b"Name\nZoe\n", "column of email addresses"),
        (b"Email\n", "no rows under the headings"),
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


def test_without_a_file_the_field_says_so(admin_client: Client) -> None:
    page = admin_client.post("/admin/invitations/lists/new", {"name": "Nurses"}, status=400)
    assert "Choose a CSV file" in page.query("#file-error")[0].text


@pytest.mark.parametrize("cell", ["x" * 10_000_000, "x\n" * 2_000_000, "\x00" * 1_000_000, "\u202e" * 50_000])
def test_a_monstrous_cell_costs_its_row_and_nothing_else(admin_client: Client, cell: str) -> None:
    upload(
        admin_client,
        f'Email,Name\na@riverside.example,A\nb@riverside.example,"{cell}"\nc@riverside.example,C',
    )
    found = outcomes()
    assert found["new"] >= 2
    assert sum(found.values()) == 3


def test_an_upload_above_the_limit_is_refused(admin_client: Client) -> None:
    upload(admin_client, b"Email\n" + b"x" * (16 * 1024 * 1024), status=413)


def test_other_pages_keep_the_sites_own_limit(admin_client: Client) -> None:
    admin_client.post("/admin/invitations/phases/new", {"message": "x" * 2_000_000}, status=413)


@pytest.mark.parametrize("create", [True, False])
def test_staff_groups_are_made_only_when_asked(admin_client: Client, create: bool) -> None:
    content = "Email;Name;Team\na@riverside.example;A;Night owls\nb@riverside.example;B;NIGHT OWLS|Porters\n"
    page = upload(admin_client, content, **({"create_groups": "y"} if create else {})).follow()
    names = set(db.session.scalars(select(StaffGroup.name)))
    assert names == ({"Night owls", "Porters"} if create else set())
    assert ("left out because they do not exist" in page.text) is not create
    assert outcomes() == {"new": 2}


def test_rows_are_paged_in_the_order_of_the_file(admin_client: Client) -> None:
    lines = "\n".join(f"p{number}@riverside.example" for number in range(120))
    page = upload(admin_client, f"Email\n{lines}\n").follow()
    seen = []
    while True:
        seen += [row.query("td")[1].text for row in page.query("tbody tr")]
        following = page.query("a[rel=next]")
        if not following:
            break
        page = admin_client.get(f"{page.path}{following[0]['href']}", statements=6)
    assert seen == [f"p{number}@riverside.example" for number in range(120)]


def test_fifty_thousand_rows_are_taken_in_one_go(admin_client: Client) -> None:
    lines = "\n".join(f"Person {n},p{n}@riverside.example,Nurse" for n in range(50_000))
    upload(admin_client, f"Name,Email,Job title\n{lines}\n")
    assert outcomes() == {"new": 50_000}
