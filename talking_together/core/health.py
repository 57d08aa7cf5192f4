"""Alive, and ready: what a load balancer asks."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from talking_together.core.access import public
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
        current = MigrationContext.configure(db.session.connection()).get_current_heads()
    except SQLAlchemyError:
        return jsonify(status="not ready", reason="database not reached"), 503
    directory = current_app.extensions["migrate"].directory
    if set(current) != set(ScriptDirectory(directory).get_heads()):
        return jsonify(status="not ready", reason="database not migrated"), 503
    return jsonify(status="ready")
