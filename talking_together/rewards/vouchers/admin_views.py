"""A voucher as admins see it, and cancelling it for a reason."""

from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import Conflict
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.vouchers.cancelling import cancel_voucher
from talking_together.rewards.vouchers.forms import CancelForm
from talking_together.rewards.vouchers.policies import last_day_of, state_of
from talking_together.rewards.vouchers.queries import get_voucher


@blueprint.route("/admin/rewards/vouchers/<int:voucher_id>", methods=["GET", "POST"])
@access("admin")
@commits
def any_voucher(voucher_id: int) -> ResponseReturnValue:
    """Show what somebody was given, or cancel it."""
    found, form = get_voucher(voucher_id), CancelForm()
    if not form.is_submitted():
        return _page(found, form)
    if not form.validate():
        return _page(found, form), 422
    try:
        cancel_voucher(viewer(), voucher_id=voucher_id, reason=form.reason.data or "")
    except Conflict as fact:
        return _page(get_voucher(voucher_id), form, problem=fact.message), 409
    flash("Voucher cancelled. Its member has been told", "success")
    return redirect(f"/admin/rewards/vouchers/{voucher_id}", 303)


def _page(found: Any, form: CancelForm, *, problem: str = "") -> str:
    return render_template(
        "rewards/vouchers/any_voucher.html",
        voucher=found,
        form=form,
        problem=problem,
        state=state_of(found, clock.now()),
        last_day=last_day_of(found),
    )
