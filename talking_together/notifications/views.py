"""What a member was told, and the button that marks it as read."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.accounts.bylines import Byline, byline_of
from talking_together.challenges.titles import challenges_named
from talking_together.comments.names import bylines_of
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import day
from talking_together.core.pagination import Page
from talking_together.ideas.titles import ideas_named
from talking_together.notifications import queries, services
from talking_together.notifications.forms import MarkReadForm
from talking_together.notifications.kinds import TABLE, Sentence
from talking_together.notifications.paths import path_of

blueprint = Blueprint("notifications", __name__)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a member was told, in words, with the path of what it is about as it stands now."""

    sentence: Sentence
    path: str
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
        days=_by_day(_told(page)),
        newest_id=page.rows[0].id if page.rows else None,
        next_cursor=page.next_cursor,
        is_first=not request.args.get("after"),
    )


def _by_day(told: list[Told]) -> list[tuple[str, list[Told]]]:
    """Return what was told under the London days it was told on."""
    return [(words, list(some)) for words, some in groupby(told, key=lambda item: _day_of(item.at))]


def _day_of(at: datetime) -> str:
    days = (clock.today() - clock.to_london(at).date()).days
    return {0: "Today", 1: "Yesterday"}.get(days) or day(at)


def _told(page: Page) -> list[Told]:
    """Return the rows about what exists for the member and stands."""
    ideas = ideas_named(viewer(), {row.idea_id for row in page.rows if row.idea_id})
    authors = bylines_of({row.comment_id for row in page.rows if row.comment_id})
    challenges = challenges_named(viewer(), {row.challenge_id for row in page.rows if row.challenge_id})
    told = (
        _in_words(row, ideas.get(row.idea_id), authors.get(row.comment_id), challenges.get(row.challenge_id))
        for row in page.rows
    )
    return [item for item in told if item is not None]


def _in_words(row: Any, idea: Any, author: Byline | None, challenge: Any) -> Told | None:
    gone = (
        (row.idea_id and idea is None)
        or (row.comment_id and author is None)
        or (row.challenge_id and challenge is None)
    )
    kind = TABLE[row.kind]
    if gone or (idea is None and challenge is None and row.reward_id is None and not kind.path):
        return None
    by = author or (byline_of(row) if row.by_id else None)
    sentence = kind.said(
        who=by.name if by else "",
        idea=idea.title if idea else "",
        challenge=challenge.title if challenge else "",
        reward=row.reward_title or "",
        status=(row.to_status or idea.status) if idea else "",
        answer=row.answer or "",
        passed_over=bool(row.passed_over),
    )
    path = path_of(
        row,
        idea_title=idea.title if idea else None,
        challenge_title=challenge.title if challenge else None,
    )
    return Told(sentence, path, row.at, row.read_at is None)
