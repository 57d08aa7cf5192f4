"""The pages of participation, their files, and what they cost."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.insights import queries
from talking_together.invitations.models import Invitation, JoinCodeUse, Phase
from talking_together.organisations.models import Organisation
from talking_together.points.services import award
from tests.factories import make_admin, make_challenge, make_group, make_idea, make_member, make_organisation
from tests.factories.invitations import make_invitation, make_join_code, make_phase
from tests.factories.rows import saved
from tests.support.client import Client, Page

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
STEPS = ("sent", "opened", "joined", "voted", "wrote")


def invite(phase: Phase, organisation: Organisation, came_to: str, **values: Any) -> Invitation:
    """Return the invitation of somebody who came as far as a step."""
    reached = STEPS[: STEPS.index(came_to) + 1]
    now = clock.now()
    if "opened" in reached:
        values = {"opened_at": now, **values}
    if "joined" in reached:
        member = make_member(organisation)
        values = {"state": "joined", "joined_at": now, "member_id": member.id, **values}
        if "voted" in reached:
            award("vote cast", member_id=member.id, key=f"vote cast:idea:1:member:{member.id}")
        if "wrote" in reached:
            make_idea(CHALLENGE[0], member)
    return make_invitation(phase, organisation_id=organisation.id, **values)


CHALLENGE: list[Any] = []


@pytest.fixture(autouse=True)
def _challenge(app: Flask) -> None:
    CHALLENGE[:] = [make_challenge()]


def started_phase(**values: Any) -> Phase:
    return make_phase(**{"state": "sent", "started_at": clock.now(), **values})


def figures_on(page: Page) -> dict[str, str]:
    """Return the figures at the top by their words, without the shares."""
    return {
        figure.query("dt")[0].text.partition(",")[0]: figure.query("dd")[0].text
        for figure in page.query(".figure")
    }


def row_of(page: Page, name: str) -> list[str]:
    """Return the cells of the row with a name."""
    (found,) = [row for row in page.query("tbody tr") if row.query("th") and row.query("th")[0].text == name]
    return [cell.text for cell in found.query("td")]


def test_each_step_is_counted_with_its_share(client: Client) -> None:
    trust = make_organisation(name="Larger trust", headcount=200)
    phase = started_phase(name="First wave")
    for step, people in (("sent", 8), ("opened", 4), ("joined", 2), ("voted", 3), ("wrote", 3)):
        for _ in range(people):
            invite(phase, trust, step)
    page = client.sign_in(make_admin()).get("/admin/participation", statements=8)
    assert figures_on(page) == {
        "Invited": "20",
        "Delivered": "20",
        "Opened": "12",
        "Joined": "8",
        "First vote": "6",
        "First idea": "3",
    }
    assert row_of(page, "Larger trust") == ["200", "20", "20 10%", "12 6%", "8 4%", "6 3%", "3 2%"]
    assert row_of(page, "First wave") == ["20", "20 100%", "12 60%", "8 40%", "6 30%", "3 15%"]
    assert row_of(client.get(f"/admin/participation/phases/{phase.id}", statements=9), "Larger trust")


@pytest.mark.parametrize(
    ("state", "values", "counts"),
    [
        ("draft", {"sent_at": None}, (0, 0)),
        ("already a member", {}, (0, 0)),
        ("queued", {"sent_at": None}, (1, 0)),
        ("sending", {"sent_at": None}, (1, 0)),
        ("sent", {}, (1, 1)),
        ("outcome unknown", {"sent_at": None}, (1, 0)),
        ("failed", {"sent_at": None}, (1, 0)),
        ("bounced", {}, (1, 0)),
        ("bounced", {"opened_at": NOON}, (1, 1)),
        ("declined", {}, (1, 1)),
        ("expired", {}, (1, 1)),
        ("revoked", {"sent_at": None}, (0, 0)),
        ("revoked", {}, (1, 1)),
        ("suppressed", {"sent_at": None}, (0, 0)),
        ("suppressed", {}, (1, 1)),
    ],
)
def test_who_counts_as_invited_and_as_delivered(
    app: Flask, state: str, values: dict[str, Any], counts: tuple[int, int]
) -> None:
    make_invitation(started_phase(), state=state, **values)
    cells = queries.invited_cells()
    assert (sum(cell.invited for cell in cells), sum(cell.delivered for cell in cells)) == counts


def test_somebody_invited_twice_counts_once_in_all_phases(client: Client) -> None:
    trust = make_organisation()
    first, second = started_phase(name="First"), started_phase(name="Second")
    for place in range(20):
        email = f"again{place}@riverside.example"
        make_invitation(first, organisation_id=trust.id, email=email)
        if place < 12:
            make_invitation(second, organisation_id=trust.id, email=email, opened_at=clock.now())
    page = client.sign_in(make_admin()).get("/admin/participation")
    assert figures_on(page)["Invited"] == "20"
    assert figures_on(page)["Opened"] == "12"
    assert row_of(page, "First")[0] == "20"
    assert row_of(page, "Second")[0] == "12"


def test_a_vote_that_was_withdrawn_was_a_first_vote_and_a_hidden_author_is_nobody(app: Flask) -> None:
    phase, trust = started_phase(), make_organisation()
    invite(phase, trust, "voted")
    make_idea(CHALLENGE[0], author_id=None)
    (cell,) = queries.invited_cells()
    assert (cell.joined, cell.voted, cell.wrote) == (1, 1, 0)


def test_who_joined_with_a_code_counts_in_their_organisation_once_let_in(client: Client) -> None:
    trust, group = make_organisation(name="Care homes", headcount=100), make_group(name="Regent House")
    code = make_join_code(organisation_id=trust.id, group_id=group.id)
    for place in range(8):
        member = make_member(trust, awaiting_approval=place > 5, is_active=place < 6)
        saved(JoinCodeUse(member_id=member.id, join_code_id=code.id, used_at=clock.now()))
        if place < 3:
            award("vote cast", member_id=member.id, key=f"vote cast:idea:1:member:{member.id}")
    db.session.commit()
    page = client.sign_in(make_admin()).get("/admin/participation")
    assert "6 people joined with a team’s code" in page.text
    shown = ["Not shown", "Not shown", "6 6%", "3 3%", "0 0%", "6"]
    assert row_of(page, "Care homes") == ["100", "0", *shown]
    assert row_of(page, "Regent House")[-1] == "6"


def test_a_small_organisation_and_the_one_beside_it_are_not_shown(client: Client) -> None:
    phase = started_phase()
    sizes = {"Tiny charity": 3, "Small federation": 9, "Large trust": 30}
    for name, people in sizes.items():
        organisation = make_organisation(name=name)
        for _ in range(people):
            invite(phase, organisation, "voted")
    client.sign_in(make_admin())
    for path in ("/admin/participation", f"/admin/participation/phases/{phase.id}"):
        page = client.get(path)
        assert row_of(page, "Tiny charity") == ["1,000", "3", "Not shown"]
        assert row_of(page, "Small federation") == ["1,000", "9", "Not shown"]
        assert row_of(page, "Large trust")[2:6] == ["30 3%"] * 4
        # All of the twelve in between voted, which is not said of them.
        assert figures_on(page)["First vote"] == "41 or 42"
        phase_id = str(phase.id) if "phases" in path else ""
        lines = exported(client, what="figures", phase=phase_id)
        assert lines[1].split(",")[10:12] == ["41 or 42", "98 to 100%"]
        assert lines[-1].split(",")[1:6] == ["Tiny charity", "1000", "3", "not shown", ""]
        assert exported(client, what="days", phase=phase_id)[-1].split(",")[1:] == [
            "42",
            "42",
            "42",
            "40",
            "0",
        ]


def exported(client: Client, **data: str) -> list[str]:
    """Return the lines of a file that was downloaded."""
    file = client.post("/admin/participation/export", data, status=200)
    return file.html.lstrip("\ufeff").splitlines()


def test_the_days_of_so_few_members_tell_of_joining_only(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    trust, phase = make_organisation(), started_phase()
    hold_clock(NOON)
    for _ in range(4):
        invite(phase, trust, "voted")
    client.sign_in(make_admin())
    page = client.get("/admin/participation")
    assert "they could be one person’s" in page.text or not page.query("svg.chart")
    assert not page.query(".chart__step--voted")


def test_days_are_those_of_london(client: Client, hold_clock: Callable[[datetime], None]) -> None:
    trust, phase = make_organisation(), started_phase()
    # Half past midnight in summer time is still the day before in UTC.
    hold_clock(datetime(2026, 6, 10, 23, 30, tzinfo=UTC))
    for _ in range(6):
        invite(phase, trust, "voted")
    hold_clock(datetime(2026, 6, 12, 12, tzinfo=UTC))
    for _ in range(6):
        invite(phase, trust, "opened")
    page = client.sign_in(make_admin()).get("/admin/participation")
    assert row_of(page, "Thursday 11 June 2026") == ["6", "6", "6", "0", "0"]
    assert row_of(page, "Friday 12 June 2026") == ["12", "12", "6", "0", "0"]
    labels = {label.text for label in page.query(".chart--wide .chart__label")}
    assert labels == {"Delivered 12", "Opened 12", "Joined 6", "First vote 0", "First idea 0"}
    assert "From 11 June 2026 to 12 June 2026" in page.query("#chart-wide-words")[0].text


def test_an_export_holds_what_the_page_shows_and_is_logged(client: Client) -> None:
    trust, phase = make_organisation(name="=Trust", headcount=100), started_phase(name="First wave")
    for _ in range(10):
        invite(phase, trust, "voted")
    admin = make_admin()
    page = client.sign_in(admin).get(f"/admin/participation/phases/{phase.id}")
    forms = [form for form in page.query("form") if form.get("action") == "/admin/participation/export"]
    assert len(forms) == 2
    data = {"what": "figures", "phase": str(phase.id)}
    file = client.post("/admin/participation/export", data, status=200)
    assert "participation-first-wave-figures-" in file.headers["Content-Disposition"]
    lines = file.html.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("Kind,Name,Headcount,Invited,Delivered,")
    assert lines[2] == "Organisation,'=Trust,100,10,10,10%,10,10%,10,10%,10,10%,0,0%,0"
    (entry,) = db.session.scalars(select(AuditEntry)).all()
    assert (entry.actor_id, entry.action, entry.subject_label, entry.details) == (
        admin.id,
        "participation exported",
        "First wave",
        {"what": "figures"},
    )


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 400),
        ({"what": "votes"}, 400),
        ({"what": "days", "phase": "x"}, 400),
        ({"what": "days", "phase": "99"}, 404),
    ],
)
def test_an_export_of_nothing_is_refused_and_not_logged(
    client: Client, data: dict[str, str], status: int
) -> None:
    client.sign_in(make_admin()).post("/admin/participation/export", data, status=status)
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_before_anybody_is_invited_the_page_says_what_to_do(client: Client) -> None:
    page = client.sign_in(make_admin()).get("/admin/participation")
    assert "Nobody has been invited yet" in page.text
    client.get("/admin/participation/phases/99", status=404)


def test_statements_go_along_indexes(app: Flask) -> None:
    many_invitations(2_000)
    for statement in (queries.invited_cells_statement(), queries.steps_by_day_statement()):
        plan = explained(statement)
        # PostgreSQL may read an index of votes or ideas once instead of once a member, and of ideas
        # either of the two that begin with the author.
        for indexes in (
            ("ix_invitations_email",),
            ("ix_point_entries_",),
            ("ix_ideas_", "uq_ideas_author_id_form_key"),
        ):
            assert any(index in plan for index in indexes), f"{indexes} are not used:\n{plan}"


def many_invitations(count: int) -> None:
    """Write many invitations, half of them opened, a fifth joined, into three phases."""
    phases = [started_phase() for _ in range(3)]
    organisations = [make_organisation() for _ in range(6)]
    now = clock.now()
    members = [
        {
            "sign_in_name": f"person{place}@riverside.example",
            "email": f"person{place}@riverside.example",
            "name": "Sam Example",
            "organisation_id": organisations[place % 6].id,
            "joined_at": now,
        }
        for place in range(0, count, 5)
    ]
    db.session.execute(insert(Member), members)
    ids = list(db.session.scalars(select(Member.id).order_by(Member.id)))
    db.session.execute(
        insert(Invitation),
        [
            {
                "phase_id": phases[place % 3].id,
                "email": f"person{place}@riverside.example",
                "organisation_id": organisations[place % 6].id,
                "group_ids": [],
                "state": "sent" if place % 5 else "joined",
                "nonce": "0" * 32,
                "created_at": now,
                "sent_at": now,
                "opened_at": now if place % 2 else None,
                "joined_at": None if place % 5 else now,
                "member_id": None if place % 5 else ids[place // 5],
            }
            for place in range(count)
        ],
    )
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.connection().exec_driver_sql("ANALYZE")
        db.session.commit()


def explained(statement: Any) -> str:
    """Return how the database would carry out a statement where indexes serve best."""
    compiled = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))
    connection = db.session.connection()
    if db.engine.dialect.name == "postgresql":
        # Tables of a test are so small that reading them whole is quickest.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {compiled}")
    else:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
    return "\n".join(" ".join(map(str, row)) for row in rows)
