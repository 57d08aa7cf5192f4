"""The pages on which members write ideas, change them and take them back."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.policies import ChallengeClosed, ensure_takes_ideas
from talking_together.challenges.queries import get_challenge, live_challenges
from talking_together.core import clock, rich_text
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.formatting import count_of, idea_path
from talking_together.drafts.offers import offer_draft
from talking_together.ideas import policies, queries, services
from talking_together.ideas.form_queries import form_parts, has_begun, unfinished_in
from talking_together.ideas.forms import IdeaForm, dress, idea_form
from talking_together.ideas.services import Written
from talking_together.ideas.views import blueprint, sent_back
from talking_together.ideas.wording import version_of
from talking_together.search.similar import Alike, similar_ideas


@blueprint.route("/challenges/<int:challenge_id>/ideas/new", methods=["GET", "POST"])
@access("staff")
@commits
def new_idea(challenge_id: int) -> ResponseReturnValue:
    """Write an idea for a challenge: publish it, or keep it as a draft."""
    if request.method == "GET":
        return _new_page(challenge_id, status=200)
    form, publish = idea_form(), request.form.get("action") != "draft"
    if not form.validate():
        return _new_page(challenge_id, form, status=400)
    if publish and (alike := _alike_and_unseen(challenge_id, form)):
        return _new_page(challenge_id, form, alike=alike, status=200)
    try:
        return _written(_submitted(challenge_id, form, publish=publish))
    except ChallengeClosed as closed:
        # What somebody wrote is theirs, also when the door shut while they wrote.
        return _kept_instead(_submitted(challenge_id, form, publish=False), closed)
    except (InvalidInput, Conflict) as error:
        problem = form.explain(error)
        return _new_page(challenge_id, form, problem=problem, status=status_of(error))


@blueprint.post("/challenges/<int:challenge_id>/ideas/autosave")
@access("staff")
@commits
def autosave_new_idea(challenge_id: int) -> ResponseReturnValue:
    """Keep a new idea as a draft while it is typed; the answer says so, and where the draft is."""
    form = idea_form()
    _ensure_usable(form)
    return _saved_itself(_submitted(challenge_id, form, publish=False, lenient=True))


@blueprint.post("/ideas/<int:idea_id>/autosave")
@access("staff")
@commits
def autosave_draft(idea_id: int) -> ResponseReturnValue:
    """Save a draft while it is typed; the answer says so."""
    form = idea_form()
    _ensure_usable(form)
    written = services.edit_idea(
        viewer(), idea_id=idea_id, itself=True, **_words_of(form, lenient=True), version=_version_in(form)
    )
    return _saved_itself(written)


@blueprint.get("/ideas/new")
@access("staff")
def choose_challenge() -> ResponseReturnValue:
    """Ask which challenge an idea is for, or go straight to the only one that takes ideas."""
    live = live_challenges(viewer(), at=clock.now())
    challenges = [challenge for challenge in live if challenge.stage == "open"]
    if len(challenges) == 1:
        return redirect(f"/challenges/{challenges[0].id}/ideas/new", 303)
    return render_template("ideas/choose_challenge.html", challenges=challenges)


@blueprint.route("/ideas/<int:idea_id>/edit", methods=["GET", "POST"])
@access("staff")
@commits
def edit_idea(idea_id: int) -> ResponseReturnValue:
    """Change the wording of one's own idea; a draft can be published from here."""
    if request.method == "GET":
        return _edit_page(idea_id)
    form = idea_form()
    if not form.validate():
        return _edit_page(idea_id, form, status=400)
    publish = request.form.get("action") == "publish"
    save = services.publish_draft if publish else services.edit_idea
    try:
        written = save(viewer(), idea_id=idea_id, **_words_of(form), version=_version_in(form))
    except ChallengeClosed as closed:
        if not publish:
            return _edit_page(idea_id, form, problem=closed.message, status=status_of(closed))
        kept = services.edit_idea(viewer(), idea_id=idea_id, **_words_of(form), version=_version_in(form))
        return _kept_instead(kept, closed)
    except (InvalidInput, Conflict) as error:
        return _edit_page(idea_id, form, problem=form.explain(error), status=status_of(error))
    if publish or written.status == "draft":
        return _written(written)
    flash("Changes saved", "success")
    return redirect(idea_path(written), 303)


@blueprint.post("/ideas/<int:idea_id>/publish")
@access("staff")
@commits
def publish_draft(idea_id: int) -> ResponseReturnValue:
    """Publish a draft as it stands."""
    return _written(services.publish_draft(viewer(), idea_id=idea_id))


@blueprint.post("/ideas/<int:idea_id>/withdraw")
@access("staff")
@commits
def withdraw_idea(idea_id: int) -> ResponseReturnValue:
    """Withdraw one's own idea; its page offers to bring it back."""
    written = services.withdraw_idea(viewer(), idea_id=idea_id)
    tells = written.earned and not viewer().hides_points
    lost = f" · {count_of(-written.earned, 'point')} taken back" if tells else ""
    flash(f"Idea withdrawn{lost}", "success")
    return redirect(idea_path(written), 303)


