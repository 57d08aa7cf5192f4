"""The pages on which members write ideas, change them and take them back."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.policies import ensure_takes_ideas
from talking_together.challenges.queries import get_challenge, live_challenges
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.formatting import count_of, idea_path
from talking_together.ideas import policies, queries, services
from talking_together.ideas.forms import IdeaForm
from talking_together.ideas.services import Written
from talking_together.ideas.views import blueprint
from talking_together.ideas.wording import version_of


@blueprint.route("/challenges/<int:challenge_id>/ideas/new", methods=["GET", "POST"])
@access("staff")
@commits
def new_idea(challenge_id: int) -> ResponseReturnValue:
    """Write an idea for a challenge: publish it, or keep it as a draft."""
    form, publish = IdeaForm(), request.form.get("action") != "draft"
    if request.method == "GET":
        ensure_takes_ideas(get_challenge(viewer(), challenge_id, at=clock.now()), clock.now())
        return _new_page(challenge_id, form, status=200)
    if not form.validate():
        return _new_page(challenge_id, form, status=400)
    try:
        written = services.submit_idea(
            viewer(),
            challenge_id=challenge_id,
            title=form.title.data or "",
            body=form.body.data or "",
            publish=publish,
        )
    except (InvalidInput, Conflict) as error:
        problem = form.explain(error)
        return _new_page(challenge_id, form, problem=problem, status=status_of(error))
    return _written(written)


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
    form = IdeaForm()
    if request.method == "GET":
        return _edit_page(idea_id)
    if not form.validate():
        return _edit_page(idea_id, form, status=400)
    publish = request.form.get("action") == "publish"
    save = services.publish_draft if publish else services.edit_idea
    try:
        written = save(
            viewer(),
            idea_id=idea_id,
            title=form.title.data or "",
            body=form.body.data or "",
            version=form.version.data or "",
        )
    except (InvalidInput, Conflict) as error:
        problem = form.explain(error)
        return _edit_page(idea_id, form, problem=problem, status=status_of(error))
    if publish or not written.published:
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
    lost = f" · {count_of(-written.earned, 'point')} taken back" if written.earned else ""
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


def _new_page(challenge_id: int, form: IdeaForm, *, problem: str = "", status: int) -> ResponseReturnValue:
    challenge = get_challenge(viewer(), challenge_id, at=clock.now())
    page = render_template("ideas/new.html", challenge=challenge, form=form, problem=problem)
    return page, status


def _edit_page(
    idea_id: int, form: IdeaForm | None = None, *, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    """Return the form: as the idea stands, or as it was sent, ready to replace what stands now."""
    found, now = queries.get_idea(viewer(), idea_id), clock.now()
    policies.ensure_author(viewer(), found)
    if form is None:
        policies.ensure_can_edit(viewer(), found, found.challenge, now)
        form = IdeaForm(formdata=None, data={"title": found.title, "body": found.body_source})
    if form.version.data is None or problem:
        form.version.data = version_of(found)
    may = policies.allowed(viewer(), found, found.challenge, now)
    page = render_template("ideas/edit.html", idea=found, form=form, may=may, problem=problem)
    return page, status


def _written(written: Written) -> ResponseReturnValue:
    if not written.published:
        flash("Draft saved. Only you can see it.", "success")
        return redirect(f"/ideas/{written.id}/edit", 303)
    earned = f" · +{count_of(written.earned, 'point')}" if written.earned else ""
    flash(f"Idea published{earned}", "success")
    return redirect(idea_path(written), 303)
