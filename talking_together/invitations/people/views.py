"""Admin pages: what is done with one person's invitation."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.core.access import access
from talking_together.core.commits import commits
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.people import services


@blueprint.post("/admin/invitations/<int:invitation_id>/send-again")
@access("admin")
@commits
def send_again(invitation_id: int) -> ResponseReturnValue:
    """Queue an invitation once more, as a person decided."""
    phase_id = services.send_again(current_user, invitation_id=invitation_id)
    flash("The invitation is on its way again", "success")
    return redirect(f"/admin/invitations/phases/{phase_id}", 303)


@blueprint.post("/admin/invitations/<int:invitation_id>/revoke")
@access("admin")
@commits
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    phase_id = services.revoke_invitation(current_user, invitation_id=invitation_id)
    flash("The invitation is revoked: its link no longer works", "success")
    return redirect(f"/admin/invitations/phases/{phase_id}", 303)
