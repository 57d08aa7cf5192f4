"""Admin pages: the addresses that nothing is sent to."""

from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.core.access import access
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.declining.forms import LiftForm, SuppressForm
from talking_together.invitations.declining.queries import Search, addresses_suppressed, get_suppressed
from talking_together.invitations.declining.services import lift_address, suppress_address

LIST = "/admin/invitations/suppressed"
BECAUSE_WORDS = {
    "declined": "Said no to an invitation",
    "bounced": "Its mail came back",
    "asked": "Asked for it",
}


@blueprint.get("/admin/invitations/suppressed")
@access("admin")
def suppressed() -> ResponseReturnValue:
    """Show the addresses that a search finds."""
    because = request.args.get("because", "")
    search = Search(
        text="".join(filter(str.isprintable, request.args.get("q", ""))),
        because=because if because in BECAUSE_WORDS else "",
    )
    found = addresses_suppressed(search, after=request.args.get("after"))
    kept = {key: value for key, value in request.args.items() if key != "after" and value}
    return render_template(
        "invitations/declining/suppressed.html",
        search=search,
        addresses=found.rows,
        because_words=BECAUSE_WORDS,
        next_url=f"{LIST}?{urlencode({**kept, 'after': found.next_cursor})}" if found.next_cursor else None,
        previous_url=f"{LIST}?{urlencode(kept)}" if request.args.get("after") else None,
    )


@blueprint.route("/admin/invitations/suppressed/new", methods=["GET", "POST"])
@access("admin")
@commits
def suppress_new() -> ResponseReturnValue:
    """Add an address by hand."""
    form = SuppressForm()
    if form.validate_on_submit():
        try:
            address = suppress_address(
                current_user, address=form.address.data or "", reason=form.reason.data or ""
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash(f"Nothing more is sent to {address}", "success")
            return redirect(LIST, 303)
    page = render_template("invitations/declining/suppress.html", form=form)
    return page, 400 if form.errors else 200


@blueprint.route("/admin/invitations/suppressed/<int:suppressed_id>", methods=["GET", "POST"])
@access("admin")
@commits
def lift_suppressed(suppressed_id: int) -> ResponseReturnValue:
    """Let an address be written to again, with a reason."""
    found = get_suppressed(suppressed_id)
    form = LiftForm()
    if form.validate_on_submit():
        address = lift_address(current_user, suppressed_id=suppressed_id, reason=form.reason.data or "")
        flash(f"{address} can be written to again", "success")
        return redirect(LIST, 303)
    page = render_template(
        "invitations/declining/lift.html", form=form, suppressed=found, because_words=BECAUSE_WORDS
    )
    return page, 400 if form.errors else 200
