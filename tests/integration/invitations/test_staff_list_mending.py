"""What a list says that is not quite right is offered, and mended in all rows that say it."""

import pytest
from sqlalchemy import select

from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, StaffListRow
from talking_together.invitations.phases.moving import start_phase
from talking_together.invitations.recounts import drift
from talking_together.organisations.models import Organisation, StaffGroup
from tests.factories.invitations import make_phase
from tests.factories.members import make_admin
from tests.factories.organisations import make_organisation
from tests.support.client import Client
from tests.support.staff_lists import read_upload


@pytest.fixture
def admin_client(client: Client) -> Client:
    """Return a client that an admin has signed in with, with two partners."""
    riverside = make_organisation(name="Riverside", short_name="RV", domains=("riverside.example",))
    make_organisation(name="Weir Borough Council", short_name="WBC", domains=("weir.example",))
    return client.sign_in(make_admin(riverside))


def outcomes() -> dict[str, str]:
    """Return the outcome of each address."""
    db.session.rollback()
    rows = select(StaffListRow.email, StaffListRow.outcome).order_by(StaffListRow.line.desc())
    return dict(db.session.execute(rows).all())


def test_an_organisation_is_mended_in_all_rows_that_say_it(admin_client: Client) -> None:
    lines = "".join(f"p{number}@home.example,riverside NHS Trst\n" for number in range(1_200))
    page = read_upload(
        admin_client,
        f"Email,Employer\n{lines}a@home.example,Acute\nb@home.example,ACUTE \nc@riverside.example,\n",
    )
    assert "1,200 rows say “riverside NHS Trst”: did you mean Riverside?" in page.text
    forms = [form for form in page.query("form") if form.get("action") == f"{page.path}/organisation"]
    assert len(forms) >= 2
    weir = db.session.scalar(select(Organisation.id).where(Organisation.short_name == "WBC"))
    riverside = db.session.scalar(select(Organisation.id).where(Organisation.short_name == "RV"))
    path = f"{page.path}/organisation"
    admin_client.post(path, {"said": "riverside NHS Trst", "organisation_id": riverside})
    page = admin_client.post(path, {"said": "Acute", "organisation_id": weir}).follow()
    assert "2 rows mended" in page.text
    assert set(outcomes().values()) == {"new"}
    assert set(
        db.session.scalars(select(StaffListRow.organisation_id).where(StaffListRow.email == "a@home.example"))
    ) == {weir}
    assert list(drift()) == []
    admin_client.post(path, {"said": "Acute", "organisation_id": 999_999}, status=400)
    admin_client.post(path, {"said": "Acute", "organisation_id": "x"}, status=400)


def test_a_domain_is_mended_or_kept(admin_client: Client) -> None:
    content = (
        "Email,Employer\n"
        "a@riverside.exmaple,\n"
        "b@riverside.exmaple,Riverside\n"
        "c@wier.example,WBC\n"
        "d@riverside.example,\n"
        "d@riverside.exmaple,\n"
    )
    page = read_upload(admin_client, content)
    assert "3 rows say “riverside.exmaple”: did you mean riverside.example?" in page.text
    assert "1 row says “wier.example”: did you mean weir.example?" in page.text
    path = f"{page.path}/domain"
    admin_client.post(path, {"said": "riverside.exmaple", "meant": "evil.example"}, status=400)
    admin_client.post(path, {"said": "riverside.exmaple", "meant": "riverside.example"})
    assert outcomes() == {
        "a@riverside.example": "new",
        "b@riverside.example": "new",
        "c@wier.example": "needs attention",
        "d@riverside.example": "new",
    }
    # One of the two rows is the same person as the other, now that it is mended.
    rows = select(StaffListRow.outcome).where(StaffListRow.email == "d@riverside.example")
    assert sorted(db.session.scalars(rows)) == ["ignored", "new"]
    page = admin_client.post(path, {"said": "wier.example", "meant": "wier.example"}).follow()
    assert outcomes()["c@wier.example"] == "new"
    assert not page.query("#slips")


def test_groups_are_made_on_confirmation_and_their_people_are_in_them(admin_client: Client) -> None:
    content = "Email;Name;Team\na@riverside.example;A;Night owls\nb@riverside.example;B;NIGHT OWLS|Porters\n"
    page = read_upload(admin_client, content)
    assert set(db.session.scalars(select(StaffGroup.name))) == set()
    assert "Night owls (2 rows)" in page.text
    assert "Porters (1 row)" in page.text
    page = page.form(f"{page.path}/groups").submit().follow()
    assert "2 staff groups added" in page.text
    assert not page.query("#groups")
    db.session.rollback()
    groups = dict(db.session.execute(select(StaffGroup.name, StaffGroup.id)).all())
    assert set(groups) == {"Night owls", "Porters"}
    assert set(db.session.scalars(select(StaffListRow.reason))) == {""}
    list_id = int(page.path.rpartition("/")[2])
    phase = make_phase(list_id=list_id)
    in_transaction(lambda: start_phase(None, phase_id=phase.id))
    found = dict(db.session.execute(select(Invitation.email, Invitation.group_ids)).all())
    assert sorted(found["b@riverside.example"]) == sorted(groups.values())


def test_a_second_upload_of_the_same_list_adds_nobody_twice(admin_client: Client) -> None:
    content = "Email\na@riverside.example\nb@riverside.example\n"
    pages = [read_upload(admin_client, content) for _ in range(2)]
    lists = [int(page.path.rpartition("/")[2]) for page in pages]
    first, second = make_phase(list_id=lists[0]), make_phase(list_id=lists[1])
    in_transaction(lambda: start_phase(None, phase_id=first.id))
    page = read_upload(admin_client, content)
    assert "Already invited" in page.text
    with pytest.raises(InvalidInput):
        in_transaction(lambda: start_phase(None, phase_id=second.id))
    db.session.rollback()
    assert sorted(db.session.scalars(select(Invitation.email))) == [
        "a@riverside.example",
        "b@riverside.example",
    ]
