"""Whether the database stands where this release expects it, and the command that brings it there."""

from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import text

from talking_together.extensions import db


def init_migrating(app: Flask) -> None:
    """Make `flask db` work, where commands are run.

    Alembic costs a process eleven megabytes, and one that serves pages never migrates.
    """
    if app.config["RUNS_COMMANDS"]:
        from flask_migrate import Migrate  # noqa: PLC0415 - only where it is used

        Migrate(app, db, directory=str(app.config["ROOT"] / "migrations"), compare_type=True)


def is_migrated() -> bool:
    """Return whether the last migration of this release has been applied."""
    applied = db.session.scalars(text("SELECT version_num FROM alembic_version")).all()
    numbers = (path.name.partition("_")[0] for path in _versions())
    return applied == [max(numbers)]


def _versions() -> list[Path]:
    root: Path = current_app.config["ROOT"]
    return list((root / "migrations" / "versions").glob("[0-9]*_*.py"))