@blueprint.post("/ideas/<int:idea_id>/restore")
@access("staff")
@commits
def restore_idea(idea_id: int) -> ResponseReturnValue:
    """Bring back an idea that one withdrew."""
    written = services.restore_idea(viewer(), idea_id=idea_id)
    flash("Your idea is back", "success")
    return redirect(idea_path(written), 303)


@blueprint.post("/ideas/<int:idea_id>/discard")
@access("staff")
@commits
def discard_draft(idea_id: int) -> ResponseReturnValue:
    """Delete one's own draft."""
    services.discard_draft(viewer(), idea_id=idea_id)
    flash("Draft deleted", "success")
    return redirect("/me/ideas", 303)


def _alike_and_unseen(challenge_id: int, form: IdeaForm) -> list[Alike]:
    """Return ideas that say the same, for whom the page could not show them while they typed."""
    if request.form.get("similar_seen") != "":
        return []
    text = rich_text.excerpt_of(form.body.data or "")
    alike = similar_ideas(viewer(), challenge_id, title=form.title.data or "", text=text)
    # Sent twice, the form would find the idea that it made.
    is_new = any(each.is_very for each in alike) and not has_begun(viewer(), form.key)
    return alike if is_new else []


def _submitted(challenge_id: int, form: IdeaForm, *, publish: bool, lenient: bool = False) -> Written:
    words = _words_of(form, lenient=lenient)
    return services.submit_idea(viewer(), challenge_id=challenge_id, publish=publish, **words)


def _words_of(form: IdeaForm, *, lenient: bool = False) -> dict[str, Any]:
    """Return what was typed into the form, as services take it."""
    return {
        "title": form.title.data or "",
        "body": form.body.data or "",
        "details": form.details(lenient=lenient),
        "form_key": form.key,
    }


def _version_in(form: IdeaForm) -> str:
    return form.version.data or ""


def _ensure_usable(form: IdeaForm) -> None:
    """Raise InvalidInput for what a form that saves itself cannot keep."""
    if not form.validate():
        raise InvalidInput(next(str(errors[0]) for errors in form.errors.values()))


def _new_page(
    challenge_id: int,
    form: IdeaForm | None = None,
    *,
    problem: str = "",
    alike: Sequence[Alike] = (),
    status: int,
) -> ResponseReturnValue:
    challenge = get_challenge(viewer(), challenge_id, at=clock.now())
    unfinished = None
    parts = form_parts(challenge_id)
    if form is None:
        ensure_takes_ideas(challenge, clock.now())
        form, unfinished = idea_form(parts=parts), unfinished_in(viewer(), challenge_id)
    dress(form, parts)
    page = render_template(
        "ideas/new.html",
        challenge=challenge,
        form=form,
        parts=parts,
        problem=problem,
        unfinished=unfinished,
        alike=alike,
    )
    return page, status


def _edit_page(
    idea_id: int, form: IdeaForm | None = None, *, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    """Return the form: as the idea stands, or as it was sent, ready to replace what stands now."""
    found = queries.get_idea(viewer(), idea_id)
    policies.ensure_may_write(viewer(), found)
    parts, draft_key = form_parts(found.challenge.id), services.kept_key(idea_id)
    if form is None:
        policies.ensure_can_edit(viewer(), found, found.challenge, clock.now())
        form = idea_form(found, parts)
    elif not form.version.data or problem:
        form.version.data = version_of(found)
    dress(form, parts, found)
    page = render_template(
        "ideas/edit.html",
        idea=found,
        form=form,
        parts=parts,
        may=policies.allowed(viewer(), found, found.challenge, clock.now()),
        draft=offer_draft(viewer(), draft_key, form) if found.status != "draft" else None,
        draft_key=draft_key,
        sent_back=sent_back(found, queries.decisions_on(idea_id)) if found.status == "draft" else None,
        problem=problem,
    )
    return page, status


def _saved_itself(written: Written) -> ResponseReturnValue:
    return render_template("ideas/saved_itself.html", idea_id=written.id, saved_at=clock.now())


def _kept_instead(written: Written, closed: ChallengeClosed) -> ResponseReturnValue:
    flash(f"{closed.message} We kept what you wrote as a draft that only you can see: here it is.", "warning")
    return redirect(f"/ideas/{written.id}/edit", 303)


def _written(written: Written) -> ResponseReturnValue:
    if written.status == "draft":
        flash("Draft saved. Only you can see it.", "success")
        return redirect(f"/ideas/{written.id}/edit", 303)
    if written.status == "waiting for approval":
        flash("Your idea is sent. Others see it once a moderator has approved it.", "success")
        return redirect(idea_path(written), 303)
    flash(f"Idea published{viewer().note_of(written.earned)}", "success")
    return redirect(idea_path(written), 303)
