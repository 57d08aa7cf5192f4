"""Admin pages: ending the access of the people on a list of leavers."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.core.access import access
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.core.formatting import count_of
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.models import LEAVING
from talking_together.invitations.staff_lists import leavers, queries
from talking_together.invitations.staff_lists.forms import LeaversForm
from talking_together.invitations.staff_lists.sweeps import apply_leavers

# As many as a request ends the access of at once; the worker goes on with the rest.
AT_ONCE = 100


@blueprint.route("/admin/invitations/lists/<int:list_id>/leavers", methods=["GET", "POST"])
@access("admin")
def check_leavers(list_id: int) -> ResponseReturnValue:
    """Say who will lose access, and end it when the right number has been typed."""
    found = queries.get_staff_list(list_id)
    if found.kind != LEAVING or found.state != "read":
        raise NotFound()
    form = LeaversForm()
    if request.method == "POST" and form.validate():
        people = form.number()
        try:
            in_transaction(lambda: leavers.ask_to_end_access(current_user, list_id=list_id, people=people))
        except InvalidInput as error:
            form.add_error("people", error.message)
        else:
            done = apply_leavers(list_id, most=AT_ONCE)
            flash(_words(done, people), "success")
            return redirect(f"/admin/invitations/lists/{list_id}", 303)
    return _page(found, form), 400 if form.errors else 200


def _words(done: int, people: int) -> str:
    if done < people:
        return f"Access of {count_of(people, 'person', 'people')} is being ended"
    return f"Access of {count_of(people, 'person', 'people')} ended"


def _page(found: Any, form: LeaversForm) -> str:
    page = queries.list_rows(found.id, outcome="leaving", after=request.args.get("after"))
    return render_template(
        "invitations/staff_lists/leavers.html",
        staff_list=found,
        form=form,
        counts=queries.outcome_counts(found.id, LEAVING),
        page=page,
        members=queries.names_of_members(page.rows),
    )
