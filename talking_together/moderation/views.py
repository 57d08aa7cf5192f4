"""The moderators' first page."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.errors import NotFound
from talking_together.core.statements import run, together
from talking_together.fairness.queries import number_of_open_signs
from talking_together.ideas.approval import ideas_to_approve
from talking_together.ideas.queries import unanswered
from talking_together.invitations.team_codes.queries import number_of_join_requests
from talking_together.merging.queries import number_of_open_proposals
from talking_together.moderation.owed import SHOWN, answers_owed
from talking_together.moderation.queries import challenges_by_stage, hidden_ideas, new_ideas_by_challenge

blueprint = Blueprint("moderation", __name__)

UNANSWERED_SHOWN = 10
_COUNTS = together(
    join_requests=number_of_join_requests(),
    proposals=number_of_open_proposals(),
    open_signs=number_of_open_signs(),
)


@blueprint.get("/moderation")
@access("moderator")
def moderation() -> ResponseReturnValue:
    """Show every challenge by stage and what waits in each, or the archive, or hidden ideas."""
    show, after = request.args.get("show"), request.args.get("after")
    if show not in (None, "archived", "hidden"):
        raise NotFound()
    if show == "hidden":
        page = hidden_ideas(after=after)
        return render_template("moderation/hidden.html", page=page, after=after)
    if show == "archived":
        groups = challenges_by_stage(archived=True, at=clock.now())
        return render_template("moderation/archive.html", groups=groups)
    groups = challenges_by_stage(archived=False, at=clock.now())
    owed = answers_owed(viewer(), at=clock.now())
    approvals = ideas_to_approve(viewer(), at=clock.now())
    return render_template(
        "moderation/moderation.html",
        groups=groups,
        new_ideas=new_ideas_by_challenge(groups),
        unanswered=unanswered(viewer(), size=UNANSWERED_SHOWN),
        to_approve=approvals.waiting,
        changed=approvals.changed,
        **run(_COUNTS, {}).one()._asdict(),
        owed=owed,
        owed_in_part=len(owed) == SHOWN,
    )
