"""Admin pages: a staff list, from the upload to what became of its rows."""

from pathlib import PurePath

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.core.access import access
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.staff_lists import queries, services
from talking_together.invitations.staff_lists.forms import StaffListForm

MAX_UPLOAD_BYTES = 15 * 1024 * 1024


@blueprint.url_value_preprocessor
def _allow_a_long_upload(endpoint: str | None, _values: object) -> None:
    # Before anything reads the form: for every other page the site's own limit stands.
    if endpoint == "invitations.new_staff_list":
        request.max_content_length = MAX_UPLOAD_BYTES


@blueprint.route("/admin/invitations/lists/new", methods=["GET", "POST"])
@access("admin")
def new_staff_list() -> ResponseReturnValue:
    """Read an upload first, holding nobody up, then write all of it in one transaction."""
    form = StaffListForm()
    if request.method == "POST" and form.validate():
        try:
            checked = services.check_staff_list(form.file.data.stream, create_groups=form.create_groups.data)
            list_id = in_transaction(
                lambda: services.keep_staff_list(
                    current_user,
                    name=form.name.data or "",
                    filename=_name_of(form.file.data),
                    checked=checked,
                )
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Staff list uploaded", "success")
            return redirect(f"/admin/invitations/lists/{list_id}", 303)
    return render_template("invitations/staff_lists/new.html", form=form), 400 if form.errors else 200


@blueprint.get("/admin/invitations/lists/<int:list_id>")
@access("admin")
def staff_list(list_id: int) -> ResponseReturnValue:
    """Show what became of the rows of a list."""
    outcome = request.args.get("outcome") or None
    return render_template(
        "invitations/staff_lists/list.html",
        staff_list=queries.get_staff_list(list_id),
        counts=queries.outcome_counts(list_id),
        outcome=outcome,
        page=queries.list_rows(list_id, outcome=outcome, after=request.args.get("after")),
    )


def _name_of(upload: object) -> str:
    name = PurePath(str(getattr(upload, "filename", "") or "")).name
    return "".join(character for character in name if character.isprintable()) or "list.csv"
