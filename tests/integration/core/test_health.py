"""What a load balancer is told."""

from sqlalchemy import text

from talking_together.extensions import db
from tests.support.client import Client


def test_the_site_is_ready_once_its_database_is_migrated(client: Client) -> None:
    assert client.get("/readyz").json == {"status": "ready"}


def test_a_database_of_another_release_is_not_ready(client: Client) -> None:
    version = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    try:
        assert client.get("/readyz", status=503).json["reason"] == "database not migrated"
    finally:
        db.session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        db.session.commit()


def test_being_alive_asks_nothing_of_the_database(client: Client) -> None:
    assert client.get("/healthz", statements=0).json == {"status": "alive"}
