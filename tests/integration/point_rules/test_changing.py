"""Admins change the rules of points: a version each time, and the second of two is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.point_rules import queries
from talking_together.point_rules.services import RuleChangedMeanwhile, change_rule
from talking_together.points.models import PointRuleVersion
from talking_together.points.services import award
from tests.factories import make_admin, make_member, viewer_of
from tests.factories.points import set_rule
from tests.support.client import Client, Page
from tests.support.parallel import run_together

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PATH = "/admin/points/idea-published"


@pytest.fixture
def admin(client: Client, hold_clock: Callable[[datetime], None]) -> Client:
    """Return a client signed in as an admin, at noon."""
    hold_clock(NOON)
    return client.sign_in(make_admin(name="Robin Ashdown"))


def save(page: Page, *, status: int, **values: Any) -> Page:
    return page.form(PATH).submit(status=status, **({"reason": "Fewer, better ideas"} | values))


def versions() -> list[tuple[int, int, int | None, bool]]:
    version = PointRuleVersion
    statement = select(version.version, version.points, version.daily_cap, version.is_on)
    statement = statement.where(version.event == "idea published").order_by(version.version)
    return [tuple(row) for row in db.session.execute(statement)]


def test_a_change_is_a_new_version_in_force_at_once_and_logged(admin: Client) -> None:
    page = admin.get(PATH, statements=4)
    assert "Now, by rule 1: 20 points, 3 a day" in page.text
    saved = save(page, status=303, points="10", daily_cap="").follow()
    assert "Saved as rule 2, in force from now on" in saved.text
    assert versions() == [(1, 20, 3, True), (2, 10, None, True)]
    assert award("idea published", member_id=make_member().id, key="idea published:1") == 10
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "point rule changed")).one()
    assert (entry.subject_label, entry.reason) == ("Sharing an idea", "Fewer, better ideas")
    assert entry.details["points"] == {"from": 20, "to": 10}
    assert entry.details["daily cap"] == {"from": 3, "to": None}
    rows = [row.text for row in saved.query("section tbody tr")]
    assert rows[0].startswith("Rule 2 10 points, no limit Tuesday 24 November at midday Fewer, better ideas")
    assert "Robin Ashdown" in rows[0]
    overview = admin.get("/admin/points", statements=4)
    assert "Rule 2, from Tuesday 24 November at midday, by Robin Ashdown" in overview.text


BAD = (
    ("points", "-5", "Enter a whole number from 0 to 10,000"),
    ("points", "1000000000", "Enter a whole number from 0 to 10,000"),
    ("points", "9" * 30, "Enter a whole number from 0 to 10,000"),
    ("points", "ten", "Enter a whole number from 0 to 10,000"),
    ("points", "", "Enter a whole number from 0 to 10,000"),
    ("points", "2.5", "Enter a whole number from 0 to 10,000"),
    ("daily_cap", "0", "Enter a whole number from 1 to 1,000"),
    ("daily_cap", "1001", "Enter a whole number from 1 to 1,000"),
    ("daily_cap", "many", "Enter a whole number from 1 to 1,000"),
    ("starts_at", "2026-11-24T11:58", "This time is in the past"),
    ("starts_at", "2028-12-01T10:00", "Choose a time within the next two years"),
    ("starts_at", "tomorrow", "Enter a day and a time"),
    ("reason", "", "Say why you change the rule"),
    ("reason", "a" * 501, "Why you change it must be 500 characters or fewer"),
    ("points", "20", "The rule says this already"),
)


def test_what_cannot_be_is_said_next_to_its_field_and_nothing_typed_is_lost(admin: Client) -> None:
    page = admin.get(PATH)
    for field, value, message in BAD:
        told = save(page, status=422, **({"points": "7"} | {field: value}))
        (error,) = told.query(f"[id$='{field}-error']")
        assert message in error.text, (field, value)
        assert told.form(PATH).fields[field] == value
    assert versions() == [(1, 20, 3, True)]


def test_a_planned_change_starts_at_its_time_and_can_be_withdrawn_until_then(
    admin: Client, hold_clock: Callable[[datetime], None]
) -> None:
    save(admin.get(PATH), status=303, points="10", starts_at="2026-11-25T09:00")
    save(admin.get(PATH), status=303, points="5", starts_at="2026-11-26T09:00")
    page = admin.get("/admin/points")
    assert "10 points, 3 a day from Wednesday 25 November at 9am" in page.text
    rules = admin.sign_in(make_member()).get("/points/rules")
    assert "10 points, 3 a day from Wednesday 25 November at 9am" in rules.text
    admin.sign_in(make_admin())
    hold_clock(datetime(2026, 11, 25, 9, tzinfo=UTC))
    assert award("idea published", member_id=make_member().id, key="idea published:1") == 10
    withdraw = f"{PATH}/versions/3/withdraw"
    done = admin.get(PATH).form(withdraw).submit(status=303).follow()
    assert "The change to rule 3 was withdrawn" in done.text
    for version, said in ((3, "withdrawn already"), (2, "in force already")):
        assert said in admin.post(f"{PATH}/versions/{version}/withdraw", status=303).follow().text
    admin.post(f"{PATH}/versions/9/withdraw", status=404)
    hold_clock(NOON + timedelta(days=3))
    assert award("idea published", member_id=make_member().id, key="idea published:2") == 10
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert actions.count("planned point rule withdrawn") == 1


def test_the_second_of_two_admins_is_shown_what_the_first_did(admin: Client) -> None:
    page = admin.get(PATH)
    other = viewer_of(make_admin(name="Sam Fernley"))
    values = {"daily_cap": 3, "is_on": True, "starts_at": None, "reason": "Too many", "seen": 1}
    in_transaction(lambda: change_rule(other, event="idea published", points=15, **values))
    told = save(page, status=409, points="10")
    assert "Sam Fernley changed this rule while you had it open" in told.text
    assert "Rule 2: 15 points, 3 a day" in told.text
    assert told.form(PATH).fields["points"] == "10"
    save(told, status=303, points="10")
    assert versions()[1:] == [(2, 15, 3, True), (3, 10, 3, True)]


def test_a_form_sent_twice_changes_once_and_parallel_changes_once_each_version(
    app: Flask, admin: Client
) -> None:
    page = admin.get(PATH)
    for _ in range(2):
        save(page, status=303, points="10")
    # The same for another day is another change, and not the one that was saved.
    save(page, status=409, points="10", starts_at="2026-11-30T09:00")
    assert versions() == [(1, 20, 3, True), (2, 10, 3, True)]
    admins = [viewer_of(make_admin()) for _ in range(4)]

    def change(place: int) -> int:
        values = {"daily_cap": 3, "is_on": False, "starts_at": None, "reason": "Off", "seen": 2}
        return in_transaction(
            lambda: change_rule(admins[place], event="idea published", points=place, **values).version
        )

    results = run_together(app, [lambda place=place: change(place) for place in range(4)])
    assert sorted(type(result).__name__ for result in results) == [
        "RuleChangedMeanwhile", "RuleChangedMeanwhile", "RuleChangedMeanwhile", "int"
    ]  # fmt: skip
    assert RuleChangedMeanwhile.message == "This rule was changed while you had it open."
    assert len(versions()) == 3


def test_the_version_in_force_is_shown_behind_however_many_are_planned(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SHOWN", 2)
    for days in range(1, 4):
        set_rule("idea published", points=days, starts_at=clock.now() + timedelta(days=days))
    page = admin.get(PATH)
    assert [row.text for row in page.query("section tbody th")] == ["Rule 4", "Rule 3", "Rule 1"]
    assert "The latest 2 versions" in page.text


def test_a_rule_that_is_off_earns_nothing_and_its_address_is_known_by_its_name_alone(admin: Client) -> None:
    save(admin.get(PATH), status=303, is_on=None)
    assert award("idea published", member_id=make_member().id, key="idea published:1") == 0
    assert "Off" in admin.get("/admin/points").text
    for name in ("idea published", "reward-redeemed", "none"):
        admin.get(f"/admin/points/{name}", status=404)
    once = admin.get("/admin/points/joined")
    assert not once.query("#daily_cap")
    set_rule("joined", points=3, starts_at=clock.now() + timedelta(days=1))
    assert "3 points, once" in admin.get("/admin/points/joined").text
