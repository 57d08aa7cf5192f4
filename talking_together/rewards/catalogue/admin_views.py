"""Admin pages: setting up rewards, publishing and closing them."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits, in_transaction
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.core.images import MAX_REQUEST_BYTES, cover_picture
from talking_together.drafts.offers import Offer, offer_draft
from talking_together.organisations import queries as organisations
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.catalogue import admin_queries, readiness, services
from talking_together.rewards.catalogue.forms import RewardForm, RewardPictureForm, form_values
from talking_together.rewards.catalogue.queries import preview_of
from talking_together.rewards.catalogue.views import reward_page
from talking_together.rewards.catalogue.wording import KIND_WORDS, STAGE_WORDS
from talking_together.rewards.gifts.queries import left_out_count
from talking_together.rewards.models import MAX_ID, STATES
from talking_together.rewards.policies import may_be_taxed
from talking_together.rewards.sponsors.queries import sponsor_choices

ACTS: dict[str, tuple[Any, str]] = {
    "publish": (services.publish_reward, "Published. The people it is for can see it"),
    "close": (services.close_reward, "Closed: nothing more of it is given"),
    "reopen": (services.reopen_reward, "Open again"),
}


@blueprint.url_value_preprocessor
def _allow_a_picture(endpoint: str | None, _values: object) -> None:
    # Before anything reads the form: for every other page the site's own limit stands.
    if endpoint == "rewards.edit_reward_picture":
        request.max_content_length = MAX_REQUEST_BYTES


@blueprint.get("/admin/rewards")
@access("admin")
def managed_rewards() -> ResponseReturnValue:
    """Show the rewards in one of the states."""
    state, sponsor = request.args.get("state", "published"), request.args.get("sponsor", type=int)
    if state not in STATES or (sponsor or 0) > MAX_ID:
        raise NotFound()
    after = request.args.get("after")
    page = admin_queries.managed_rewards(state=state, sponsor_id=sponsor, after=after)
    of = f"&sponsor={sponsor}" if sponsor else ""
    here = f"/admin/rewards?state={state}{of}"
    return render_template(
        "rewards/catalogue/managed.html",
        page=page,
        state=state,
        of=of,
        counts=admin_queries.counts_by_state(sponsor),
        sponsors=dict(sponsor_choices(sponsor)),
        sponsor=sponsor,
        kind_words=KIND_WORDS,
        stage_words=STAGE_WORDS,
        next_url=f"{here}&after={page.next_cursor}" if page.next_cursor else None,
        previous_url=here if after else None,
    )


@blueprint.route("/admin/rewards/new", methods=["GET", "POST"])
@access("admin")
@commits
def new_reward() -> ResponseReturnValue:
    """Write a reward: it begins as a draft."""
    form = _offered(RewardForm())
    if form.validate_on_submit():
        try:
            reward_id = services.write_reward(viewer(), content=form.content())
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Draft saved", "success")
            return redirect(f"/admin/rewards/{reward_id}", 303)
    draft = offer_draft(viewer(), services.NEW_DRAFT, form)
    page = render_template(
        "rewards/catalogue/new.html",
        form=form,
        draft=draft,
        is_worth_much=may_be_taxed(form.face_value.pence),
    )
    return page, 400 if form.is_submitted() else 200


@blueprint.route("/admin/rewards/<int:reward_id>", methods=["GET", "POST"])
@access("admin")
@commits
def managed_reward(reward_id: int) -> ResponseReturnValue:
    """Show a reward to admins: where it stands, what it needs, and its form."""
    reward = admin_queries.get_managed(reward_id)
    form = _offered(RewardForm(data=form_values(reward)), reward.sponsor_id)
    if not form.is_submitted():
        return _manage(reward, form, draft=offer_draft(viewer(), services.draft_key(reward_id), form))
    changed = None
    if form.validate():
        try:
            services.change_reward(
                viewer(), reward_id=reward_id, version=form.version.data or "", content=form.content()
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        except services.ChangedMeanwhile as error:
            changed = error.message
            # The next save is made knowing of the other one.
            form.version.data = reward.version
        else:
            flash("Reward saved", "success")
            return redirect(f"/admin/rewards/{reward_id}", 303)
    return _manage(reward, form, problem=changed), 409 if changed else 400


@blueprint.post('/admin/rewards/<int:reward_id>/<any("publish", "close", "reopen"):act>')
@access("admin")
@commits
def act_on_reward(reward_id: int, act: str) -> ResponseReturnValue:
    """Publish a draft, close a reward, or open it again."""
    service, outcome = ACTS[act]
    more = {"reason": request.form.get("reason", "").strip()} if act == "close" else {}
    try:
        service(viewer(), reward_id=reward_id, **more)
    except Conflict as fact:
        reward = admin_queries.get_managed(reward_id)
        form = _offered(RewardForm(formdata=None, data=form_values(reward)), reward.sponsor_id)
        return _manage(reward, form, problem=fact.message), 409
    flash(outcome, "success")
    return redirect(f"/admin/rewards/{reward_id}", 303)


@blueprint.post("/admin/rewards/<int:reward_id>/discard")
@access("admin")
@commits
def discard_reward(reward_id: int) -> ResponseReturnValue:
    """Delete a draft."""
    services.discard_reward(viewer(), reward_id=reward_id)
    flash("Draft deleted", "success")
    return redirect("/admin/rewards?state=draft", 303)


@blueprint.get("/admin/rewards/<int:reward_id>/preview")
@access("admin")
def preview_reward(reward_id: int) -> ResponseReturnValue:
    """Show a reward's page as a member will see it."""
    return reward_page(preview_of(viewer(), reward_id), preview=True)


