"""The page on which an author asks colleagues to be co-authors, and the suggestions of names."""

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.addresses import MAX_ID
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.core.formatting import idea_path
from talking_together.extensions import limiter
from talking_together.ideas import co_authors, people, policies, queries
from talking_together.ideas.co_author_queries import co_authors_of
from talking_together.ideas.statuses import LISTED
from talking_together.ideas.views import blueprint

# Many more than anybody writes names, and too few to read off all colleagues.
SUGGESTIONS = "60 per minute;600 per hour"


def _who() -> str:
    return f"member {viewer().id}" if viewer().is_authenticated else get_remote_address()


@blueprint.get("/members/suggest")
@limiter.limit(SUGGESTIONS, key_func=_who)
@access("staff")
def suggest_members() -> ResponseReturnValue:
    """Return colleagues who can see a challenge and whose name begins as typed, for pickers."""
    challenge_id = request.args.get("challenge", type=int)
    if challenge_id is None or challenge_id < 1:
        raise NotFound()
    found = people.people_like(viewer(), challenge_id, request.args.get("q", ""))
    return jsonify([{"id": row.id, "name": row.name, "organisation": row.organisation} for row in found])


@blueprint.route("/ideas/<int:idea_id>/co-authors", methods=["GET", "POST"])
@access("staff")
@commits
def ask_co_authors(idea_id: int) -> ResponseReturnValue:
    """Show who is asked to be a co-author of one's idea, find colleagues, and ask one."""
    if request.method == "GET":
        return _page(idea_id)
    try:
        name = co_authors.ask_co_author(viewer(), idea_id=idea_id, member_id=_member_id(idea_id))
    except (InvalidInput, Conflict) as error:
        return _page(idea_id, problem=error.message, status=status_of(error))
    flash(f"{name} is asked to be a co-author", "success")
    return redirect(f"/ideas/{idea_id}/co-authors", 303)


@blueprint.post("/ideas/<int:idea_id>/co-authors/remove")
@access("staff")
@commits
def remove_co_author(idea_id: int) -> ResponseReturnValue:
    """Take a co-author, or somebody who was asked, off one's own idea."""
    co_authors.remove_co_author(viewer(), idea_id=idea_id, member_id=_member_id(idea_id))
    flash("Removed", "success")
    return redirect(f"/ideas/{idea_id}/co-authors", 303)


@blueprint.post("/ideas/<int:idea_id>/co-authors/leave")
@access("staff")
@commits
def leave_idea(idea_id: int) -> ResponseReturnValue:
    """Let a co-author no longer be one."""
    idea = co_authors.leave(viewer(), idea_id=idea_id)
    flash("You are no longer a co-author. What you earned stays yours.", "success")
    return redirect(idea_path(idea) if idea.status in LISTED else "/me/ideas", 303)


def _member_id(idea_id: int) -> int:
    sent = request.form.get("member", type=int)
    if sent is None or not 0 < sent <= MAX_ID:
        # What does not exist for them says nothing of what is wrong with the form.
        queries.get_idea(viewer(), idea_id)
        raise InvalidInput("Choose a colleague", field="q")
    return sent


def _page(idea_id: int, *, problem: str = "", status: int = 200) -> ResponseReturnValue:
    idea, now = queries.get_idea(viewer(), idea_id), clock.now()
    policies.ensure_author(viewer(), idea)
    typed = request.values.get("q", "")
    page = render_template(
        "ideas/co_authors.html",
        idea=idea,
        asked=co_authors_of(idea_id),
        most=co_authors.MOST_CO_AUTHORS,
        may=policies.allowed(viewer(), idea, idea.challenge, now),
        typed=typed,
        found=people.people_like(viewer(), idea.challenge.id, typed) if typed else [],
        problem=problem,
    )
    return page, status
