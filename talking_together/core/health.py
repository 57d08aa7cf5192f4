"""Alive, and ready: what a load balancer asks."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from talking_together.core.access import public
from talking_together.core.migrating import is_migrated
from talking_together.extensions import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Answer while the process runs."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer 200 when the database is reached and migrated, else 503 with what is missing."""
    try:
        db.session.execute(select(1))
    except SQLAlchemyError:
        return jsonify(status="not ready", reason="database not reached"), 503
    try:
        migrated = is_migrated()
    except SQLAlchemyError:
        # Without the table that Alembic keeps, nothing was ever migrated.
        migrated = False
    if not migrated:
        return jsonify(status="not ready", reason="database not migrated"), 503
    return jsonify(status="ready")
