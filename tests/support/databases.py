"""The two databases that integration tests run on, emptied before every test."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import make_url

from talking_together.extensions import db
from tests.support import postgres

SEEDED = ("point_rules", "point_rule_versions", "point_settings")
# Ids of different tables never meet, so that a mix-up of them cannot pass a test.
FIRST_ID_STEP = 1_000


class Database(Protocol):
    """A database that can be put back to what the migrations made."""

    url: str

    def prepare(self, app: Flask) -> None:
        """Make the schema by the migrations and remember what they seeded."""

    def reset(self, app: Flask) -> None:
        """Put everything back to what the migrations made."""


class SQLiteDatabase:
    """A file, copied afresh from one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "test.sqlite3"
        self.template = folder / "template.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def prepare(self, app: Flask) -> None:
        """Migrate the file and keep it as the template."""
        with app.app_context():
            upgrade()
            # Leaves the write-ahead log empty, so that the one file is all there is.
            with db.engine.connect() as connection:
                connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
        shutil.copyfile(self.path, self.template)

    def reset(self, app: Flask) -> None:
        """Copy the template over the file."""
        with app.app_context():
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self.template, self.path)


class PostgreSQLDatabase:
    """A database of our own on a server; its rows are deleted, which is far quicker than DDL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._empty = ""

    def prepare(self, app: Flask) -> None:
        """Migrate the database, and spread the first ids of its tables."""
        with app.app_context():
            upgrade()
            db.engine.dispose()
        with psycopg.connect(self.url, autocommit=True) as connection:
            tables = [
                name
                for (name,) in connection.execute(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
                )
            ]
            sequences = connection.execute(
                "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
            )
            for position, (name,) in enumerate(sequences.fetchall(), start=1):
                connection.execute(f"SELECT setval('{name}', {position * FIRST_ID_STEP}, false)")
            connection.execute("CREATE SCHEMA seeded")
            for name in SEEDED:
                connection.execute(f"CREATE TABLE seeded.{name} AS TABLE {name}")
        # As a replica, neither foreign keys nor the triggers of append-only tables stand in the way.
        self._empty = ";".join(
            (
                "SET session_replication_role = replica",
                *(f"DELETE FROM {name}" for name in tables if name != "alembic_version"),
                *(f"INSERT INTO {name} TABLE seeded.{name}" for name in SEEDED),
            )
        )

    def reset(self, app: Flask) -> None:
        """Delete every row that the migrations did not make."""
        with app.app_context():
            db.engine.dispose()
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute(self._empty)


@contextlib.contextmanager
def sqlite_database() -> Iterator[SQLiteDatabase]:
    """Yield a SQLite database, in memory-backed files where the machine has them."""
    fast = Path("/dev/shm")  # noqa: S108 - a folder of our own is made within it
    folder = Path(tempfile.mkdtemp(prefix="tt-sqlite-", dir=fast if os.access(fast, os.W_OK) else None))
    try:
        yield SQLiteDatabase(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgresql_database(name: str) -> Iterator[PostgreSQLDatabase]:
    """Yield a new PostgreSQL database, dropped at the end."""
    with postgres.serving() as url, psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            own = make_url(url).set(database=name)
            yield PostgreSQLDatabase(own.render_as_string(hide_password=False))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
