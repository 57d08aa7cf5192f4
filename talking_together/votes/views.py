"""The two addresses that votes are sent to."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.addresses import parts_of, safe_next, slug_path
from talking_together.core.commits import commits
from talking_together.votes.forms import sent_value
from talking_together.votes.services import VoteResult, cast_vote

blueprint = Blueprint("votes", __name__)

_WORDS = {1: "Thumb up counted", -1: "Thumb down counted", 0: "Vote withdrawn"}


@blueprint.post("/ideas/<int:idea_id>/vote")
@access("staff")
@commits
def vote_on_idea(idea_id: int) -> ResponseReturnValue:
    """Take a vote on an idea."""
    return _take_vote("ideas", idea_id)


@blueprint.post("/comments/<int:comment_id>/vote")
@access("staff")
@commits
def vote_on_comment(comment_id: int) -> ResponseReturnValue:
    """Take a vote on a comment."""
    return _take_vote("comments", comment_id)


def _take_vote(kind: str, id: int) -> ResponseReturnValue:
    value = sent_value(request.form.getlist("value"))
    member = viewer()
    result = cast_vote(member, kind=kind, id=id, value=value)
    if request.headers.get("HX-Request"):
        return render_template("votes/vote.html", result=result, label=_label_of(result))
    flash(_WORDS[value] + member.note_of(result.earned), "success")
    return redirect(_page_of(result), 303)


def _label_of(result: VoteResult) -> str:
    """Return what is voted on, for people who hear the page."""
    if result.kind == "ideas":
        return f"“{result.idea_title}”"
    return f"the comment by {result.author_name}"


def _page_of(result: VoteResult) -> str:
    """Return the place on the page that the person was on, or the thing's own page."""
    own = (
        slug_path("ideas", result.idea_id, result.idea_title)
        if result.kind == "ideas"
        else f"/comments/{result.id}"
    )
    page = safe_next(request.form.get("next") or _referring_page(), own)
    noun = "idea" if result.kind == "ideas" else "comment"
    return f"{page.partition('#')[0]}#{noun}-{result.id}"


def _referring_page() -> str | None:
    parts = parts_of(request.referrer)
    if parts.netloc != request.host:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
