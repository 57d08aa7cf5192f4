"""A member's own pages to show that an email address is theirs."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.accounts import proving, queries
from talking_together.accounts.forms import AddressForm
from talking_together.accounts.throttle import count_guess
from talking_together.core.access import access
from talking_together.core.commits import commits
from talking_together.core.errors import Conflict
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.team_codes.joining import confirm_address
from talking_together.mail.addresses import normal_address

TOO_MANY = "We have written several times. Look in your junk mail, or try again in 15 minutes"


@blueprint.route("/me/email", methods=["GET", "POST"])
@access("staff")
@commits
def my_address() -> ResponseReturnValue:
    """Ask a member without a confirmed address for one, and write to it."""
    profile = queries.get_profile(current_user.id)
    if profile.email:
        return redirect("/me")
    given = profile.sign_in_name if "@" in profile.sign_in_name else ""
    form = AddressForm(data={"email": given})
    if request.method != "POST":
        return render_template("accounts/address.html", form=form)
    if not form.validate():
        return render_template("accounts/address.html", form=form), 400
    if not count_guess("address proof", str(current_user.id)):
        form.add_error("email", TOO_MANY)
        return render_template("accounts/address.html", form=form), 429
    address = normal_address(form.email.data or "")
    proving.ask_for_proof(member_id=current_user.id, name=profile.name, address=address)
    return render_template("accounts/address_asked.html", address=address)


@blueprint.route("/me/email/<token>", methods=["GET", "POST"])
@access("staff")
@commits
def confirm_my_address(token: str) -> ResponseReturnValue:
    """Let an address be the member's whose link they opened, signed in, and whose button they pressed."""
    try:
        address = proving.address_proven_by(current_user, token)
        if request.method != "POST":
            return render_template("accounts/confirm_address.html", address=address)
        is_new_name = confirm_address(current_user, address=address)
    except Conflict as fact:
        return render_template("accounts/address_link_over.html", words=fact.message), 410
    words = "Your email address is confirmed"
    flash(f"{words}. Sign in with it from now on" if is_new_name else words, "success")
    return redirect("/me", 303)
