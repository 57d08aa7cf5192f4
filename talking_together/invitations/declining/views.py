"""“Not for me”: on a page for people, by one press for mail programs."""

from typing import Any

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import public
from talking_together.core.clock import now
from talking_together.core.commits import commits
from talking_together.extensions import csrf
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.declining.forms import DECLINE_REASONS, DeclineForm
from talking_together.invitations.declining.policies import can_decline, state_after_declining
from talking_together.invitations.declining.queries import get_invitation_of
from talking_together.invitations.declining.services import decline_invitation
from talking_together.invitations.policies import can_join

# The whole body that a mail program sends (RFC 8058, section 3.1).
ONE_PRESS = [("List-Unsubscribe", "One-Click")]
ONE_PRESS_REASON = "Unsubscribed in their mail program"
DONE = "You will get no more email from us at this address.\n"


@blueprint.get("/invitations/<token>/decline")
@public
def decline_page(token: str) -> ResponseReturnValue:
    """Ask whether the invitation is not for them; opening the page changes nothing."""
    return _page(get_invitation_of(token), DeclineForm(formdata=None))


@blueprint.post("/invitations/<token>/decline")
@csrf.exempt
@public
@commits
def decline(token: str) -> ResponseReturnValue:
    """Decline: at once for a mail program's one press, with an answer chosen for the page's form."""
    if list(request.form.items(multi=True)) == ONE_PRESS and not request.files:
        # It comes without cookies, and must not be sent elsewhere for its answer.
        decline_invitation(token=token, reason=ONE_PRESS_REASON)
        return Response(DONE, mimetype="text/plain")
    csrf.protect()
    invitation = get_invitation_of(token)
    form = DeclineForm()
    if not form.validate():
        return _page(invitation, form), 400
    decline_invitation(token=token, reason=DECLINE_REASONS[form.reason.data])
    return redirect(f"/invitations/{token}/decline", 303)


def _page(invitation: Any, form: DeclineForm) -> str:
    if not can_decline(invitation.state):
        return render_template("invitations/declining/joined.html", invitation=invitation)
    if invitation.is_suppressed and invitation.state == state_after_declining(invitation.state):
        may_return = can_join(invitation.state, invitation.expires_at, now())
        return render_template(
            "invitations/declining/declined.html", invitation=invitation, may_return=may_return
        )
    return render_template("invitations/declining/decline.html", invitation=invitation, form=form)
