"""Redeeming points for a reward, and a member's vouchers."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import Conflict
from talking_together.core.formatting import count_of
from talking_together.core.qr_codes import qr_svg
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.catalogue.views import PARTS, refused_page
from talking_together.rewards.models import REDEEM
from talking_together.rewards.vouchers import queries
from talking_together.rewards.vouchers.cancelling import cancel_own_voucher
from talking_together.rewards.vouchers.codes import PATH, shown_code
from talking_together.rewards.vouchers.forms import RedeemForm
from talking_together.rewards.vouchers.redeeming import redeem_reward
from talking_together.rewards.vouchers.refusals import OrganisationOptedOut


def _redeem_part(member: Any, reward: Any) -> queries.Offer | None:
    """Return what the reward's page says of redeeming points for it."""
    return queries.offer_of(member, reward.id)


PARTS[REDEEM] = _redeem_part


@blueprint.post("/rewards/<int:reward_id>/redeem")
@access("staff")
@commits
def redeem(reward_id: int) -> ResponseReturnValue:
    """Take the points and lead to the voucher; say on the reward's page why not."""
    form = RedeemForm()
    try:
        redeemed = redeem_reward(
            viewer(), reward_id=reward_id, expected_cost=form.sent_cost, number=form.sent_number
        )
    except Conflict as fact:
        return refused_page(reward_id, fact, is_about_employer=isinstance(fact, OrganisationOptedOut)), 409
    if redeemed.is_new:
        flash("It is yours. Show the voucher at the desk", "success")
    return redirect(f"/vouchers/{redeemed.voucher_id}", 303)


@blueprint.get("/vouchers")
@access("staff")
def vouchers() -> ResponseReturnValue:
    """Show the viewer's vouchers, those that are still good first."""
    after = request.args.get("after")
    page = queries.vouchers_of(viewer(), after=after)
    return render_template(
        "rewards/vouchers/vouchers.html",
        page=page,
        next_url=f"/vouchers?after={page.next_cursor}" if page.next_cursor else None,
        previous_url="/vouchers" if after else None,
    )


@blueprint.get("/vouchers/<int:voucher_id>")
@access("staff")
def voucher(voucher_id: int) -> ResponseReturnValue:
    """Show a voucher as it is shown at the desk, on a phone or on paper."""
    return _voucher_page(voucher_id)


@blueprint.post("/vouchers/<int:voucher_id>/cancel")
@access("staff")
@commits
def cancel(voucher_id: int) -> ResponseReturnValue:
    """Cancel a voucher for its points, or say on its page why not."""
    try:
        points = cancel_own_voucher(viewer(), voucher_id=voucher_id)
    except Conflict as fact:
        return _voucher_page(voucher_id, problem=fact.message), 409
    words = f": {count_of(points, 'point')} came back" if points else ""
    flash(f"Voucher cancelled{words}", "success")
    return redirect(f"/vouchers/{voucher_id}", 303)


def _voucher_page(voucher_id: int, *, problem: str = "") -> str:
    found = queries.get_own_voucher(viewer(), voucher_id)
    address = f"{current_app.config['BASE_URL'].rstrip('/')}{PATH}{found.code}"
    return render_template(
        "rewards/vouchers/voucher.html",
        voucher=found,
        problem=problem,
        shown_code=shown_code(found.code),
        qr=qr_svg(address, "QR code for the desk") if found.is_good else "",
    )
