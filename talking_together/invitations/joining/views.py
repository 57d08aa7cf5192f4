"""The page that an invitation's link opens: opening it changes nothing, joining takes a person."""

from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.accounts.passwords import check_password, hash_password
from talking_together.accounts.signing_in import sign_in_member
from talking_together.core.access import public
from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.joining import queries
from talking_together.invitations.joining.forms import JoinForm
from talking_together.invitations.joining.services import InvitationOver, accept_invitation
from talking_together.invitations.links import SAMPLE
from talking_together.invitations.policies import can_join


@blueprint.get("/invitations/<token>")
@public
def invitation(token: str) -> ResponseReturnValue:
    """Show what the link leads to for whoever opened it, person or machine."""
    if token == SAMPLE:
        return render_template("invitations/joining/sample.html")
    invited = queries.get_invited(token)
    if page := _page_instead(invited):
        return page
    form = JoinForm(formdata=None, data={"name": invited.name, "job_title": invited.job_title})
    return render_template("invitations/joining/join.html", invited=invited, form=form)


@blueprint.post("/invitations/<token>")
@public
def join(token: str) -> ResponseReturnValue:
    """Make the account; the password is hashed before the transaction, as it takes its time."""
    invited = queries.get_invited(token)
    if page := _page_instead(invited):
        return page, 409
    form = JoinForm()
    if form.validate():
        try:
            check_password(form.password.data or "", name=form.name.data or "", email=invited.email)
            points = _join(invited, form)
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        except InvitationOver:
            # Somebody was quicker: the link says what is so now.
            return redirect(f"/invitations/{token}", 303)
        else:
            flash(f"Welcome · +{points} points" if points else "Welcome", "success")
            return redirect("/", 303)
    return render_template("invitations/joining/join.html", invited=invited, form=form), 400


def _join(invited: Any, form: JoinForm) -> int:
    password_hash = hash_password(form.password.data or "")

    def accept() -> int:
        member_id, points = accept_invitation(
            invitation_id=invited.id,
            name=form.name.data or "",
            password_hash=password_hash,
            job_title=form.job_title.data or "",
            on_leaderboard=form.on_leaderboard.data,
        )
        sign_in_member(member_id)
        return points

    return in_transaction(accept)


def _page_instead(invited: Any) -> str | None:
    """Return the page for a link that does not lead to the form, or None."""
    if current_user.is_authenticated:
        is_own = invited.email == current_user.email or invited.member_id == current_user.id
        if not is_own:
            return render_template("invitations/joining/signed_in_as_other.html", invited=invited)
        return render_template("invitations/joining/already_joined.html", invited=invited)
    if invited.state in ("joined", "already a member") or invited.existing_member_id is not None:
        return render_template("invitations/joining/already_joined.html", invited=invited)
    if not can_join(invited.state, invited.expires_at, now()):
        return render_template("invitations/joining/over.html", invited=invited)
    return None
