"""`members create-admin` and `members list`."""

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.accounts.passwords import verify_password
from talking_together.audit.models import AuditEntry
from talking_together.extensions import db
from tests.factories.members import make_member, make_moderator
from tests.factories.organisations import make_organisation

PASSWORD = "marble kettle under seven lamps"


def create(
    app: Flask, email: str = "Ada@Riverside.example ", name: str = "Ada Okafor", password: str = PASSWORD
):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(
        args=["members", "create-admin", "--email", email, "--name", name], input=f"{password}\n"
    )


def test_an_admin_is_made_from_standard_input(app: Flask) -> None:
    result = create(app)
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    member = db.session.scalars(select(Member)).one()
    assert (member.email, member.role, member.is_active) == ("ada@riverside.example", "admin", True)
    assert verify_password(member.password_hash, PASSWORD)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.subject_id) == ("admin created", None, member.id)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "nobody"}, "is not an email address"),
        ({"name": " "}, "A name has from 1 to 100 characters"),
        ({"name": "x" * 101}, "A name has from 1 to 100 characters"),
        ({"password": "short"}, "12 characters or more"),
        ({"password": ""}, "12 characters or more"),
        ({"password": "okafor is my name"}, "your name"),
    ],
)
def test_what_will_not_do_is_refused_in_a_line(app: Flask, changes: dict[str, str], words: str) -> None:
    result = create(app, **changes)
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output
    assert db.session.scalars(select(Member)).all() == []


def test_an_address_with_an_account_is_refused(app: Flask) -> None:
    make_member(email="ada@riverside.example")
    result = create(app)
    assert result.exit_code == 1
    assert "already has an account" in result.output


def test_members_are_listed_as_csv(app: Flask) -> None:
    organisation = make_organisation(name='Riverside, "The Trust"')
    first = make_member(organisation, name="Ada Okafor", email="ada@riverside.example")
    second = make_moderator(
        name="Bea Lund", email="bea@riverside.example", organisation_id=None, is_active=False
    )
    make_member(name="Participant 7", email=None, sign_in_name=None, imported_from="x", imported_id="7")
    result = app.test_cli_runner().invoke(args=["members", "list"])
    assert result.output.splitlines() == [
        "id,email,name,organisation,role,active",
        f'{first.id},ada@riverside.example,Ada Okafor,"Riverside, ""The Trust""",staff,yes',
        f"{second.id},bea@riverside.example,Bea Lund,,moderator,no",
    ]
