"""A member's points."""

from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.ideas.titles import ideas_named
from talking_together.points import queries
from talking_together.rewards.catalogue.queries import rewards_named

blueprint = Blueprint("points", __name__)


@blueprint.get("/points")
@access("staff")
def points() -> ResponseReturnValue:
    """Show the member's balance, what they earned and spent and when, and the rules."""
    page = queries.earned_by(viewer(), after=request.args.get("after"))
    return render_template(
        "points/points.html",
        days=[(day, list(rows)) for day, rows in groupby(page.rows, lambda row: row.on_day)],
        ideas=ideas_named(viewer(), {row.idea_id for row in page.rows if row.idea_id}),
        rewards=rewards_named(viewer(), {row.reward_id for row in page.rows if row.reward_id}),
        rules=queries.rules(),
        next_cursor=page.next_cursor,
        is_first=not request.args.get("after"),
    )
