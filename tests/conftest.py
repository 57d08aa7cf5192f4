"""Fixtures of every test. A test that asks for `app` or `client` gets an empty, migrated database."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from talking_together.core import clock
from talking_together.extensions import limiter
from tests.support.client import Client
from tests.support.databases import Database, postgresql_database, sqlite_database
from tests.support.network import shut_network
from tests.support.odd_hours import begin_at_chosen_hour
from tests.support.sites import CHEAP_HASHES, make_site


@pytest.fixture(autouse=True)
def _network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    loopback = request.node.get_closest_marker("loopback") is not None
    shut_network(monkeypatch, loopback=loopback)


@pytest.fixture(autouse=True)
def _hour(monkeypatch: pytest.MonkeyPatch) -> None:
    begin_at_chosen_hour(monkeypatch)


@pytest.fixture(scope="session")
def _sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[Flask, Database]]]:
    """Yield a function that returns the site and database of a kind, made when first asked for."""
    made: dict[str, tuple[Flask, Database]] = {}
    opened: list[Any] = []
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

    def site_on(kind: str) -> tuple[Flask, Database]:
        if kind not in made:
            name = f"talking_together_test_{worker}_{os.getpid()}"
            context = sqlite_database() if kind == "sqlite" else postgresql_database(name)
            database = context.__enter__()
            opened.append(context)
            app = make_site(database.url, Path(tmp_path_factory.mktemp(f"instance-{kind}")))
            app.config.update(CHEAP_HASHES)
            database.prepare(app)
            made[kind] = (app, database)
        return made[kind]

    yield site_on
    for app, _database in made.values():
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture
def database_kind() -> str:
    """Return the database that this test runs on; integration tests run on both."""
    return "sqlite"


@pytest.fixture
def app(_sites: Callable[[str], tuple[Flask, Database]], database_kind: str) -> Iterator[Flask]:
    """Yield the site on an empty, migrated database, with its app context for factories."""
    site, database = _sites(database_kind)
    database.reset(site)
    config = dict(site.config)
    with site.app_context():
        limiter.reset()
        yield site
    # What a test changed in the settings is not for the next one.
    site.config.clear()
    site.config.update(config)


@pytest.fixture
def client(app: Flask) -> Client:
    """Return a client that nobody has signed in with."""
    return Client(app)


@pytest.fixture
def hold_clock() -> Iterator[Callable[[datetime], None]]:
    """Yield a function that holds the clock at an aware moment until the test ends or moves it."""
    held: list[Any] = []

    def hold(moment: datetime) -> None:
        while held:
            held.pop().__exit__(None, None, None)
        held.append(clock.held_at(moment))
        held[-1].__enter__()

    yield hold
    while held:
        held.pop().__exit__(None, None, None)
