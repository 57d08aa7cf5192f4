"""The addresses of comments: writing, finding, changing and deleting them."""

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.accounts.bylines import own_byline
from talking_together.comments import policies, queries, services
from talking_together.comments.forms import CommentForm
from talking_together.comments.services import Talked
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.addresses import MAX_ID, slug_path
from talking_together.core.commits import commits
from talking_together.core.error_pages import error_page, status_of
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.ideas.policies import ensure_can_comment
from talking_together.ideas.queries import get_idea
from talking_together.ideas.views import idea_page

blueprint = Blueprint("comments", __name__)


@blueprint.post("/ideas/<int:idea_id>/comments")
@access("staff")
@commits
def add_comment(idea_id: int) -> ResponseReturnValue:
    """Publish a comment or a reply, and go to its place in the thread."""
    form, parent_id = CommentForm(), _sent_parent()
    if not form.validate():
        return _again(idea_id, parent_id, form, status=400)
    try:
        talked = services.add_comment(
            viewer(), idea_id=idea_id, body=form.body.data or "", parent_id=parent_id
        )
    except (InvalidInput, Conflict) as error:
        problem = form.explain(error)
        return _again(idea_id, parent_id, form, problem=problem, status=status_of(error))
    if request.headers.get("HX-Request") and parent_id is None:
        return _fragment(talked)
    flash(_published(talked), "success")
    return redirect(f"/comments/{talked.id}", 303)


@blueprint.get("/comments/<int:comment_id>")
@access("staff")
def comment(comment_id: int) -> ResponseReturnValue:
    """Go to the page of the thread that shows the comment."""
    found = queries.get_comment(viewer(), comment_id)
    path = slug_path("ideas", found.idea_id, found.title)
    if cursor := queries.page_with(found):
        path += f"?comments-after={cursor}"
    return redirect(f"{path}#comment-{comment_id}", 302)


@blueprint.get("/comments/<int:comment_id>/reply")
@access("staff")
def reply(comment_id: int) -> ResponseReturnValue:
    """Show the form to reply to a comment."""
    found = queries.get_comment(viewer(), comment_id)
    if found.deleted_at is not None:
        raise NotFound()
    idea = get_idea(viewer(), found.idea_id)
    ensure_can_comment(viewer(), idea, idea.challenge, clock.now())
    return _reply_page(idea, comment_id, CommentForm(formdata=None), status=200)


@blueprint.route("/comments/<int:comment_id>/edit", methods=["GET", "POST"])
@access("staff")
@commits
def edit_comment(comment_id: int) -> ResponseReturnValue:
    """Change one's own comment."""
    found = queries.get_comment(viewer(), comment_id)
    policies.ensure_author(viewer(), found)
    if request.method == "GET":
        policies.ensure_can_edit(viewer(), found, found.status, found, clock.now())
    form = CommentForm(data={"body": found.body_source})
    shown: dict[str, Any] = {
        "form": form,
        "comment": found,
        "back": slug_path("ideas", found.idea_id, found.title),
    }
    if not form.validate_on_submit():
        return render_template("comments/edit.html", **shown), 400 if form.errors else 200
    try:
        services.edit_comment(viewer(), comment_id=comment_id, body=form.body.data or "")
    except (InvalidInput, Conflict) as error:
        problem = form.explain(error)
        return render_template("comments/edit.html", **shown, problem=problem), status_of(error)
    flash("Comment changed", "success")
    return redirect(f"/comments/{comment_id}", 303)


@blueprint.get("/comments/<int:comment_id>/history")
@access("staff")
def comment_history(comment_id: int) -> ResponseReturnValue:
    """Show the earlier wordings of a comment."""
    found = queries.get_comment(viewer(), comment_id)
    return render_template(
        "comments/history.html", comment=found, revisions=queries.bodies_before(comment_id)
    )


@blueprint.post("/comments/<int:comment_id>/delete")
@access("staff")
@commits
def delete_comment(comment_id: int) -> ResponseReturnValue:
    """Delete one's own comment; the page it leads to offers to bring it back."""
    talked = services.delete_comment(viewer(), comment_id=comment_id)
    flash("Comment deleted", "success")
    path = slug_path("ideas", talked.idea_id, talked.idea_title)
    return redirect(f"{path}?removed={comment_id}#comments", 303)


@blueprint.post("/comments/<int:comment_id>/restore")
@access("staff")
@commits
def restore_comment(comment_id: int) -> ResponseReturnValue:
    """Bring back a comment that one deleted."""
    services.restore_comment(viewer(), comment_id=comment_id)
    flash("Your comment is back", "success")
    return redirect(f"/comments/{comment_id}", 303)


def _sent_parent() -> int | None:
    text = request.form.get("parent_id", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= MAX_ID):
        raise NotFound()
    return int(text)


def _again(
    idea_id: int, parent_id: int | None, form: CommentForm, *, problem: str = "", status: int
) -> ResponseReturnValue:
    """Show the form that was sent with what was typed, and say what is wrong."""
    if request.headers.get("HX-Request"):
        # The page stays as it is, with the text in its form.
        return error_page(status, problem or str(form.body.errors[0]))
    idea = get_idea(viewer(), idea_id)
    if parent_id is not None:
        return _reply_page(idea, parent_id, form, problem=problem, status=status)
    # Where the talk went meanwhile, so that the text can be sent there.
    while idea.merged_into_id is not None:
        idea = get_idea(viewer(), idea.merged_into_id)
    return idea_page(idea, comment_form=form, problem=problem, status=status)


def _reply_page(
    idea: Any, parent_id: int, form: CommentForm, *, problem: str = "", status: int
) -> ResponseReturnValue:
    parent = queries.get_shown(viewer(), parent_id, idea, at=clock.now())
    if parent.idea_id != idea.id:
        # It went there meanwhile; what the viewer may not see is not found.
        idea = get_idea(viewer(), parent.idea_id)
    page = render_template("comments/reply.html", idea=idea, parent=parent, form=form, problem=problem)
    return page, status


def _fragment(talked: Talked) -> ResponseReturnValue:
    """Answer htmx with the new comment, the count and an empty form."""
    comment = {
        "id": talked.id,
        "depth": 0,
        "deleted": False,
        "body_html": talked.body_html,
        "created_at": clock.now(),
        "edited_at": None,
        "up_count": 0,
        "down_count": 0,
        "my_vote": 0,
        "takes_down": talked.takes_down,
        "can_vote": False,
        "can_edit": True,
        "can_delete": True,
        "can_reply": True,
        "thanked": False,
        "can_thank": False,
        "byline": own_byline(viewer()),
        "reply_to_name": None,
    }
    page = render_template(
        "comments/added.html", comment=comment, talked=talked, form=CommentForm(formdata=None)
    )
    toast = {"message": _published(talked), "category": "success"}
    return page, 200, {"HX-Trigger": json.dumps({"toast": toast})}


def _published(talked: Talked) -> str:
    return f"Comment published{viewer().note_of(talked.earned)}"
