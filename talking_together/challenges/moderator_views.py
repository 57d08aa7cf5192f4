"""The pages on which moderators write challenges and move them from stage to stage."""

from collections.abc import Callable

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from talking_together.challenges import (
    forms,
    moderator_queries,
    plan,
    policies,
    queries,
    readiness,
    services,
)
from talking_together.challenges.views import blueprint
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.formatting import challenge_path
from talking_together.drafts.offers import Offer, offer_draft

# Address of an act -> the act in the table of stages, the service, and what is said when done.
ACTS: dict[str, tuple[str, Callable[..., None], str]] = {
    "open": ("open", services.open_challenge, "Challenge opened"),
    "schedule": ("schedule", services.schedule_challenge, "Challenge scheduled"),
    "back-to-draft": ("back to draft", services.return_to_draft, "Challenge is a draft again"),
    "close": ("close", services.close_challenge, "Closed. What happens next is below"),
    "answered": ("mark as answered", services.mark_answered, "Challenge marked as answered"),
    "not-answered": ("take back answered", services.take_back_answered, "Challenge is in review again"),
    "archive": ("archive", services.archive_challenge, "Challenge moved to the archive"),
    "bring-back": ("bring back", services.bring_back_challenge, "Challenge is out of the archive"),
}
_ADDRESSES = ", ".join(f'"{address}"' for address in ACTS)


@blueprint.route("/moderation/challenges/new", methods=["GET", "POST"])
@access("moderator")
@commits
def new_challenge() -> ResponseReturnValue:
    """Write a challenge: it begins as a draft."""
    form = forms.ChallengeForm()
    form.offer(*moderator_queries.audience_choices(None))
    if form.validate_on_submit():
        try:
            challenge_id = services.write_challenge(viewer(), content=form.content())
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            _say("Draft saved", form)
            return redirect(f"/moderation/challenges/{challenge_id}", 303)
    draft = offer_draft(viewer(), services.NEW_DRAFT, form)
    return render_template("challenges/new.html", form=form, draft=draft), 400 if form.is_submitted() else 200


@blueprint.route("/moderation/challenges/<int:challenge_id>", methods=["GET", "POST"])
@access("moderator")
@commits
def edit_challenge(challenge_id: int) -> ResponseReturnValue:
    """Show a challenge to its moderators: where it stands, what it needs, and its form."""
    challenge = moderator_queries.get_managed(challenge_id, at=clock.now())
    form = forms.ChallengeForm(data=forms.form_values(challenge))
    form.offer(challenge.organisations, challenge.groups)
    if not form.is_submitted():
        return _manage(challenge, form, draft=offer_draft(viewer(), services.draft_key(challenge_id), form))
    changed = None
    if form.validate():
        try:
            services.edit_challenge(
                viewer(), challenge_id, version=form.version.data or "", content=form.content()
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        except services.ChangedMeanwhile as error:
            changed = error.message
        else:
            _say("Challenge saved", form)
            return redirect(f"/moderation/challenges/{challenge_id}", 303)
    return _manage(challenge, form, changed=changed), 409 if changed else 400


@blueprint.get("/moderation/challenges/<int:challenge_id>/preview")
@access("moderator")
def preview_challenge(challenge_id: int) -> ResponseReturnValue:
    """Show the challenge's page as a member will see it."""
    challenge = queries.get_challenge(viewer(), challenge_id, at=clock.now())
    if challenge.stage not in ("draft", "scheduled"):
        return redirect(challenge_path(challenge))
    shown = queries.as_opened(challenge)
    return render_template("challenges/preview.html", challenge=shown, stage=challenge.stage)


@blueprint.post(f"/moderation/challenges/<int:challenge_id>/<any({_ADDRESSES}):act>")
@access("moderator")
@commits
def move_challenge(challenge_id: int, act: str) -> ResponseReturnValue:
    """Carry out an act of a moderator, or show the challenge with why it cannot be done."""
    _, service, done = ACTS[act]
    form = forms.ActForm()
    refusal = None
    if form.validate():
        try:
            service(viewer(), challenge_id, reason=form.reason.data or "")
        except Conflict as error:
            refusal = error.message
        else:
            flash(done, "success")
            return redirect(f"/moderation/challenges/{challenge_id}", 303)
    return _refused(challenge_id, refusal or form.reason.errors[0]), 409 if refusal else 400


def _refused(challenge_id: int, why: str) -> str:
    challenge = moderator_queries.get_managed(challenge_id, at=clock.now())
    form = forms.ChallengeForm(formdata=None, data=forms.form_values(challenge))
    form.offer(challenge.organisations, challenge.groups)
    return _manage(challenge, form, refusal=why)


def _manage(
    challenge: moderator_queries.ManagedChallenge,
    form: forms.ChallengeForm,
    *,
    changed: str | None = None,
    refusal: str | None = None,
    draft: Offer | None = None,
) -> str:
    now = clock.now()
    chosen = any(choice.chosen for choice in (*challenge.organisations, *challenge.groups))
    checks = readiness.checks(challenge, audience_chosen=chosen, at=now)
    if changed:
        # The next save is made knowing of the other one.
        form.version.data = challenge.version
    return render_template(
        "challenges/manage.html",
        challenge=challenge,
        form=form,
        act_form=forms.ActForm(formdata=None),
        acts={address for address, (act, *_) in ACTS.items() if policies.can(act, challenge, now)},
        can_edit=policies.can("edit", challenge, now),
        can_change_dates=policies.can("change dates", challenge, now),
        checks=checks,
        ready=not readiness.missing(checks),
        opening=readiness.opening_check(challenge, at=now),
        plan=plan.sentences(challenge, now),
        changed=changed,
        refusal=refusal,
        draft=draft,
    )


def _say(words: str, form: forms.ChallengeForm) -> None:
    flash(words, "success")
    for note in form.notes():
        flash(note, "warning")
