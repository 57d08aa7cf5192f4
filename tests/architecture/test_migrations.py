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
from sqlalchemy import CheckConstraint, Connection, inspect

from talking_together.extensions import db
from tests.support.databases import postgresql_database, sqlite_database
from tests.support.sites import make_site


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


def test_migrations_stand_in_one_numbered_line(site: Flask) -> None:
    scripts = ScriptDirectory(str(site.config["ROOT"] / "migrations"))
    assert len(scripts.get_heads()) == 1, "two migrations follow the same one: put them in a line"
    numbers = [Path(script.path).name[:4] for script in scripts.walk_revisions()]
    assert numbers == [f"{number:04d}" for number in range(len(numbers), 0, -1)]


def _drift() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
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
