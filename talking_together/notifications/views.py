"""What a member was told, and the button that marks it as read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.accounts.bylines import Byline
from talking_together.comments.names import bylines_of
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import idea_path
from talking_together.core.pagination import Page
from talking_together.ideas.titles import ideas_named
from talking_together.notifications import queries, services
from talking_together.notifications.forms import MarkReadForm

blueprint = Blueprint("notifications", __name__)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a member was told, with what it is about as it stands now."""

    kind: str
    idea: Any
    path: str
    byline: Byline | None
    at: datetime
    is_unread: bool


@blueprint.route("/notifications", methods=["GET", "POST"])
@access("staff")
@commits
def notifications() -> ResponseReturnValue:
    """Show what the member was told, or mark it all as read."""
    form = MarkReadForm()
    if form.is_submitted():
        if not form.validate():
            raise InvalidInput("Load the page again and press the button once more.")
        services.mark_all_read(viewer(), up_to=form.up_to.data or 0)
        flash("All marked as read", "success")
        return redirect("/notifications", 303)
    page = queries.notifications_of(viewer(), after=request.args.get("after"))
    return render_template(
        "notifications/notifications.html",
        told=_told(page),
        newest_id=page.rows[0].id if page.rows else None,
        next_cursor=page.next_cursor,
        is_first=not request.args.get("after"),
    )


def _told(page: Page) -> list[Told]:
    """Return the rows whose idea still exists for the member and whose comment still stands."""
    ideas = ideas_named(viewer(), {row.idea_id for row in page.rows if row.idea_id})
    authors = bylines_of({row.comment_id for row in page.rows if row.comment_id})
    return [
        Told(
            kind=row.kind,
            idea=ideas[row.idea_id],
            path=f"/comments/{row.comment_id}" if row.comment_id else idea_path(ideas[row.idea_id]),
            byline=authors.get(row.comment_id),
            at=row.at,
            is_unread=row.read_at is None,
        )
        for row in page.rows
        if row.idea_id in ideas and (row.comment_id is None or row.comment_id in authors)
    ]
