"""A member's points, and the leaderboard."""

from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.core.access import access
from talking_together.ideas.titles import ideas_named
from talking_together.points import leaderboard as leaders
from talking_together.points import queries

blueprint = Blueprint("points", __name__)


@blueprint.get("/points")
@access("staff")
def points() -> ResponseReturnValue:
    """Show the member's balance, what they earned and when, and the rules."""
    page = queries.earned_by(current_user, after=request.args.get("after"))
    return render_template(
        "points/points.html",
        days=[(day, list(rows)) for day, rows in groupby(page.rows, lambda row: row.on_day)],
        ideas=ideas_named(current_user, {row.idea_id for row in page.rows if row.idea_id}),
        rules=queries.rules(),
        next_cursor=page.next_cursor,
        is_first=not request.args.get("after"),
    )


@blueprint.get("/leaderboard")
@access("staff")
def leaderboard() -> ResponseReturnValue:
    """Show who is ahead, and where the member stands."""
    return render_template(
        "points/leaderboard.html",
        members=leaders.leading_members(current_user),
        own=leaders.own_place(current_user),
        organisations=leaders.leading_organisations(),
        least_group=leaders.LEAST_GROUP,
    )
