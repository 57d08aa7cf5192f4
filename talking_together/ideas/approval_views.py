"""Approving an idea before others see it, sending it back, and taking it back."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.formatting import idea_path
from talking_together.ideas import approval, policies, queries
from talking_together.ideas.moderator_forms import SendBackForm
from talking_together.ideas.views import blueprint, history_page, idea_page


@blueprint.post("/ideas/<int:idea_id>/approve")
@access("moderator")
@commits
def approve_idea(idea_id: int) -> ResponseReturnValue:
    """Publish an idea that waits for approval."""
    try:
        written = approval.approve_idea(viewer(), idea_id=idea_id, version=request.form.get("version"))
    except approval.ChangedBeforeApproval as error:
        return idea_page(queries.get_idea(viewer(), idea_id), problem=error.message, status=409)
    flash("Idea approved. Everyone in the challenge can see it now.", "success")
    return redirect(idea_path(written), 303)


@blueprint.route("/ideas/<int:idea_id>/send-back", methods=["GET", "POST"])
@access("moderator")
@commits
def send_back(idea_id: int) -> ResponseReturnValue:
    """Give an idea back to its author as a draft, and say why."""
    form, problem, status = SendBackForm(), "", 200
    found = queries.get_idea(viewer(), idea_id)
    if request.method == "GET":
        policies.ensure_can_approve(viewer(), found, found.challenge, clock.now())
    elif not form.validate():
        status = 400
    else:
        try:
            approval.send_back(viewer(), idea_id=idea_id, reason=form.response.data or "")
        except (InvalidInput, Conflict) as error:
            problem, status = form.explain(error), status_of(error)
        else:
            flash("Sent back. Its author reads why, and keeps the text as a draft.", "success")
            return redirect("/moderation", 303)
    return render_template("ideas/send_back.html", idea=found, form=form, problem=problem), status


@blueprint.post("/ideas/<int:idea_id>/looked-at")
@access("moderator")
@commits
def look_at_changes(idea_id: int) -> ResponseReturnValue:
    """Note that what changed since an idea was approved is fine."""
    version = request.form.get("version", "")
    try:
        looked = approval.look_at_changes(viewer(), idea_id=idea_id, version=version)
    except approval.ChangedOnceMore as error:
        return history_page(queries.get_idea(viewer(), idea_id), problem=error.message, status=409)
    if not looked.was_waiting:
        flash("Nothing waits here any more: it has been looked at.", "success")
    return redirect(f"/ideas/{idea_id}/history", 303)


@blueprint.post("/ideas/<int:idea_id>/back-to-draft")
@access("staff")
@commits
def take_back_to_draft(idea_id: int) -> ResponseReturnValue:
    """Make one's own idea that waits for approval a draft again."""
    approval.take_back_to_draft(viewer(), idea_id=idea_id)
    flash("It is a draft again. Only you can see it.", "success")
    return redirect(f"/ideas/{idea_id}/edit", 303)
