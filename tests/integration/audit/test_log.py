"""The log of acts of power."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from talking_together.accounts.models import Member
from talking_together.audit import queries
from talking_together.audit.models import AuditEntry
from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.extensions import db
from tests.factories import make_admin, make_member, make_moderator, viewer_of
from tests.support.client import Client


def act(actor: Member | None, action: str = "role changed", **values: Any) -> None:
    record(
        viewer_of(actor) if actor else None,
        action,
        **{"subject_type": "member", "subject_id": 7, "subject_label": "Morgan Oakfield", **values},
    )
    db.session.commit()


@pytest.mark.parametrize("change", [update(AuditEntry).values(reason="another"), delete(AuditEntry)])
def test_the_database_refuses_to_change_the_log(app: Flask, change: Any) -> None:
    act(make_admin(), reason="New post")
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(change)
    db.session.rollback()
    assert db.session.scalar(select(AuditEntry.reason)) == "New post"


def test_a_long_description_does_not_stop_an_act(app: Flask) -> None:
    act(None, subject_label="x" * 500, reason="y" * 900)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (len(entry.subject_label), len(entry.reason)) == (200, 500)


def test_an_admin_reads_who_did_what_when_and_why(client: Client) -> None:
    admin = make_admin(name="Jordan Fairweather")
    with clock.held_at(datetime(2025, 7, 4, 16, 30, tzinfo=UTC)):
        act(admin, reason="New post", details={"from": "staff", "to": "moderator"})
    act(None, action="admin created")
    page = client.sign_in(admin).get("/admin/audit", statements=5)
    newest, oldest = (row.text for row in page.query("tbody tr"))
    assert "Command on the server" in newest
    for words in (
        "Friday 4 July 2025 at 5:30pm",
        "Jordan Fairweather",
        "Role changed",
        "Member: Morgan Oakfield",
        "from: staff",
        "to: moderator",
        "New post",
    ):
        assert words in oldest


def test_what_was_logged_by_its_id_is_told_by_its_name_or_leads_to_its_page(client: Client) -> None:
    admin, owner = make_admin(), make_moderator(name="Robin Ashby")
    act(admin, "answer asked for", details={"owner": owner.id})
    act(admin, "answer asked for", details={"owner": None})
    act(admin, "ideas merged", details={"kept idea": 21, "merge": 2})
    page = client.sign_in(admin).get("/admin/audit", statements=6)
    merged, nobody, owned = page.query("tbody tr")
    assert "owner: Robin Ashby" in owned.text
    assert "owner: nobody yet" in nobody.text
    assert [link["href"] for link in merged.query("a")] == ["/ideas/21", "/moderation/merges/2"]


def test_the_log_is_narrowed_by_action_and_actor(client: Client) -> None:
    one, other = make_admin(), make_admin()
    act(one, "role changed")
    act(one, "member deactivated")
    act(other, "role changed")
    client.sign_in(one)
    for query, count in (
        ({}, 3),
        ({"action": "role changed"}, 2),
        ({"actor": one.id}, 2),
        ({"action": "role changed", "actor": other.id}, 1),
        ({"action": "", "actor": ""}, 3),
    ):
        assert len(client.get("/admin/audit", query=query).query("tbody tr")) == count


def test_what_was_written_is_shown_as_text(client: Client) -> None:
    admin = make_admin()
    act(admin, subject_label="<script>alert(1)</script>", details={"<b>": "<i>"})
    page = client.sign_in(admin).get("/admin/audit")
    assert not page.query("tbody script, tbody b, tbody i")


@pytest.mark.parametrize("query", [{"action": "no such"}, {"actor": "x"}, {"actor": "-1"}, {"after": "x"}])
def test_a_filter_that_is_not_offered_is_not_found(client: Client, query: dict[str, str]) -> None:
    client.sign_in(make_admin()).get("/admin/audit", query=query, status=404)


def test_pages_keep_the_filter(client: Client) -> None:
    admin = make_admin()
    for _ in range(queries.PAGE_SIZE + 1):
        act(admin, "role changed")
    act(admin, "another")
    page = client.sign_in(admin).get("/admin/audit", query={"action": "role changed"})
    later = client.get(page.query("a[rel=next]")[0]["href"])
    assert len(page.query("tbody tr")) == queries.PAGE_SIZE
    assert len(later.query("tbody tr")) == 1
    assert later.query("a[rel=prev]")[0]["href"] == "/admin/audit?action=role+changed"


@pytest.mark.parametrize("make", [make_member, make_moderator])
def test_the_log_is_for_admins_only(client: Client, make: Any) -> None:
    client.sign_in(make()).get("/admin/audit", status=403)
