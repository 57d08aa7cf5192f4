"""The page on which somebody who was asked to be a co-author answers."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import idea_path
from talking_together.ideas import co_authors, policies
from talking_together.ideas.co_author_queries import get_own_part
from talking_together.ideas.queries import get_idea
from talking_together.votes.co_authors import accept_co_authorship
from talking_together.votes.views import blueprint


@blueprint.route("/ideas/<int:idea_id>/co-author", methods=["GET", "POST"])
@access("staff")
@commits
def answer_request(idea_id: int) -> ResponseReturnValue:
    """Show an idea to somebody who was asked to be its co-author, and take their answer."""
    if request.method == "GET":
        found = get_idea(viewer(), idea_id)
        return render_template(
            "ideas/co_author_asked.html",
            idea=found,
            part=get_own_part(viewer(), idea_id),
            why_not=policies.why_not_join(viewer(), found, found.challenge, clock.now()),
        )
    answer = request.form.get("answer")
    if answer == "accept":
        accept_co_authorship(viewer(), idea_id=idea_id)
        flash("You are a co-author of this idea now", "success")
        return redirect(idea_path(get_idea(viewer(), idea_id)), 303)
    if answer == "decline":
        co_authors.decline(viewer(), idea_id=idea_id)
        flash("You said no. The author is told.", "success")
        return redirect("/me/ideas", 303)
    get_idea(viewer(), idea_id)
    raise InvalidInput("Choose whether to accept or decline.")
