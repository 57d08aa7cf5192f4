"""What the database has prepared for one request serves the next."""

import pytest
from flask import Flask

from talking_together.extensions import db
from tests.factories import make_member
from tests.support.client import Client


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.sqlite)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Return SQLite: what is looked at is its own."""
    return str(request.param)


def test_no_request_makes_sqlite_throw_away_the_statements_it_prepared(app: Flask, client: Client) -> None:
    client.sign_in(make_member())
    client.get("/challenges")
    told: list[str] = []
    connection = db.engine.raw_connection()
    driver = connection.driver_connection
    assert driver is not None
    connection.close()
    driver.set_trace_callback(told.append)
    client.get("/challenges")
    client.get("/me")
    driver.set_trace_callback(None)

    assert any(words.startswith("SELECT") for words in told)
    assert [words for words in told if words.startswith("PRAGMA")] == []
