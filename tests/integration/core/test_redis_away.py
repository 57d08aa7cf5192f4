"""The limits hold when the Redis that was configured does not answer."""

from pathlib import Path

import pytest
from flask import Flask

from talking_together.accounts import throttle
from talking_together.extensions import limiter
from tests.factories import make_member
from tests.support.client import Client
from tests.support.sites import CHEAP_HASHES, make_site


@pytest.mark.loopback
def test_guesses_are_limited_and_nobody_sees_an_error(app: Flask, tmp_path: Path) -> None:
    member = make_member()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    # Nothing listens on port 1.
    kept = dict(vars(limiter))
    site = make_site(url.replace("+psycopg", ""), tmp_path, REDIS_URL="redis://127.0.0.1:1")
    site.config.update(CHEAP_HASHES)
    try:
        client = Client(site)
        form = client.get("/sign-in").form("/sign-in")
        for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS):
            form.submit(email=member.email, password="wrong", status=400)
        page = form.submit(email=member.email, password="wrong", status=429)
        assert "Too many wrong passwords" in page.text
    finally:
        with site.app_context():
            site.extensions["sqlalchemy"].engine.dispose()
        # One limiter serves every site of the run: it counts in memory again.
        vars(limiter).clear()
        vars(limiter).update(kept)
