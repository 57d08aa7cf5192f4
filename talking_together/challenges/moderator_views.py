"""The pages on which moderators write challenges and move them from stage to stage."""

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
    stages,
)
from talking_together.challenges.around import get_with_around
from talking_together.challenges.timeline import now_and_next, steps_of
from talking_together.challenges.views import blueprint
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import challenge_path
from talking_together.drafts.offers import Offer, offer_draft


@blueprint.route("/moderation/challenges/new", methods=["GET", "POST"])
@access("moderator")
@commits
def new_challenge() -> ResponseReturnValue:
    """Write a challenge: it begins as a draft."""
    # Who writes it looks after it, unless they choose others.
    form = forms.ChallengeForm(data={"moderators": [viewer().id]})
    form.offer(moderator_queries.choices_for(None))
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
    form.offer(challenge.choices)
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
    challenge, beside = get_with_around(viewer(), challenge_id, at=clock.now())
    if challenge.stage not in ("draft", "scheduled"):
        return redirect(challenge_path(challenge))
    shown = queries.as_opened(challenge)
    return render_template(
        "challenges/preview.html",
        challenge=shown,
        stage=challenge.stage,
        around=beside,
        steps=steps_of(shown, clock.now()),
        now_and_next=now_and_next(shown),
    )


def managed_page(challenge_id: int, *, refusal: str) -> str:
    """Return the page of a challenge with why an act could not be carried out."""
    challenge = moderator_queries.get_managed(challenge_id, at=clock.now())
    form = forms.ChallengeForm(formdata=None, data=forms.form_values(challenge))
    form.offer(challenge.choices)
    return _manage(challenge, form, refusal=refusal)


def _manage(
    challenge: moderator_queries.ManagedChallenge,
    form: forms.ChallengeForm,
    *,
    changed: str | None = None,
    refusal: str | None = None,
    draft: Offer | None = None,
) -> str:
    now = clock.now()
    chosen = any(choice.chosen for choice in (*challenge.choices.organisations, *challenge.choices.groups))
    checks = readiness.checks(challenge, audience_chosen=chosen, at=now)
    if changed:
        # The next save is made knowing of the other one.
        form.version.data = challenge.version
    return render_template(
        "challenges/manage.html",
        challenge=challenge,
        form=form,
        acts={act for act in stages.ACTS if policies.can(act, challenge, now)},
        can_edit=policies.can("edit", challenge, now),
        can_change_dates=policies.can("change dates", challenge, now),
        checks=checks,
        advice=readiness.advice(challenge, is_looked_after=challenge.is_looked_after, at=now),
        ready=not readiness.missing(checks),
        filed={str(theme.id): theme.ideas_count for theme in challenge.choices.themes},
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
