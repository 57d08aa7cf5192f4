"""The pages on which moderators look at proposals, merge ideas and undo that."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.core.formatting import count_of
from talking_together.merging import comparing, proposals, queries, services
from talking_together.merging.forms import DismissForm, MergeForm, UndoForm, ids_in
from talking_together.merging.views import blueprint
from talking_together.merging.words import votes_in_words


@blueprint.get("/moderation/merges")
@access("moderator")
def merges() -> ResponseReturnValue:
    """Show the proposals that wait, or the merges that were made."""
    show, after = request.args.get("show"), request.args.get("after")
    if show not in (None, "done"):
        raise NotFound()
    if show == "done":
        return render_template("merging/done.html", page=queries.merges(after=after), after=after)
    return render_template("merging/proposals.html", page=queries.open_proposals(after=after), after=after)


@blueprint.route("/moderation/merges/new", methods=["GET", "POST"])
@access("moderator")
@commits
def new_merge() -> ResponseReturnValue:
    """Look at ideas side by side, with what merging them would do; merge them."""
    form, idea_ids = MergeForm(), ids_in(request.values.getlist("ideas"))
    kept_id = next(iter(ids_in(request.values.getlist("keep"))), None)
    if request.method == "GET":
        return _compare_page(idea_ids, kept_id, form, status=200)
    if not form.validate():
        return _compare_page(idea_ids, kept_id, form, status=400)
    if kept_id not in idea_ids:
        raise NotFound()
    try:
        made = services.merge_ideas(
            viewer(),
            survivor_id=kept_id,
            merged_ids=[id for id in idea_ids if id != kept_id],
            reason=form.reason.data or "",
        )
    except (InvalidInput, Conflict) as error:
        problem = form.explain(error)
        return _compare_page(idea_ids, kept_id, form, problem=problem, status=status_of(error))
    flash(f"{count_of(len(made), 'idea')} merged into “{made[0].survivor_title}”", "success")
    return redirect(
        f"/moderation/merges/{made[0].id}" if len(made) == 1 else "/moderation/merges?show=done", 303
    )


@blueprint.get("/moderation/merges/<int:merge_id>")
@access("moderator")
def merge(merge_id: int) -> ResponseReturnValue:
    """Show what a merge did, and how to undo it."""
    return _merge_page(merge_id, UndoForm(formdata=None), status=200)


@blueprint.post("/moderation/merges/<int:merge_id>/undo")
@access("moderator")
@commits
def undo_merge(merge_id: int) -> ResponseReturnValue:
    """Put everything back as it was before a merge."""
    form = UndoForm()
    if not form.validate():
        return _merge_page(merge_id, form, status=400)
    try:
        undone = services.undo_merge(viewer(), merge_id=merge_id, reason=form.reason.data or "")
    except (InvalidInput, Conflict) as error:
        return _merge_page(merge_id, form, problem=form.explain(error), status=status_of(error))
    flash(f"Merge undone: “{undone.merged_title}” stands by itself again", "success")
    return redirect(f"/moderation/merges/{merge_id}", 303)


@blueprint.post("/moderation/merges/proposals/<int:proposal_id>/dismiss")
@access("moderator")
@commits
def dismiss_proposal(proposal_id: int) -> ResponseReturnValue:
    """Leave two ideas as they are, and tell the one who proposed otherwise why."""
    form = DismissForm()
    if not form.validate():
        found = queries.get_proposal(proposal_id)
        idea_ids = [found.lower.id, found.higher.id]
        return _compare_page(idea_ids, None, MergeForm(formdata=None), dismissal=form, status=400)
    proposals.dismiss_proposal(viewer(), proposal_id=proposal_id, answer=form.answer.data or "")
    flash("The ideas stay as they are. The person who proposed it is told why.", "success")
    return redirect("/moderation/merges", 303)


def _compare_page(
    idea_ids: list[int],
    kept_id: int | None,
    form: MergeForm,
    *,
    dismissal: DismissForm | None = None,
    problem: str = "",
    status: int,
) -> ResponseReturnValue:
    ideas = comparing.ideas_compared(viewer(), idea_ids)
    kept = next((idea for idea in ideas if idea.id == kept_id), ideas[0])
    page = render_template(
        "merging/compare.html",
        ideas=ideas,
        kept=kept,
        effect=comparing.effect_of(kept, ideas),
        in_common=comparing.words_in_common(ideas),
        proposal=queries.find_proposal([idea.id for idea in ideas]),
        form=form,
        dismissal=dismissal or DismissForm(formdata=None),
        query="&".join(f"ideas={idea.id}" for idea in ideas),
        problem=problem,
    )
    return page, status


def _merge_page(merge_id: int, form: UndoForm, *, problem: str = "", status: int) -> ResponseReturnValue:
    found = queries.get_merge(merge_id)
    votes = votes_in_words(found.votes_moved, found.votes_on_both, found.votes_differing, done=True)
    page = render_template("merging/merge.html", merge=found, votes=votes, form=form, problem=problem)
    return page, status
