"""The pages on which moderators write results and publish them."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.forms import LONDON_INPUT
from talking_together.challenges.queries import ChallengePage, get_challenge
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.core.formatting import moment
from talking_together.drafts.offers import Offer, offer_draft
from talking_together.results import content, policies, services
from talking_together.results.forms import FIELD_OF, ResultsForm, form_of
from talking_together.results.models import SECTIONS
from talking_together.results.queries import (
    content_to_edit,
    facts_of,
    figures_now,
    find_stored,
    idea_facts,
    result_ideas,
)
from talking_together.results.views import blueprint


@blueprint.route("/moderation/challenges/<int:challenge_id>/results", methods=["GET", "POST"])
@access("moderator")
@commits
def edit_results(challenge_id: int) -> ResponseReturnValue:
    """Write the results of a challenge with the help of its facts; publish them."""
    challenge = get_challenge(viewer(), challenge_id, at=clock.now())
    policies.ensure_can_write(viewer(), challenge, clock.now())
    if request.method == "GET":
        stored = find_stored(challenge_id)
        opened = content_to_edit(stored, facts_of(challenge_id))
        version = stored.version if stored else ""
        form = form_of(opened, version=version, published_at=_moment_kept())
        return _editor(challenge, form, draft=offer_draft(viewer(), services.draft_key(challenge_id), form))
    form, action = ResultsForm(), request.form.get("action", "save")
    if action not in ("save", "publish"):
        return _changed(challenge, form, action)
    if not form.validate():
        return _editor(challenge, form), 400
    try:
        said = _save(challenge_id, form, publish=action == "publish")
    except (InvalidInput, Conflict) as error:
        return _editor(challenge, form, problem=form.explain(error)), status_of(error)
    flash(said, "success")
    kept = form.published_at.data if action == "save" else None
    on = f"?on={kept.strftime(LONDON_INPUT)}" if kept else ""
    return redirect(f"/moderation/challenges/{challenge_id}/results{on}", 303)


@blueprint.post("/moderation/challenges/<int:challenge_id>/results/take-back")
@access("moderator")
@commits
def take_back_results(challenge_id: int) -> ResponseReturnValue:
    """Keep results from coming out that wait for their moment."""
    services.take_back_results(viewer(), challenge_id=challenge_id)
    flash("The results will not be published", "success")
    return redirect(f"/moderation/challenges/{challenge_id}/results", 303)


@blueprint.get("/moderation/challenges/<int:challenge_id>/results/preview")
@access("moderator")
def preview_results(challenge_id: int) -> ResponseReturnValue:
    """Show the results that were saved as members will see them."""
    challenge = get_challenge(viewer(), challenge_id, at=clock.now())
    stored = find_stored(challenge_id, for_editing=False)
    if stored is None:
        raise NotFound("Save the results first: then they can be looked at as members will see them.")
    return render_template(
        "results/preview.html",
        challenge=challenge,
        results=stored,
        figures=stored.figures or figures_now(challenge_id),
        lists=result_ideas(challenge_id),
    )


def _save(challenge_id: int, form: ResultsForm, *, publish: bool) -> str:
    """Save, publish if that was asked for, and return what to say."""
    version = form.version.data or ""
    corrected = services.save_results(
        viewer(), challenge_id=challenge_id, version=version, content=form.content()
    )
    if not publish:
        if form.published_at.data and not corrected:
            # A moment alone publishes nothing.
            return "Results saved. They come out once you have pressed “Save and publish”"
        return "Correction published" if corrected else "Results saved"
    stored = find_stored(challenge_id)
    at = services.publish_results(
        viewer(),
        challenge_id=challenge_id,
        version=stored.version if stored else "",
        at=form.published_at.moment,
    )
    if at > clock.now():
        return f"Results will be published on {moment(at)}"
    return "Results published"


def _moment_kept() -> datetime | None:
    """Return the moment of publishing that was typed before a save, which keeps the rest."""
    try:
        return datetime.strptime(request.args.get("on", ""), LONDON_INPUT)  # noqa: DTZ007  London's
    except ValueError:
        return None


def _changed(challenge: ChallengePage, form: ResultsForm, action: str) -> ResponseReturnValue:
    """Return the editor with one thing done to what is in it; nothing is saved by it."""
    act, _, what = action.partition(":")
    written = form.content()
    name, _, idea = what.partition(":")
    if act == "fill" and what in (*SECTIONS, *FIELD_OF):
        stored, facts = find_stored(challenge.id), facts_of(challenge.id)
        written = content.filled_again(written, what, facts, stored.content if stored else None)
    elif act == "back" and what in SECTIONS:
        written = content.put_back(written, what)
    elif act in ("up", "down") and name in FIELD_OF and idea.isdigit():
        written = content.moved(written, name, int(idea), -1 if act == "up" else 1)
    else:
        raise InvalidInput("That is not something the editor can do.")
    again = form_of(written, version=form.version.data or "", published_at=form.published_at.data)
    return _editor(challenge, again, unsaved=True)


def _editor(
    challenge: ChallengePage,
    form: ResultsForm,
    *,
    problem: str = "",
    unsaved: bool = False,
    draft: Offer | None = None,
) -> Any:
    stored = find_stored(challenge.id)
    if problem and stored:
        # The next save is made knowing of the other one.
        form.version.data = stored.version
    listed = {each.idea_id.data for field in FIELD_OF.values() for each in form[field] if each.idea_id.data}
    now = clock.now()
    published_at = stored.published_at if stored else None
    return render_template(
        "results/edit.html",
        challenge=challenge,
        form=form,
        fields=FIELD_OF,
        ideas=idea_facts(challenge.id, listed),
        stored=stored,
        published_at=published_at,
        is_out=policies.is_out(published_at, now),
        can_publish=policies.can_publish(challenge, now),
        problem=problem,
        unsaved=unsaved,
        draft=draft,
        here=f"/moderation/challenges/{challenge.id}/results",
    )
