"""The site as tests set it up: real settings, a database of its own, no mail server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask_migrate import upgrade

from config import load_config
from talking_together import create_app
from talking_together.extensions import db
from tests.support.databases import postgresql_database, sqlite_database

BASE_URL = "https://ideas.example.org"
# As cheap as the library allows: tests look at what is checked, not at how long it takes.
CHEAP_HASHES = {"ARGON2_MEMORY_KIB": 8, "ARGON2_PASSES": 1, "ARGON2_LANES": 1}


def make_site(database_url: str, instance: Path, **environ: str) -> Flask:
    """Return the site as a start with this environment sets it up."""
    app = create_app(
        load_config(
            {
                "SECRET_KEY": "a secret of the tests, long enough to be accepted",
                "BASE_URL": BASE_URL,
                "DATABASE_URL": database_url,
                "INSTANCE": str(instance),
                "MAIL_SERVER": "127.0.0.1",
                "MAIL_DEFAULT_SENDER": "ideas@ideas.example.org",
                "LOG_LEVEL": "WARNING",
                "FLASK_RUN_FROM_CLI": "true",
                **environ,
            }
        )
    )
    app.testing = True
    return app


@contextmanager
def migrated_site(kind: str) -> Iterator[Flask]:
    """Yield a site on an empty, migrated database of its own, within its app context."""
    context = (
        sqlite_database() if kind == "sqlite" else postgresql_database(f"talking_together_{os.getpid()}")
    )
    with context as database, TemporaryDirectory() as instance:
        site = make_site(database.url, Path(instance))
        site.config.update(CHEAP_HASHES)
        with site.app_context():
            upgrade()
            yield site
            db.session.remove()
            db.engine.dispose()
