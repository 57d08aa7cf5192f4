"""The databases of the tests themselves."""

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.points.models import PointSettings
from tests.factories import make_comment, make_idea, make_member, make_vote
from tests.support.parallel import run_together


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_starts_with_what_the_migrations_made(app: Flask, turn: int) -> None:
    assert db.session.scalar(select(func.count()).select_from(Member)) == 0
    assert db.session.scalar(select(func.count()).select_from(PointSettings)) == 1
    make_vote(make_comment(make_idea()))
    db.session.add(AuditEntry(at=clock.now(), action="test", subject_type="test", subject_label="a test"))
    db.session.execute(text("DELETE FROM point_settings"))
    db.session.commit()


def test_append_only_tables_refuse_changes(app: Flask) -> None:
    db.session.add(AuditEntry(at=clock.now(), action="test", subject_type="test", subject_label="a test"))
    db.session.commit()
    for statement in ("UPDATE audit_entries SET action = 'other'", "DELETE FROM audit_entries"):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_foreign_keys_are_held(app: Flask) -> None:
    with pytest.raises(DBAPIError):
        make_member(organisation_id=987_654)
    db.session.rollback()


def test_parallel_jobs_have_connections_of_their_own(app: Flask) -> None:
    member = make_member()
    member_id = member.id

    def add_point() -> None:
        def work() -> None:
            db.session.execute(
                text("UPDATE members SET points = points + 1 WHERE id = :id"), {"id": member_id}
            )

        in_transaction(work)

    assert run_together(app, [add_point] * 8) == [None] * 8
    assert member.points == 8
