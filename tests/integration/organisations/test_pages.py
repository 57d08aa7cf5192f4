"""Admins keep organisations and staff groups."""

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.organisations.models import Organisation, OrganisationDomain, StaffGroup
from talking_together.organisations.services import add_staff_group
from tests.factories.members import make_admin, make_member, viewer_of
from tests.factories.organisations import make_group, make_organisation
from tests.support.client import Client
from tests.support.parallel import run_together

VALUES = {
    "name": "Alder Trust",
    "short_name": "Alder",
    "colour": "#005EB8",
    "headcount": "1200",
    "domains": "@Alder.example\nmail.alder.example, alder.example",
}


def test_an_admin_adds_an_organisation_with_its_domains(client: Client) -> None:
    client.sign_in(make_admin())
    form = client.get("/admin/organisations/new").form("/admin/organisations/new")
    page = form.submit(**VALUES).follow()
    assert "Alder Trust added" in page.text
    added = db.session.scalars(select(Organisation).where(Organisation.name == "Alder Trust")).one()
    assert (added.colour, added.headcount) == ("#005eb8", 1200)
    domains = db.session.scalars(
        select(OrganisationDomain.domain).where(OrganisationDomain.organisation_id == added.id)
    )
    assert set(domains) == {"alder.example", "mail.alder.example"}
    assert db.session.scalars(select(AuditEntry.action)).all() == ["organisation added"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Enter the organisation’s name"),
        ("name", "  ", "Enter the organisation’s name"),
        ("name", "x" * 121, "120 characters or fewer"),
        ("name", "a\u202eb", "direction of text"),
        ("name", "taken trust", "Another organisation has this name"),
        ("short_name", "TAKEN", "Another organisation has this name"),
        ("colour", "#ffb81c", "darker colour"),
        ("colour", "blue", "six digits"),
        ("headcount", "-1", "between 0"),
        ("headcount", "many", "Not a valid integer"),
        ("domains", "not a domain", "is not an email domain"),
        ("domains", "taken.example", "belongs to Taken Trust already"),
        ("domains", "a..example", "is not an email domain"),
    ],
)
def test_bad_input_is_named_by_its_field_and_kept(client: Client, field: str, value: str, words: str) -> None:
    make_organisation(name="Taken Trust", short_name="Taken", domains=("taken.example",))
    client.sign_in(make_admin(make_organisation()))
    form = client.get("/admin/organisations/new").form("/admin/organisations/new")
    page = form.submit(status=400, **{**VALUES, field: value})
    group = page.query(f"#{field}-error, [id='{field}-error']")
    assert any(words in element.text for element in group), page.text
    if value.strip():
        assert value.strip() in page.html.replace("&#34;", '"')
    assert db.session.scalar(select(Organisation.id).where(Organisation.name == "Alder Trust")) is None


def test_a_failed_change_changes_nothing(client: Client) -> None:
    organisation = make_organisation(name="Alder Trust", domains=("alder.example",))
    client.sign_in(make_admin(organisation))
    path = f"/admin/organisations/{organisation.id}"
    client.get(path).form(path).submit(status=400, name="Beech Trust", colour="#ffffff")
    assert db.session.get(Organisation, organisation.id).name == "Alder Trust"
    client.get(path).form(path).submit(name="Beech Trust", domains="beech.example")
    assert db.session.get(Organisation, organisation.id).name == "Beech Trust"
    assert db.session.scalars(select(OrganisationDomain.domain)).all() == ["beech.example"]


def test_an_admin_adds_and_renames_a_staff_group(client: Client) -> None:
    organisation = make_organisation()
    make_group(name="Ward managers")
    client.sign_in(make_admin(organisation))
    new = client.get("/admin/groups/new").form("/admin/groups/new")
    assert "Another staff group" in new.submit(name="WARD managers", status=400).text
    new.submit(name="Community nurses", organisation_id=str(organisation.id))
    group = db.session.scalars(select(StaffGroup).where(StaffGroup.name == "Community nurses")).one()
    path = f"/admin/groups/{group.id}"
    client.get(path).form(path).submit(name="District nurses", organisation_id="")
    assert "District nurses" in client.get("/admin/groups", statements=4).text


def test_colours_come_as_a_private_stylesheet(client: Client) -> None:
    organisation = make_organisation(colour="#6a3a9c")
    client.sign_in(make_member(organisation))
    page = client.get("/organisations.css", statements=2)
    assert f".org-{organisation.id}{{--org:#6a3a9c;--org-dark:#" in page.html
    assert "private" in page.headers["Cache-Control"]


def test_unknown_organisations_and_groups_are_not_there(client: Client) -> None:
    client.sign_in(make_admin())
    client.get("/admin/organisations/99999", status=404)
    client.get("/admin/groups/99999", status=404)
    client.get("/admin/organisations/99999999999999999999999", status=404)


def test_a_name_that_begins_beyond_ascii_is_taken_once(client: Client) -> None:
    client.sign_in(make_admin())
    values = {**VALUES, "name": "Égalité Trust", "short_name": "Égalité", "domains": ""}
    client.post("/admin/organisations/new", values)
    client.post("/admin/groups/new", {"name": "Énergie", "organisation_id": ""})

    again = client.post("/admin/organisations/new", values, status=400)
    group = client.post("/admin/groups/new", {"name": "Énergie", "organisation_id": ""}, status=400)

    assert "Another organisation has this name" in again.text
    assert "Another staff group has this name" in group.text


def test_two_admins_who_take_one_name_at_once_are_told(app: Flask) -> None:
    admin = viewer_of(make_admin())

    def add() -> int:
        return in_transaction(lambda: add_staff_group(admin, name="Night teams", organisation_id=None)).id

    results = run_together(app, [add] * 4)

    assert sorted(type(result).__name__ for result in results) == ["InvalidInput"] * 3 + ["int"]
