"""The triage board: many ideas in a table, and what is done to those that were chosen."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.moderator_queries import managed_challenges
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.ideas.acts import Left, latest_act
from talking_together.ideas.batches import Batch, NothingChanged, change_statuses, give_answers, set_theme
from talking_together.ideas.duty import answerers
from talking_together.ideas.moderator_forms import id_in
from talking_together.merging.policies import MOST_AT_ONCE
from talking_together.moderation.board import ideas_on_board, themes_of
from talking_together.moderation.forms import NO_THEME, BatchForm, chosen_ids, seen_ids
from talking_together.moderation.views import blueprint
from talking_together.moderation.wanted import SHOWN_STATUSES, SORTS, Wanted, wanted_from


@blueprint.route("/moderation/board", methods=["GET", "POST"])
@access("moderator")
@commits
def board() -> ResponseReturnValue:
    """Show the board, or do what was asked for to the ideas that were ticked."""
    wanted = wanted_from(request.args)
    if request.method == "GET":
        return _page(wanted)
    form, ids = BatchForm(), chosen_ids(request.form.getlist("ideas"))
    act = request.form.get("act", "")
    if act == "merge" and 1 < len(ids) <= MOST_AT_ONCE:
        return redirect(f"/moderation/merges/new?{urlencode({'ideas': ids}, doseq=True)}", 303)
    if not form.validate():
        return _page(wanted, form, chosen=ids), 400
    try:
        batch = ACTS.get(act, _unknown)(form, ids)
    except NothingChanged as error:
        return _page(wanted, form, chosen=ids, problem=error.message, left=error.left), 409
    except (InvalidInput, Conflict) as error:
        is_of_field = isinstance(error, InvalidInput) and error.field in form
        problem = form.explain(error) if is_of_field else error.message
        return _page(wanted, form, chosen=ids, problem=problem), status_of(error)
    flash(batch.words, "success")
    return redirect(wanted.query(), 303)


def _change_status(form: BatchForm, ids: list[int]) -> Batch:
    return change_statuses(
        viewer(),
        idea_ids=ids,
        status=form.status.data or "",
        response=form.response.data or "",
        seen=seen_ids(request.form.getlist("seen")),
    )


def _set_theme(form: BatchForm, ids: list[int]) -> Batch:
    theme_id = id_in(form.theme.data)
    if theme_id is None and form.theme.data != NO_THEME:
        raise InvalidInput("Choose a theme", field="theme")
    return set_theme(viewer(), idea_ids=ids, theme_id=theme_id)


def _give_answers(form: BatchForm, ids: list[int]) -> Batch:
    return give_answers(viewer(), idea_ids=ids, owner_id=form.owner_id, due=form.due.data)


def _unknown(_form: BatchForm, _ids: list[int]) -> Batch:
    raise InvalidInput("Choose at least one idea, and what to do with it")


def _cannot_merge(_form: BatchForm, ids: list[int]) -> Batch:
    if len(ids) > MOST_AT_ONCE:
        raise InvalidInput(f"Choose at most {MOST_AT_ONCE} ideas to merge")
    raise InvalidInput("Choose at least two ideas to merge")


ACTS: dict[str, Callable[[BatchForm, list[int]], Batch]] = {
    "status": _change_status,
    "theme": _set_theme,
    "duty": _give_answers,
    "merge": _cannot_merge,
}


def _page(
    wanted: Wanted,
    form: BatchForm | None = None,
    *,
    chosen: list[int] | None = None,
    problem: str = "",
    left: list[Left] | None = None,
) -> str:
    now, after = clock.now(), request.args.get("after")
    challenges = managed_challenges(archived=False)
    ids = [each.id for each in challenges] if wanted.challenge_id is None else [wanted.challenge_id]
    page = ideas_on_board(viewer(), wanted, ids, after=after, at=now)
    themes, people = themes_of(wanted.challenge_id), answerers()
    form = form or BatchForm(formdata=None)
    form.offer(themes, people)
    return render_template(
        "moderation/board.html",
        wanted=wanted,
        page=page,
        after=after,
        next_url=page.next_cursor and wanted.query(after=page.next_cursor),
        challenges=challenges,
        themes=themes,
        people=people,
        sorts=SORTS,
        statuses=SHOWN_STATUSES,
        form=form,
        chosen=set(chosen or ()),
        problem=problem,
        left=left or [],
        act=latest_act(viewer()),
        at=now,
    )
