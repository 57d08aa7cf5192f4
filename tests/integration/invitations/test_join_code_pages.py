"""The admin's pages of join codes, and the poster."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.invitations.models import JoinCode
from talking_together.invitations.team_codes.codes import shown_code
from tests.factories import (
    make_admin,
    make_challenge,
    make_group,
    make_organisation,
)
from tests.factories.invitations import make_join_code
from tests.support.client import Client
from tests.support.team_codes import count, join, path_of


def code_form(client: Client) -> Any:
    return client.get("/admin/invitations/codes/new").form("/admin/invitations/codes/new")


def test_an_admin_makes_a_code_good_through_a_london_day(client: Client, hold_clock: Any) -> None:
    hold_clock(datetime(2026, 10, 20, 22, 30, tzinfo=UTC))
    organisation = make_organisation(name="Riverside Trust")
    client.sign_in(make_admin())
    page = code_form(client).submit(
        label="Night porters", organisation_id=organisation.id, max_uses="40", last_day="2026-10-24"
    )
    code = db.session.scalars(select(JoinCode)).one()
    # The last day of summer time: the day ends at 23:00 UTC.
    assert code.expires_at == datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert (code.needs_approval, code.max_uses, code.uses_count) == (True, 40, 0)
    shown = page.follow()
    assert shown_code(code.code) in shown.html
    assert "Saturday 24 October" in shown.html
    assert "Night porters" in client.get("/admin/invitations/codes").html
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_label) == ("join code made", "Night porters")
    # The code lets people in, so the log does not hold it.
    assert code.code not in str(entry.details)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("label", "", "Enter the name of the team"),
        ("organisation_id", "", "Choose an organisation"),
        ("max_uses", "0", "Enter a number from 1 to 10,000"),
        ("max_uses", "10001", "Enter a number from 1 to 10,000"),
        ("max_uses", "many", "Enter a number from 1 to 10,000"),
        ("last_day", "soon", "Enter a day"),
        ("last_day", "2020-01-01", "Choose today or a later day"),
        ("last_day", "9999-12-31", "Choose a day within a year"),
        ("group_id", "999999", "Not a valid choice"),
        ("approval", "maybe", "Not a valid choice"),
    ],
)
def test_a_code_that_cannot_be_says_why(client: Client, field: str, value: str, words: str) -> None:
    client.sign_in(make_admin())
    filled = {
        "label": "Night porters",
        "organisation_id": make_organisation().id,
        "max_uses": "40",
        "last_day": clock.today().isoformat(),
        field: value,
    }
    page = code_form(client).submit(**filled, status=400)
    assert any(words in error.text for error in page.query(".nhsuk-error-message")), page.html
    assert count(JoinCode) == 0


def test_a_group_of_another_organisation_is_refused(client: Client) -> None:
    group = make_group(organisation=make_organisation())
    client.sign_in(make_admin())
    page = code_form(client).submit(
        label="Porters", organisation_id=make_organisation().id, group_id=group.id, max_uses="4", status=400
    )
    assert "belongs to another organisation" in page.html


def test_the_limits_change_but_never_below_what_was_used(client: Client) -> None:
    code = make_join_code(uses_count=3, max_uses=10)
    client.sign_in(make_admin())
    path = f"/admin/invitations/codes/{code.id}"
    page = client.get(path).form(path).submit(max_uses="2", status=400)
    assert "from 3 to 10,000, because 3 have joined" in page.html
    later = clock.today() + timedelta(days=90)
    client.get(path).form(path).submit(max_uses="3", last_day=later.isoformat())
    assert code.max_uses == 3
    assert clock.to_london(code.expires_at - timedelta(seconds=1)).date() == later


def test_closing_and_opening_again_twice_harms_nobody(client: Client) -> None:
    code = make_join_code()
    client.sign_in(make_admin())
    path = f"/admin/invitations/codes/{code.id}"
    for act in ("close", "close", "reopen", "reopen"):
        client.post(f"{path}/{act}").follow()
    assert code.closed_at is None
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert actions == ["join code closed", "join code opened again"]


def test_who_joined_with_a_code_stands_on_its_page(app: Flask, client: Client) -> None:
    code = make_join_code(needs_approval=True)
    join(client, code)
    admin = Client(app).sign_in(make_admin())
    page = admin.get(f"/admin/invitations/codes/{code.id}", statements=6)
    assert "Ada Okafor" in page.html
    assert "Waits for a moderator" in page.html
    # A code is for 10,000 at most, and its page for fifty.
    assert "1 of 10" in page.html


def test_the_poster_holds_all_that_somebody_needs(app: Flask, client: Client) -> None:
    app.config["CONTACT_EMAIL"] = "ideas-team@riverside.example"
    challenge = make_challenge(title="What would make handover quicker?")
    code = make_join_code(challenge_id=challenge.id, label="Night porters")
    client.sign_in(make_admin())
    page = client.get(f"/admin/invitations/codes/{code.id}/poster")
    assert page.heading == "What would make handover quicker?"
    text = page.query("main")[0].text
    for words in (
        "Talking Together",
        "Night porters",
        "ideas.example.org/join",
        shown_code(code.code),
        "ideas-team@riverside.example",
    ):
        assert words in text
    assert "https://" not in text
    label = page.query(".poster__qr [role=img]")[0].get("aria-label")
    assert label == f"QR code that leads to https://ideas.example.org{path_of(code)}"
