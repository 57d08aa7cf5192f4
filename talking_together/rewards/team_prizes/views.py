"""Pledging points for a team prize, and taking a pledge back."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.core.formatting import count_of
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.catalogue.queries import get_reward
from talking_together.rewards.catalogue.views import PARTS, refused_page, reward_page
from talking_together.rewards.models import TEAM
from talking_together.rewards.team_prizes import queries, services
from talking_together.rewards.team_prizes.forms import PledgeForm
from talking_together.rewards.vouchers.refusals import OrganisationOptedOut


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a reward's page about a team prize: where groups stand, and the form."""

    own: queries.OwnPart
    form: PledgeForm


def _part(member: Any, reward: Any) -> Part:
    own, form = queries.own_part(member, reward), PledgeForm()
    form.offer((group for group in own.groups if group.can_pledge), balance=viewer().points)
    if form.is_submitted():
        form.validate()
    return Part(own, form)


PARTS["team"] = _part


@blueprint.post("/rewards/<int:reward_id>/pledge")
@access("staff")
@commits
def pledge_points(reward_id: int) -> ResponseReturnValue:
    """Pledge points of the viewer's for a group."""
    form = PledgeForm()
    form.take(balance=viewer().points)
    if not form.validate():
        return _page(reward_id), 400
    try:
        pledged = services.pledge_points(
            viewer(),
            reward_id=reward_id,
            group_id=form.group_id,
            points=form.how_many.data or 0,
            pledged_before=form.pledged.data or 0,
        )
    except (Conflict, InvalidInput) as error:
        return refused_page(
            reward_id, error, is_about_employer=isinstance(error, OrganisationOptedOut)
        ), status_of(error)
    flash(_told(pledged), "success")
    won = pledged.voucher_id
    return redirect(f"/vouchers/{won}" if won else f"/rewards/{reward_id}", 303)


@blueprint.post("/rewards/<int:reward_id>/pledges/<int:pledge_id>/take-back")
@access("staff")
@commits
def take_back_pledge(reward_id: int, pledge_id: int) -> ResponseReturnValue:
    """Take a pledge of the viewer's back."""
    points = services.take_back_pledge(viewer(), reward_id=reward_id, pledge_id=pledge_id)
    flash(f"{count_of(points, 'point')} came back to you", "success")
    return redirect(f"/rewards/{reward_id}", 303)


def _page(reward_id: int) -> str:
    reward = get_reward(viewer(), reward_id)
    if reward.kind != TEAM:
        raise NotFound()
    return reward_page(reward)


def _told(pledged: services.Pledged) -> str:
    if pledged.voucher_id:
        return "Your group did it: the prize is yours"
    points, missing = count_of(pledged.points, "point"), count_of(pledged.missing, "more point")
    return f"You pledged {points}. Your group needs {missing}"
