"""Following: the buttons beside ideas and challenges, and the list of what one follows."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.addresses import parts_of, safe_next, slug_path
from talking_together.core.commits import commits
from talking_together.telling import queries, services
from talking_together.telling.forms import sent_choice

blueprint = Blueprint("telling", __name__)


@blueprint.get("/me/following")
@access("staff")
def following() -> ResponseReturnValue:
    """Show what the member follows, each with the button that ends it."""
    after = request.args.get("after")
    return render_template(
        "telling/following.html",
        ideas=queries.ideas_followed(viewer(), after=after),
        challenges=queries.challenges_followed(viewer()) if not after else [],
        after=after,
    )


@blueprint.post("/ideas/<int:idea_id>/follow")
@access("staff")
@commits
def follow_idea(idea_id: int) -> ResponseReturnValue:
    """Follow an idea, or no longer."""
    follows = sent_choice(request.form.getlist("follow"))
    title = services.choose_idea(viewer(), idea_id=idea_id, follows=follows)
    return _answer("ideas", idea_id, title, follows)


@blueprint.post("/challenges/<int:challenge_id>/follow")
@access("staff")
@commits
def follow_challenge(challenge_id: int) -> ResponseReturnValue:
    """Follow a challenge, or no longer."""
    follows = sent_choice(request.form.getlist("follow"))
    title = services.choose_challenge(viewer(), challenge_id=challenge_id, follows=follows)
    return _answer("challenges", challenge_id, title, follows)


def _answer(kind: str, id: int, title: str, follows: bool) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return render_template("telling/follow.html", kind=kind, id=id, follows=follows, title=title)
    flash(f"You follow “{title}”" if follows else f"You no longer follow “{title}”", "success")
    page = safe_next(_referring_page(), slug_path(kind, id, title))
    return redirect(f"{page}#follow-{kind}-{id}", 303)


def _referring_page() -> str | None:
    parts = parts_of(request.referrer)
    if parts.netloc != request.host:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
