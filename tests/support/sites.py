"""The site as tests set it up: real settings, a database of its own, no mail server."""

from pathlib import Path

from flask import Flask

from config import load_config
from talking_together import create_app

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
