"""The list of people by state, narrowed, searched, and taken away as a file."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import insert, select

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.invitations.models import Invitation
from talking_together.invitations.people import exporting, list_queries
from talking_together.invitations.people.list_queries import Filter, people_statement
from tests.factories import make_admin, make_group, make_member, make_moderator, make_organisation
from tests.factories.invitations import make_invitation, make_phase
from tests.support.client import Client, Page

ALL = "/admin/invitations/people"


def emails_on(page: Page) -> list[str]:
    return [cell.text for cell in page.query("tbody th")]


def tabs_of(page: Page) -> dict[str, str]:
    """Return the counts of the tabs by their words."""
    words = [tab.text.rpartition(" ") for tab in page.query(".tabs a")]
    return {name: count for name, _space, count in words}


def export(client: Client, format: str, *, status: int = 200, **chosen: Any) -> Page:
    return client.post(f"{ALL}/export", {"format": format, **chosen}, status=status)


def rows_in(page: Page) -> list[list[str]]:
    content = page.response.get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))[1:]


def test_people_are_shown_by_state_with_counts(client: Client) -> None:
    phase = make_phase(state="sent", name="First wave")
    sent = make_invitation(phase)
    make_invitation(phase, state="joined", joined_at=clock.now())
    failed = make_invitation(phase, state="failed", sent_at=None, last_answer="550 No such mailbox")
    make_invitation(make_phase(state="sent"))
    path = f"/admin/invitations/phases/{phase.id}/people"
    page = client.sign_in(make_admin()).get(path, statements=7)
    assert page.heading == "People of First wave"
    assert tabs_of(page) == {"All": "3", "Sent": "1", "Joined": "1", "Failed": "1"}
    assert page.query("tbody th a")[0]["href"] == f"/admin/invitations/{sent.id}"
    page = client.get(path, query={"state": "failed"})
    assert emails_on(page) == [failed.email]
    assert "550 No such mailbox" in page.text
    assert tabs_of(page)["All"] == "3"


def test_people_of_all_phases_are_narrowed_by_phase_organisation_and_group(client: Client) -> None:
    nurses, porters = make_group(), make_group()
    trust = make_organisation()
    one, two = make_phase(state="sent"), make_phase(state="sent")
    first = make_invitation(one, organisation_id=trust.id, group_ids=[nurses.id, porters.id])
    second = make_invitation(two, organisation_id=trust.id, group_ids=[porters.id])
    third = make_invitation(two, group_ids=[nurses.id * 10 + 1])
    client.sign_in(make_admin())
    assert emails_on(client.get(ALL, statements=8)) == [first.email, second.email, third.email]
    for query, found in (
        ({"phase": two.id}, [second, third]),
        ({"organisation": trust.id}, [first, second]),
        ({"group": porters.id}, [first, second]),
        ({"group": nurses.id}, [first]),
        ({"group": porters.id, "phase": one.id}, [first]),
        ({"group": 999_999}, []),
        ({"phase": "x", "state": "no such", "organisation": "-1"}, [first, second, third]),
        ({"phase": "9" * 19}, []),
    ):
        assert emails_on(client.get(ALL, query=query)) == [row.email for row in found], query


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("zoë", True),
        ("ZO", True),
        ("kowalska", True),
        ("zk@", True),
        ("50%", False),
        ("_", False),
        ("x\x00y", False),
    ],
)
def test_part_of_a_name_or_address_finds_people(client: Client, typed: str, finds: bool) -> None:
    make_invitation(name="Zoë Kowalska", email="zk@riverside.example")
    page = client.sign_in(make_admin()).get(ALL, query={"q": typed})
    assert (emails_on(page) == ["zk@riverside.example"]) is finds
    assert finds or "Nobody found" in page.text


def test_pages_go_on_where_the_last_one_ended(client: Client) -> None:
    phase = make_phase(state="sent")
    add_many(phase.id, 120)
    client.sign_in(make_admin())
    seen: list[str] = []
    path: str | None = f"/admin/invitations/phases/{phase.id}/people?q=person"
    while path:
        page = client.get(path)
        seen += emails_on(page)
        following = [link["href"] for link in page.query(".pager a") if link.get("rel") == "next"]
        path = following[0] if following else None
    assert seen == [f"person{place}@riverside.example" for place in range(120)]
    client.get(f"{ALL}?after=nonsense", status=404)


def add_many(phase_id: int, count: int) -> None:
    """Write many invitations of one phase."""
    organisation_id, now = make_organisation().id, clock.now()
    rows = [
        {
            "phase_id": phase_id,
            "email": f"person{place}@riverside.example",
            "organisation_id": organisation_id,
            "group_ids": [],
            "state": "sent" if place % 4 else "failed",
            "nonce": "0" * 32,
            "created_at": now,
        }
        for place in range(count)
    ]
    db.session.execute(insert(Invitation), rows)
    db.session.commit()


def test_of_a_former_colleague_nothing_tells_who_they_are(client: Client) -> None:
    trust, group = make_organisation(name="Telling trust"), make_group(name="Telling group")
    member = make_member(trust, is_active=False, shown_as_former=True)
    make_invitation(
        email="gone@riverside.example",
        name="Gone Person",
        job_title="Telling job",
        organisation_id=trust.id,
        group_ids=[group.id],
        state="joined",
        joined_at=clock.now(),
        member_id=member.id,
    )
    client.sign_in(make_admin())
    page = client.get(ALL)
    assert emails_on(page)[0].startswith("A former colleague")
    for query in ({"q": "gone"}, {"organisation": trust.id}, {"group": group.id}):
        assert "Nobody found" in client.get(ALL, query=query).text
    row = rows_in(export(client, "csv"))[0]
    assert row[0] == "A former colleague"
    for secret in ("gone@", "Gone Person", "Telling"):
        assert secret not in " ".join(row)
        assert secret not in " ".join(cell.text for cell in page.query("tbody"))


def test_a_file_holds_what_was_chosen_and_its_taking_is_logged(client: Client) -> None:
    group, phase = make_group(name="Night porters"), make_phase(state="sent", name="First wave")
    trust = make_organisation(name="Riverside Trust")
    make_invitation(
        phase,
        name="=HYPERLINK(1)",
        email="one@riverside.example",
        job_title="-5",
        organisation_id=trust.id,
        group_ids=[group.id],
    )
    make_invitation(phase, state="failed", sent_at=None, last_answer="550 No")
    make_invitation(make_phase(state="sent"))
    admin = make_admin()
    client.sign_in(admin)
    page = client.get(f"/admin/invitations/phases/{phase.id}/people", query={"state": "sent"})
    form = page.form(f"{ALL}/export")
    file = form.submit(format="csv", status=200)
    assert "people-first-wave-" in file.headers["Content-Disposition"]
    (row,) = rows_in(file)
    assert row[:7] == [
        "'=HYPERLINK(1)", "one@riverside.example", "-5", "Riverside Trust", "Night porters", "First wave",
        "Sent",
    ]  # fmt: skip
    workbook = form.submit(format="xlsx", status=200)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.response.get_data())).active
    assert sheet.max_row == 2
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=HYPERLINK(1)", "s")
    assert (sheet["C2"].value, sheet["H2"].is_date, sheet["I2"].value) == ("-5", True, 0)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.actor_id, entry.action, entry.subject_label) for entry in entries] == [
        (admin.id, "people exported", "First wave")
    ] * 2
    assert entries[0].details == {
        "format": "csv",
        "people": 1,
        "filters": {"state": "sent", "phase": str(phase.id)},
    }
    assert "people exported" in client.get("/admin/audit").html.lower()


def test_a_long_list_is_taken_away_in_batches(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_queries, "BATCH", 40)
    phase = make_phase(state="sent")
    add_many(phase.id, 130)
    client.sign_in(make_admin())
    assert [row[1] for row in rows_in(export(client, "csv", phase=phase.id))] == [
        f"person{place}@riverside.example" for place in range(130)
    ]
    assert len(rows_in(export(client, "csv", phase=phase.id, state="failed"))) == 33


def test_too_many_for_a_workbook_is_said_before_anything_is_noted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_IN_WORKBOOK", 1)
    make_invitation()
    make_invitation()
    page = export(client.sign_in(make_admin()), "xlsx", status=400)
    assert "download the CSV file" in page.text
    assert db.session.scalars(select(AuditEntry)).all() == []
    export(client, "csv")


def test_an_export_needs_a_kind_of_file_and_an_admin(client: Client) -> None:
    export(client.sign_in(make_admin()), "pdf", status=400)
    export(client, "csv", status=404, phase=99)
    export(client.sign_in(make_moderator()), "csv", status=403)
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_lists_that_hold_nobody_say_what_to_do(client: Client) -> None:
    client.sign_in(make_admin())
    assert "Nobody is invited yet" in client.get(ALL).text
    client.get("/admin/invitations/phases/99/people", status=404)


def test_the_people_of_a_state_are_found_along_an_index(app: Flask) -> None:
    phase = make_phase(state="sent")
    add_many(phase.id, 2_000)
    statement = people_statement(Filter(phase_id=phase.id, state="failed"), after=0, size=51)
    compiled = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))
    connection = db.session.connection()
    if db.engine.dialect.name == "postgresql":
        # Without counts of its own the planner goes by what other tests left behind.
        connection.exec_driver_sql("ANALYZE invitations")
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {compiled}")
    else:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
    words = "\n".join(" ".join(map(str, row)) for row in plan)
    assert "ix_invitations_state" in words or "pk_invitations" in words, words
