"""Admin pages: one person's invitation, its history, and what is done with it."""

from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.core.access import access
from talking_together.core.clock import now
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.people import policies, queries, services
from talking_together.invitations.people.forms import AddressForm, RevokeForm
from talking_together.invitations.people.history import history_of
from talking_together.invitations.people.meanings import MEANINGS
from talking_together.mail.addresses import normal_address
from talking_together.organisations.queries import group_names


@blueprint.get("/admin/invitations/<int:invitation_id>")
@access("admin")
def person(invitation_id: int) -> ResponseReturnValue:
    """Show one person's invitation and what became of it."""
    return _page(queries.get_invitation(invitation_id))


@blueprint.post("/admin/invitations/<int:invitation_id>/send-again")
@access("admin")
@commits
def send_again(invitation_id: int) -> ResponseReturnValue:
    """Queue an invitation once more, as a person decided."""
    services.send_again(current_user, invitation_id=invitation_id)
    return _done(invitation_id, "The invitation is on its way again")


@blueprint.post("/admin/invitations/<int:invitation_id>/renew")
@access("admin")
@commits
def renew_by_admin(invitation_id: int) -> ResponseReturnValue:
    """Invite a person anew whose invitation is over."""
    services.renew_invitation(current_user, invitation_id=invitation_id)
    return _done(invitation_id, "A new invitation is on its way")


@blueprint.post("/admin/invitations/<int:invitation_id>/correct")
@access("admin")
@commits
def correct(invitation_id: int) -> ResponseReturnValue:
    """Send an invitation to the right address."""
    form = AddressForm()
    if form.validate():
        try:
            services.correct_address(
                current_user, invitation_id=invitation_id, email=normal_address(form.email.data or "")
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            return _done(invitation_id, "The invitation goes to the new address, with a new link")
    invitation = queries.get_invitation(invitation_id)
    if not policies.can_correct(invitation):
        raise services.TooLateToCorrect()
    return _page(invitation, address_form=form), 400


@blueprint.post("/admin/invitations/<int:invitation_id>/revoke")
@access("admin")
@commits
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    form = RevokeForm()
    if not form.validate():
        invitation = queries.get_invitation(invitation_id)
        if not policies.can_revoke(invitation):
            raise services.TooLateToRevoke()
        return _page(invitation, revoke_form=form), 400
    services.revoke_invitation(current_user, invitation_id=invitation_id, reason=form.reason.data or "")
    return _done(invitation_id, "The invitation is revoked: its link no longer works")


def _done(invitation_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(f"/admin/invitations/{invitation_id}", 303)


def _page(invitation: Any, **forms: Any) -> str:
    return render_template(
        "invitations/people/person.html",
        invitation=invitation,
        meaning=MEANINGS[invitation.state],
        groups=group_names(invitation.group_ids),
        others=queries.others_of_address(invitation),
        history=history_of(invitation),
        policies=policies,
        at=now(),
        address_form=forms.get("address_form") or AddressForm(formdata=None),
        revoke_form=forms.get("revoke_form") or RevokeForm(formdata=None),
        failed=next(iter(forms.values()), None),
    )
