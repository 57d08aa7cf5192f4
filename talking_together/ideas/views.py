"""The pages on which members write, read and follow ideas."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.policies import ensure_takes_ideas
from talking_together.challenges.queries import get_challenge, live_challenges
from talking_together.comments.forms import CommentForm
from talking_together.comments.queries import thread_of
from talking_together.core import clock, rich_text
from talking_together.core.access import access, viewer
from talking_together.core.addresses import Slugged
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.formatting import count_of, idea_path
from talking_together.ideas import decisions, policies, queries, services
from talking_together.ideas.forms import DecisionForm, IdeaForm
from talking_together.ideas.journey import journey_of
from talking_together.ideas.queries import Decision, IdeaInFull
from talking_together.ideas.services import Written
from talking_together.ideas.statuses import allowed_from
from talking_together.ideas.wording import version_of

blueprint = Blueprint("ideas", __name__)


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


@blueprint.get("/ideas/<slugged:ref>")
@access("staff")
def idea(ref: Slugged) -> ResponseReturnValue:
    """Show an idea, the answer to it, its journey and what people say about it."""
    found = queries.get_idea(viewer(), ref.id)
    path = idea_path(found)
    if request.path != path:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(f"{path}?{query}" if query else path, 301)
    return idea_page(found)


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


@blueprint.get("/ideas/<int:idea_id>/history")
@access("staff")
def idea_history(idea_id: int) -> ResponseReturnValue:
    """Show the earlier wordings of an idea."""
    found = queries.get_idea(viewer(), idea_id)
    return render_template("ideas/history.html", idea=found, revisions=queries.revisions_of(idea_id))


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


@blueprint.post("/ideas/<int:idea_id>/status")
@access("moderator")
@commits
def change_status(idea_id: int) -> ResponseReturnValue:
    """Change where an idea stands, with the answer in words."""
    form = DecisionForm()
    if not form.validate():
        return _undecided(idea_id, form, status=400)
    try:
        decided = decisions.change_status(
            viewer(),
            idea_id=idea_id,
            status=form.status.data,
            response=form.response.data or "",
        )
    except (InvalidInput, Conflict) as error:
        return _undecided(idea_id, form, problem=form.explain(error), status=status_of(error))
    flash(f"Status changed to “{decided.status}”", "success")
    return redirect(idea_path(decided), 303)


@blueprint.post("/preview")
@access("staff")
def preview() -> ResponseReturnValue:
    """Return Markdown text as it will look."""
    return rich_text.render(request.form.get("text", "")[: rich_text.MAX_SOURCE])


def idea_page(
    idea: IdeaInFull,
    *,
    comment_form: CommentForm | None = None,
    decision_form: DecisionForm | None = None,
    problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """Return the page of an idea, also when a form on it has to be shown again."""
    now, after = clock.now(), request.args.get("comments-after")
    decision_form = decision_form or DecisionForm(formdata=None)
    decision_form.offer(allowed_from(idea.status, "moderator"))
    decisions = _shown(idea, queries.decisions_on(idea.id))
    thread = thread_of(viewer(), idea, after=after, at=now)
    path = idea_path(idea)
    page = render_template(
        "ideas/idea.html",
        idea=idea,
        may=policies.allowed(viewer(), idea, idea.challenge, now),
        decisions=decisions,
        response=next((one for one in reversed(decisions) if one.response_html), None),
        journey=journey_of(idea.status, idea.published_at, decisions),
        thread=thread,
        after=after,
        path=path,
        next_url=thread.next_cursor and f"{path}?comments-after={thread.next_cursor}#comments",
        comment_form=comment_form or CommentForm(formdata=None),
        decision_form=decision_form,
        problem=problem,
        removed=request.args.get("removed", type=int),
    )
    return page, status


def _shown(idea: IdeaInFull, decisions: list[Decision]) -> list[Any]:
    """Leave out why an idea was hidden once it is back: that was for its author and moderators."""
    if idea.is_mine or viewer().is_moderator:
        return decisions
    return [decision for decision in decisions if decision.to_status != "hidden"]


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


def _undecided(idea_id: int, form: DecisionForm, *, problem: str = "", status: int) -> ResponseReturnValue:
    found = queries.get_idea(viewer(), idea_id)
    return idea_page(found, decision_form=form, problem=problem, status=status)


def _written(written: Written) -> ResponseReturnValue:
    if not written.published:
        flash("Draft saved. Only you can see it.", "success")
        return redirect(f"/ideas/{written.id}/edit", 303)
    earned = f" · +{count_of(written.earned, 'point')}" if written.earned else ""
    flash(f"Idea published{earned}", "success")
    return redirect(idea_path(written), 303)