@blueprint.route("/admin/rewards/<int:reward_id>/picture", methods=["GET", "POST"])
@access("admin")
def edit_reward_picture(reward_id: int) -> ResponseReturnValue:
    """Set the picture of a reward; it is made before the transaction, as it takes its time."""
    form = RewardPictureForm()
    if form.validate_on_submit():
        try:
            _set_picture(reward_id, form)
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Picture saved", "success")
            return redirect(f"/admin/rewards/{reward_id}/picture", 303)
    return _picture_page(reward_id, form)


@blueprint.post("/admin/rewards/<int:reward_id>/picture/remove")
@access("admin")
@commits
def remove_reward_picture(reward_id: int) -> ResponseReturnValue:
    """Take the picture off a reward."""
    try:
        services.remove_picture(viewer(), reward_id=reward_id)
    except InvalidInput as error:
        form = RewardPictureForm(formdata=None)
        form.add_error(error.field, error.message)
        return _picture_page(reward_id, form)
    flash("Picture removed", "success")
    return redirect(f"/admin/rewards/{reward_id}/picture", 303)


def _picture_page(reward_id: int, form: RewardPictureForm) -> ResponseReturnValue:
    reward = admin_queries.get_managed(reward_id)
    page = render_template("rewards/catalogue/picture.html", reward=reward, form=form)
    return page, 400 if form.errors else 200


def _set_picture(reward_id: int, form: RewardPictureForm) -> None:
    try:
        picture = cover_picture(form.picture.data.stream)
    except InvalidInput as error:
        raise InvalidInput(error.message, field="picture") from None
    in_transaction(
        lambda: services.set_picture(
            viewer(),
            reward_id=reward_id,
            picture=picture,
            alternative_text=form.alternative_text.data or "",
            is_decoration=form.decoration.data,
        )
    )


def _offered(form: RewardForm, sponsor_id: int | None = None) -> RewardForm:
    form.offer(
        sponsors=sponsor_choices(sponsor_id),
        organisations=[(each.id, each.name) for each in organisations.organisations()],
        groups=[
            (each.id, f"{each.name} ({each.organisation_short_name or 'any organisation'})")
            for each in organisations.staff_groups()
        ],
    )
    return form


def _manage(
    reward: admin_queries.ManagedReward,
    form: RewardForm,
    *,
    problem: str | None = None,
    draft: Offer | None = None,
) -> str:
    found = readiness.checks(reward, clock.now())
    return render_template(
        "rewards/catalogue/manage.html",
        reward=reward,
        form=form,
        problem=problem,
        draft=draft,
        checks=found,
        ready=not readiness.missing(found),
        is_worth_much=may_be_taxed(reward.face_value_pence),
        left_out=left_out_count(reward.id, at=clock.now()) if reward.given_for else 0,
        kind_words=KIND_WORDS,
        stage_words=STAGE_WORDS,
    )
