"""Admin pages: the codes that a sponsor gave for a reward."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.commits import commits, in_transaction
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.core.formatting import count_of
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.catalogue import admin_queries, code_services
from talking_together.rewards.catalogue.code_files import MAX_BYTES, lines_in
from talking_together.rewards.catalogue.code_forms import CodesForm
from talking_together.rewards.catalogue.code_queries import codes_of
from talking_together.rewards.catalogue.codes import Fault
from talking_together.rewards.models import MAX_ID

FAULTS_SHOWN = 100
MOST_CHOSEN = 200
# A file with what stands around it in the request, or its lines as they come back from the box.
MAX_REQUEST_BYTES = 2 * MAX_BYTES


@blueprint.url_value_preprocessor
def _allow_a_list(endpoint: str | None, _values: object) -> None:
    # Before anything reads the form: for every other page the site's own limit stands.
    if endpoint == "rewards.reward_codes":
        request.max_content_length = MAX_REQUEST_BYTES
        request.max_form_memory_size = MAX_REQUEST_BYTES


@blueprint.route("/admin/rewards/<int:reward_id>/codes", methods=["GET", "POST"])
@access("admin")
def reward_codes(reward_id: int) -> ResponseReturnValue:
    """Show how many codes a reward has, and add a list of them."""
    reward, form, faults = _reward(reward_id), CodesForm(), []
    if form.validate_on_submit():
        try:
            lines = _lines(form)
            added = in_transaction(
                lambda: code_services.add_codes(
                    viewer(), reward_id=reward_id, lines=lines, without_faulty=form.without_faulty.data
                )
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
            faults = error.faults if isinstance(error, code_services.FaultyCodes) else []
        else:
            flash(f"{count_of(added, 'code')} added", "success")
            return redirect(f"/admin/rewards/{reward_id}/codes", 303)
    return _page(reward, form, faults), 400 if form.errors else 200


@blueprint.post("/admin/rewards/<int:reward_id>/codes/remove")
@access("admin")
@commits
def remove_reward_codes(reward_id: int) -> ResponseReturnValue:
    """Take away the chosen codes that nobody has had, or all of them."""
    chosen = request.form.getlist("code", type=int)[:MOST_CHOSEN]
    code_ids = None if request.form.get("all") else [id for id in chosen if id <= MAX_ID]
    removed = code_services.remove_codes(viewer(), reward_id=reward_id, code_ids=code_ids)
    flash(f"{count_of(removed, 'code')} removed" if removed else "No code was removed", "success")
    return redirect(f"/admin/rewards/{reward_id}/codes", 303)


def _reward(reward_id: int) -> admin_queries.ManagedReward:
    reward = admin_queries.get_managed(reward_id)
    if reward.stock_kind != "codes":
        raise NotFound()
    return reward


def _lines(form: CodesForm) -> list[str]:
    """Return the lines that were sent; those of a file go into the box, to be put right there."""
    if file := form.file.data:
        lines = lines_in(file.stream.read(), file.filename or "")
        form.codes.data = "\n".join(lines)
        return lines
    return (form.codes.data or "").split("\n")


def _page(reward: admin_queries.ManagedReward, form: CodesForm, faults: list[Fault]) -> Any:
    after = request.args.get("after")
    page = codes_of(reward.id, after=after)
    path = f"/admin/rewards/{reward.id}/codes"
    return render_template(
        "rewards/catalogue/codes.html",
        reward=reward,
        form=form,
        faults=faults[:FAULTS_SHOWN],
        more_faults=max(0, len(faults) - FAULTS_SHOWN),
        page=page,
        next_url=f"{path}?after={page.next_cursor}" if page.next_cursor else None,
        previous_url=path if after else None,
    )
