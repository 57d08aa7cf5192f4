"""Entering a prize draw, taking an entry back, and the page by which a draw can be checked."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.addresses import Slugged
from talking_together.core.commits import commits
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.formatting import count_of, reward_path
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.catalogue.views import PARTS, refused_page
from talking_together.rewards.draws import queries, services
from talking_together.rewards.draws.forms import EnterForm
from talking_together.rewards.vouchers.refusals import OrganisationOptedOut

PARTS["draw"] = queries.own_part


@blueprint.get("/rewards/<slugged:ref>/draw")
@access("staff")
def draw(ref: Slugged) -> ResponseReturnValue:
    """Show the numbers of a draw, and once it is drawn the seed, who won and how to check it."""
    found = queries.get_draw(viewer(), ref.id)
    path = f"{reward_path(found)}/draw"
    if request.path != path:
        return redirect(path, 301)
    return render_template("rewards/draws/draw.html", draw=found)


@blueprint.post("/rewards/<int:reward_id>/enter")
@access("staff")
@commits
def enter_draw(reward_id: int) -> ResponseReturnValue:
    """Enter the viewer in a draw."""
    form = EnterForm()
    if not form.validate():
        raise InvalidInput("Load the page again and press the button once more.")
    try:
        number = services.enter_draw(
            viewer(),
            reward_id=reward_id,
            expected_cost=form.cost.data or 0,
            entries_before=form.entered.data or 0,
        )
    except services.EnteredMeanwhile as fact:
        flash(fact.message, "info")
    except Conflict as fact:
        return refused_page(reward_id, fact, is_about_employer=isinstance(fact, OrganisationOptedOut)), 409
    else:
        flash(f"You are in the draw. Your number is {number}", "success")
    return redirect(f"/rewards/{reward_id}", 303)


@blueprint.post("/rewards/<int:reward_id>/entries/<int:number>/withdraw")
@access("staff")
@commits
def withdraw_entry(reward_id: int, number: int) -> ResponseReturnValue:
    """Take an entry of the viewer's back, with what it cost."""
    returned = services.withdraw_entry(viewer(), reward_id=reward_id, number=number)
    words = f" {count_of(returned, 'point')} came back" if returned else ""
    flash(f"Number {number} is withdrawn.{words}", "success")
    return redirect(f"/rewards/{reward_id}", 303)
