"""What moderators do with one idea: answer it, say who answers it, note, and undo."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.addresses import safe_next
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.formatting import count_of, idea_path
from talking_together.ideas import batches, decisions, notes, queries, undoing
from talking_together.ideas.desk import Forms
from talking_together.ideas.moderator_forms import DecisionForm, DutyForm, NoteForm
from talking_together.ideas.views import blueprint, idea_page


@blueprint.post("/ideas/<int:idea_id>/status")
@access("moderator")
@commits
def change_status(idea_id: int) -> ResponseReturnValue:
    """Change where an idea stands, with the answer in words."""
    form = DecisionForm()
    if not form.validate():
        return _again(idea_id, Forms(decision=form), status=400)
    try:
        decided = decisions.change_status(
            viewer(),
            idea_id=idea_id,
            status=form.status.data,
            response=form.response.data or "",
            seen=form.seen_id,
        )
    except (InvalidInput, Conflict) as error:
        forms = Forms(decision=form, overtaken=isinstance(error, decisions.AnsweredMeanwhile))
        return _again(idea_id, forms, problem=form.explain(error), status=status_of(error))
    flash(f"Status changed to “{decided.status}”", "success")
    return redirect(idea_path(decided), 303)


@blueprint.post("/ideas/<int:idea_id>/answer-by")
@access("moderator")
@commits
def give_answer(idea_id: int) -> ResponseReturnValue:
    """Say who answers an idea, and by which day."""
    form = DutyForm()
    form.offer([])
    if not form.validate():
        return _again(idea_id, Forms(duty=form), status=400)
    found = queries.get_idea(viewer(), idea_id)
    try:
        batches.give_answers(viewer(), idea_ids=[idea_id], owner_id=form.owner_id, due=form.due.data)
    except batches.NothingChanged as error:
        problem = error.left[0].why if error.left else error.message
        return _again(idea_id, Forms(duty=form), problem=problem, status=409)
    except InvalidInput as error:
        problem = form.explain(error)
        return _again(idea_id, Forms(duty=form), problem=problem, status=400)
    flash("Saved who answers it, and by when", "success")
    return redirect(idea_path(found), 303)


@blueprint.post("/ideas/<int:idea_id>/notes")
@access("moderator")
@commits
def add_note(idea_id: int) -> ResponseReturnValue:
    """Write a note that only moderators see."""
    form = NoteForm()
    if not form.validate():
        return _again(idea_id, Forms(note=form), status=400)
    try:
        noted = notes.add_note(viewer(), idea_id=idea_id, body=form.note.data or "")
    except InvalidInput as error:
        return _again(idea_id, Forms(note=form), problem=form.explain(error), status=400)
    flash("Note added. Only moderators see it.", "success")
    return redirect(f"{idea_path(noted)}#notes", 303)


@blueprint.post("/moderation/notes/<int:note_id>/remove")
@access("moderator")
@commits
def remove_note(note_id: int) -> ResponseReturnValue:
    """Remove one's own note."""
    idea = notes.remove_note(viewer(), note_id=note_id)
    flash("Note removed", "success")
    return redirect(f"{idea_path(idea)}#notes", 303)


@blueprint.post("/moderation/acts/<int:act_id>/undo")
@access("moderator")
@commits
def undo_act(act_id: int) -> ResponseReturnValue:
    """Undo what one did to an idea, or to many."""
    undone = undoing.undo_act(viewer(), act_id=act_id)
    flash(f"Undone: {undone.words}", "success")
    if undone.left:
        names = "; ".join(f"“{one.title}”: {one.why}" for one in undone.left)
        flash(f"{count_of(len(undone.left), 'idea')} left as before. {names}", "warning")
    return redirect(safe_next(request.form.get("next"), "/moderation/board"), 303)


def _again(idea_id: int, forms: Forms, *, problem: str = "", status: int) -> ResponseReturnValue:
    found = queries.get_idea(viewer(), idea_id)
    return idea_page(found, forms=forms, problem=problem, status=status)
