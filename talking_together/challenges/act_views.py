"""The buttons and pages by which moderators move a challenge from stage to stage."""

from collections.abc import Callable
from typing import NamedTuple

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from talking_together.challenges import act_forms, copying, moderator_queries, moving, policies
from talking_together.challenges.moderator_views import managed_page
from talking_together.challenges.views import blueprint
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput


class Act(NamedTuple):
    """An act as an address: its name in the table of stages, its service, and what is said when done."""

    name: str
    service: Callable[..., None]
    done: str


ACTS = {
    "open": Act("open", moving.open_challenge, "Challenge opened"),
    "schedule": Act("schedule", moving.schedule_challenge, "Challenge scheduled"),
    "back-to-draft": Act("back to draft", moving.return_to_draft, "Challenge is a draft again"),
    "resume": Act("resume", moving.resume_challenge, "The challenge goes on"),
    "close": Act("close", moving.close_challenge, "Closed. What happens next is below"),
    "answered": Act("mark as answered", moving.mark_answered, "Challenge marked as answered"),
    "not-answered": Act("take back answered", moving.take_back_answered, "Challenge is in review again"),
    "archive": Act("archive", moving.archive_challenge, "Challenge moved to the archive"),
    "bring-back": Act("bring back", moving.bring_back_challenge, "Challenge is out of the archive"),
}
# Acts that ask for more than a reason have a page of their own.
TIMED = {
    "extend": (
        Act("extend", moving.extend_challenge, "The challenge has more time"),
        act_forms.ExtendForm,
    ),
    "pause": (Act("pause", moving.pause_challenge, "The challenge is paused"), act_forms.PauseForm),
    "reopen": (Act("reopen", moving.reopen_challenge, "The challenge is open again"), act_forms.ReopenForm),
}


def _listed(addresses: dict[str, object]) -> str:
    return ", ".join(f'"{address}"' for address in addresses)


@blueprint.post(f"/moderation/challenges/<int:challenge_id>/<any({_listed({**ACTS})}):act>")
@access("moderator")
@commits
def move_challenge(challenge_id: int, act: str) -> ResponseReturnValue:
    """Carry out an act of a moderator, or show the challenge with why it cannot be done."""
    form = act_forms.ActForm()
    refusal = None
    if form.validate():
        try:
            ACTS[act].service(viewer(), challenge_id, **form.values())
        except Conflict as error:
            refusal = error.message
        else:
            flash(ACTS[act].done, "success")
            return redirect(f"/moderation/challenges/{challenge_id}", 303)
    page = managed_page(challenge_id, refusal=refusal or form.reason.errors[0])
    return page, 409 if refusal else 400


@blueprint.post("/moderation/challenges/<int:challenge_id>/clone")
@access("moderator")
@commits
def clone_challenge(challenge_id: int) -> ResponseReturnValue:
    """Make a draft of a challenge's words and ways, and go there."""
    copy_id = copying.clone_challenge(viewer(), challenge_id)
    flash("This is the copy. Give it its own question and dates", "success")
    return redirect(f"/moderation/challenges/{copy_id}", 303)


@blueprint.route(
    f"/moderation/challenges/<int:challenge_id>/<any({_listed({**TIMED})}):timing>", methods=["GET", "POST"]
)
@access("moderator")
@commits
def change_times(challenge_id: int, timing: str) -> ResponseReturnValue:
    """Ask for what an act needs to know, and carry it out."""
    (name, service, done), form_of = TIMED[timing]
    challenge = moderator_queries.get_managed(challenge_id, at=clock.now())
    policies.ensure_can(name, challenge, clock.now())
    form, problem, status = form_of(), "", 200
    form.stand_on(challenge, fill=not form.is_submitted())
    if form.is_submitted() and not form.validate():
        status = 400
    elif form.is_submitted():
        try:
            service(viewer(), challenge_id, **form.values())
        except (InvalidInput, Conflict) as error:
            problem, status = form.explain(error), status_of(error)
        else:
            for words, category in ((done, "success"), *((note, "warning") for note in form.notes())):
                flash(words, category)
            return redirect(f"/moderation/challenges/{challenge_id}", 303)
    page = render_template("challenges/act.html", act=name, challenge=challenge, form=form, problem=problem)
    return page, status
