"""Migrations lead to what the models say and back again, on both databases."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, Connection, inspect, text

from talking_together.extensions import db
from talking_together.search.index import is_modelled
from tests.support.databases import postgresql_database, sqlite_database
from tests.support.sites import make_site

AT = "'2026-11-01 09:00:00+00:00'"
WRITTEN_BY_THE_FIRST_RELEASE = (
    (
        "INSERT INTO organisations (id, name, short_name, colour, headcount, created_at) "
        f"VALUES (1, 'Riverside', 'RS', '#112233', 900, {AT})"
    ),
    (
        "INSERT INTO staff_lists (id, name, filename, uploaded_at, rows_count) "
        f"VALUES (1, 'Nurses', 'nurses.csv', {AT}, 1)"
    ),
    (
        "INSERT INTO staff_list_rows (id, list_id, line, name, email, organisation, groups, job_title, "
        "organisation_id, outcome, reason) "
        "VALUES (1, 1, 2, 'Sam Example', 'sam@riverside.example', '', '', '', 1, 'new', '')"
    ),
    (
        "INSERT INTO phases (id, name, list_id, subject, message, expires_days, state, created_at, "
        "people_count, sent_count, joined_count, failed_count, unknown_count) "
        f"VALUES (1, 'Champions', 1, 'Join', 'Come', 30, 'sending', {AT}, 1, 0, 0, 0, 0)"
    ),
    (
        "INSERT INTO invitations (id, phase_id, email, name, job_title, organisation_id, group_ids, state, "
        "nonce, last_answer, created_at) "
        f"VALUES (1, 1, 'sam@riverside.example', 'Sam', '', 1, '[]', 'sending', 'n', '', {AT})"
    ),
    (
        "INSERT INTO outbox_messages (id, message_id, purpose, ref_id, to_address, from_name, reply_to, "
        "subject, body_text, body_html, headers, state, attempts, due_at, claimed_by, last_answer, "
        "created_at) "
        "VALUES (1, '<1@site.example>', 'invitation', 1, 'sam@riverside.example', '', '', 'Join', 'Come', "
        f"'', '{{}}', 'queued', 0, {AT}, '', '', {AT})"
    ),
)
READ_BACK = (
    "SELECT id, name, rows_count FROM staff_lists",
    "SELECT id, list_id, email, outcome FROM staff_list_rows",
    "SELECT id, name, list_id, state, people_count FROM phases",
    "SELECT id, phase_id, email, state, nonce FROM invitations",
    "SELECT id, message_id, to_address, state, headers FROM outbox_messages",
)


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.postgresql),
    ]
)
def empty_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Yield a site whose database has no tables."""
    name = f"talking_together_migrations_{os.getpid()}"
    context = sqlite_database() if request.param == "sqlite" else postgresql_database(name)
    with context as database:
        site = make_site(database.url, tmp_path)
        with site.app_context():
            yield site
            db.session.remove()
            db.engine.dispose()


def test_migrations_lead_to_the_models_and_back(empty_site: Flask) -> None:
    upgrade()
    assert _drift() == [], "the models changed: write a migration with flask --app wsgi db migrate"
    downgrade(revision="base")
    assert _tables() <= {"alembic_version"}, "what upgrade makes, downgrade must take away"
    upgrade()
    assert _drift() == []


def test_what_stood_before_a_migration_stands_after_it(empty_site: Flask) -> None:
    upgrade(revision="0001")
    for statement in WRITTEN_BY_THE_FIRST_RELEASE:
        db.session.execute(text(statement))
    db.session.commit()
    before = _rows_written()

    upgrade()
    assert _rows_written() == before
    downgrade(revision="0001")
    assert _rows_written() == before


def test_a_scheduled_phase_is_a_draft_without_invitations_before_there_were_schedules(
    empty_site: Flask,
) -> None:
    upgrade(revision="0001")
    for statement in WRITTEN_BY_THE_FIRST_RELEASE:
        db.session.execute(text(statement))
    db.session.commit()
    upgrade()
    db.session.execute(text("UPDATE phases SET state = 'scheduled'"))
    db.session.execute(text("UPDATE invitations SET state = 'draft'"))
    db.session.commit()

    downgrade(revision="0001")
    phases = db.session.execute(text("SELECT state, people_count FROM phases")).all()
    invitations = db.session.execute(text("SELECT id FROM invitations")).all()
    db.session.rollback()
    assert ([tuple(row) for row in phases], invitations) == ([("draft", 0)], [])


def test_migrations_stand_in_one_numbered_line(site: Flask) -> None:
    scripts = ScriptDirectory(str(site.config["ROOT"] / "migrations"))
    assert len(scripts.get_heads()) == 1, "two migrations follow the same one: put them in a line"
    numbers = [Path(script.path).name[:4] for script in scripts.walk_revisions()]
    assert numbers == [f"{number:04d}" for number in range(len(numbers), 0, -1)]


def _rows_written() -> list[list[tuple[object, ...]]]:
    found = [[tuple(map(str, row)) for row in db.session.execute(text(query))] for query in READ_BACK]
    db.session.rollback()
    assert all(found)
    return found


def _drift() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": is_modelled}
        )
        return [*compare_metadata(context, db.metadata), *_checks_that_differ(connection)]


def _checks_that_differ(connection: Connection) -> set[str]:
    """Return the CHECK constraints of only one side, which alembic does not compare."""
    inspector = inspect(connection)
    written = {
        str(check["name"]) for table in db.metadata.tables for check in inspector.get_check_constraints(table)
    }
    wanted = {
        str(constraint.name)
        for table in db.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    return written ^ wanted


def _tables() -> set[str]:
    return set(inspect(db.engine).get_table_names())
