"""The page that an invitation's link opens: opening it changes nothing, joining takes a person."""

from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.accounts.passwords import check_password, hash_password
from talking_together.accounts.signing_in import sign_in_member
from talking_together.core.access import public, viewer
from talking_together.core.clock import now
from talking_together.core.commits import commits, in_transaction
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.joining import policies, queries, services
from talking_together.invitations.joining.forms import JoinForm, RenewalForm
from talking_together.invitations.joining.renewing import renew_invitation
from talking_together.invitations.links import SAMPLE
from talking_together.invitations.phases.messages import name_as_said
from talking_together.leaderboards.queries import leaderboards_on
from talking_together.mail.addresses import normal_address
from talking_together.organisations.queries import group_names

TEMPLATES = {
    policies.USED: "invitations/joining/already_joined.html",
    policies.OWN: "invitations/joining/already_joined.html",
    policies.EXPIRED: "invitations/joining/expired.html",
    policies.REVOKED: "invitations/joining/over.html",
    policies.CLOSED: "invitations/joining/over.html",
    policies.SOMEBODY_ELSE: "invitations/joining/signed_in_as_other.html",
}


@blueprint.get("/invitations/<token>")
@public
def invitation(token: str) -> ResponseReturnValue:
    """Show what the link leads to for whoever opened it, person or machine."""
    if token == SAMPLE:
        return render_template("invitations/joining/sample.html")
    try:
        invited = queries.get_invited(token)
    except NotFound:
        return _mistyped()
    if page := _page_instead(invited):
        return page
    form = JoinForm(formdata=None, data={"name": name_as_said(invited.name), "job_title": invited.job_title})
    return _join_page(invited, form)


@blueprint.post("/invitations/<token>")
@public
def join(token: str) -> ResponseReturnValue:
    """Make the account; the password is hashed before the transaction, as it takes its time."""
    try:
        invited = queries.get_invited(token)
    except NotFound:
        return _mistyped()
    if page := _page_instead(invited):
        return page, 409
    form = JoinForm()
    if form.validate():
        try:
            check_password(form.password.data or "", name=form.name.data or "", email=invited.email)
            points = _join(token, form)
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        except services.InvitationOver:
            # Somebody was quicker: the link says what is so now.
            return redirect(f"/invitations/{token}", 303)
        else:
            flash(f"Welcome · +{points} points" if points else "Welcome", "success")
            return redirect(_welcome_to(invited.challenge_id), 303)
    return _join_page(invited, form), 400


@blueprint.post("/invitations/<token>/opened")
@public
@commits
def note_opened(token: str) -> ResponseReturnValue:
    """Note that somebody did something on the page, which its script tells once."""
    if not current_user.is_authenticated:
        services.note_opened(token)
    return "", 204


@blueprint.post("/invitations/<token>/renew")
@public
@commits
def renew(token: str) -> ResponseReturnValue:
    """Send an expired invitation anew to its own address; the answer is the same for any address."""
    form = RenewalForm()
    if not form.validate():
        return render_template("invitations/joining/expired.html", form=form, can_ask=True), 400
    email = normal_address(form.email.data or "")
    renew_invitation(token=token, email=email)
    return render_template("invitations/joining/renewal_asked.html", email=email)


def _join(token: str, form: JoinForm) -> int:
    password_hash = hash_password(form.password.data or "")

    def accept() -> int:
        member_id, points = services.accept_invitation(
            token=token,
            name=form.name.data or "",
            password_hash=password_hash,
            job_title=form.job_title.data or "",
            word=form.word.data or "",
            on_leaderboard=form.on_leaderboard.data,
        )
        sign_in_member(member_id, shared=form.shared.data)
        return points

    return in_transaction(accept)


def _welcome_to(challenge_id: int | None) -> str:
    return f"/welcome?challenge={challenge_id}" if challenge_id else "/welcome"


def _join_page(invited: Any, form: JoinForm) -> str:
    if not leaderboards_on():
        del form.on_leaderboard
    return render_template(
        "invitations/joining/join.html",
        invited=invited,
        groups=group_names(invited.group_ids),
        form=form,
    )


def _page_instead(invited: Any) -> str | None:
    """Return the page for a link that does not lead to the form, or None."""
    at = now()
    page = policies.page_for(invited, viewer() if current_user.is_authenticated else None, at)
    if page == policies.FORM:
        return None
    return render_template(
        TEMPLATES[page],
        invited=invited,
        form=RenewalForm(formdata=None),
        can_ask=policies.can_be_renewed(invited.state, invited.expires_at, invited.phase_state, at),
    )


def _mistyped() -> ResponseReturnValue:
    return render_template("invitations/joining/mistyped.html"), 404
