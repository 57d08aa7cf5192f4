"""The admin's page of what an organisation's rules on gifts allow."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import pounds
from talking_together.core.money import pence_in
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.gift_policies import queries, services
from talking_together.rewards.gift_policies.forms import OPTED_OUT, TAKES_PART, GiftPolicyForm


@blueprint.route("/admin/organisations/<int:organisation_id>/gifts", methods=["GET", "POST"])
@access("admin")
@commits
def gift_policy(organisation_id: int) -> ResponseReturnValue:
    """Set whether an organisation takes part in rewards, and the ceiling for each of its people."""
    allowance = queries.get_allowance(organisation_id)
    form = GiftPolicyForm(data=_as_typed(allowance))
    if request.method == "POST" and form.validate():
        try:
            _keep(form, organisation_id)
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Changes saved", "success")
            return redirect(f"/admin/organisations/{organisation_id}/gifts", 303)
    page = render_template("rewards/gift_policies/gift_policy.html", form=form, allowance=allowance)
    return page, 400 if form.errors else 200


def _keep(form: GiftPolicyForm, organisation_id: int) -> None:
    typed = form.ceiling.data or ""
    ceiling = pence_in(typed)
    if typed and ceiling is None:
        raise InvalidInput("Enter an amount in pounds, such as £50 or 37.50", field="ceiling")
    services.set_allowance(
        viewer(),
        organisation_id=organisation_id,
        opted_out=form.takes_part.data == OPTED_OUT,
        ceiling_pence=ceiling,
    )


def _as_typed(allowance: queries.Allowance) -> dict[str, str]:
    return {
        "takes_part": OPTED_OUT if allowance.opted_out else TAKES_PART,
        "ceiling": "" if allowance.ceiling_pence is None else pounds(allowance.ceiling_pence),
    }
