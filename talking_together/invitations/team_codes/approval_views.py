"""Moderators' page: who joined with a team's code and waits to be let in."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.core.access import access
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import count_of
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.team_codes import approval, queries
from talking_together.invitations.team_codes.forms import RequestsForm

PATH = "/moderation/join-requests"


@blueprint.route(PATH, methods=["GET", "POST"])
@access("moderator")
@commits
def join_requests() -> ResponseReturnValue:
    """Show who waits, and let the chosen ones in or refuse them."""
    form = RequestsForm()
    if request.method != "POST":
        return _page(form)
    chosen = set(form.member_ids.data or [])
    if form.validate() and not chosen:
        form.add_error("member_ids", "Choose at least one person")
    if form.errors:
        return _page(form, chosen), 400
    try:
        words = _decide(form, chosen)
    except InvalidInput as error:
        form.add_error(error.field, error.message)
        return _page(form, chosen), 400
    flash(words, "success")
    return redirect(PATH, 303)


def _decide(form: RequestsForm, chosen: set[int]) -> str:
    """Do what the pressed button says, and return what came of it."""
    if request.form.get("action") == "refuse":
        decided = approval.refuse_requests(current_user, member_ids=chosen, reason=form.reason.data or "")
        words = f"{count_of(decided, 'person', 'people')} refused"
    elif request.form.get("action") == "approve":
        decided = approval.approve_requests(current_user, member_ids=chosen)
        words = f"{count_of(decided, 'person', 'people')} let in"
    else:
        raise InvalidInput("Choose whether to let them in or to refuse them", field="member_ids")
    others = len(chosen) - decided
    return f"{words}. Somebody had decided about {others} before" if others else words


def _page(form: RequestsForm, chosen: set[int] | None = None) -> str:
    return render_template(
        "invitations/team_codes/requests.html",
        requests=queries.join_requests(),
        waiting=queries.count_join_requests(),
        form=form,
        chosen=chosen or set(),
    )
