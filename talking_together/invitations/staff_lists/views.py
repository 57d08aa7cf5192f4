"""Admin pages: a staff list, from the upload to what became of its rows."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.core.access import access
from talking_together.core.commits import commits, in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import count_of
from talking_together.core.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_of, xlsx_of
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.models import JOINING, LEAVING, LIST_KINDS
from talking_together.invitations.staff_lists import mending, queries, readings, template, uploads
from talking_together.invitations.staff_lists.forms import (
    DomainForm,
    OrganisationForm,
    StaffListForm,
    columns_form,
)
from talking_together.invitations.staff_lists.reading import FIELDS_OF
from talking_together.mail.addresses import readable_address
from talking_together.organisations.queries import organisations

MAX_UPLOAD_BYTES = 15 * 1024 * 1024

blueprint.add_app_template_filter(readable_address)


@blueprint.url_value_preprocessor
def _allow_a_long_upload(endpoint: str | None, _values: object) -> None:
    # Before anything reads the form: for every other page the site's own limit stands.
    if endpoint == "invitations.new_staff_list":
        request.max_content_length = MAX_UPLOAD_BYTES
        request.max_form_memory_size = MAX_UPLOAD_BYTES


@blueprint.route("/admin/invitations/lists/new", methods=["GET", "POST"])
@access("admin")
def new_staff_list() -> ResponseReturnValue:
    """Look at an upload first, holding nobody up, then keep it for its columns to be confirmed."""
    kind = request.args.get("kind", "")
    form = StaffListForm(data={"kind": kind if kind in LIST_KINDS else JOINING})
    if request.method == "POST" and form.validate():
        content, filename = _sent(form)
        try:
            examined = uploads.examine(content, kind=form.kind.data)
        except InvalidInput as error:
            form.add_error("file" if form.file.data else "pasted", error.message)
        else:
            list_id = in_transaction(
                lambda: uploads.keep_upload(
                    current_user,
                    name=form.name.data or "",
                    kind=form.kind.data,
                    filename=filename,
                    content=content,
                    examined=examined,
                )
            )
            return redirect(_path(list_id), 303)
    return render_template("invitations/staff_lists/new.html", form=form), 400 if form.errors else 200


@blueprint.get("/admin/invitations/lists/template")
@access("admin")
def staff_list_template() -> ResponseReturnValue:
    """Answer with an empty staff list to fill in."""
    headings, rows = template.of(LEAVING if request.args.get("kind") == LEAVING else JOINING)
    return _spreadsheet("staff list", headings, rows, as_workbook=request.args.get("as") == "xlsx")


@blueprint.get("/admin/invitations/lists/<int:list_id>")
@access("admin")
def staff_list(list_id: int) -> ResponseReturnValue:
    """Show a list as it stands: its columns to confirm, its reading, or what became of its rows."""
    found = queries.get_staff_list(list_id)
    if found.state == "uploaded":
        return _columns_page(found, _form_of(found))
    if found.state != "read":
        return render_template("invitations/staff_lists/reading.html", staff_list=found)
    outcome = request.args.get("outcome") or None
    counts = queries.outcome_counts(list_id, found.kind)
    partners = organisations() if found.kind == JOINING else []
    slips = queries.slips_in(list_id) if found.kind == JOINING and counts["needs attention"] else []
    return render_template(
        "invitations/staff_lists/list.html",
        staff_list=found,
        counts=counts,
        outcome=outcome,
        page=queries.list_rows(list_id, outcome=outcome, after=request.args.get("after")),
        slips=slips,
        groups=queries.unknown_groups(list_id) if found.kind == JOINING else [],
        organisations=partners,
        placed=_names_of(partners),
        cell_of=queries.cell_of,
    )


@blueprint.get("/admin/invitations/lists/<int:list_id>/progress")
@access("admin")
def reading_progress(list_id: int) -> ResponseReturnValue:
    """Answer with the part of a list's page that renews itself while the list is read."""
    found = queries.get_staff_list(list_id)
    return render_template("invitations/staff_lists/progress.html", staff_list=found, renewed=True)


@blueprint.post("/admin/invitations/lists/<int:list_id>/columns")
@access("admin")
def arrange_columns(list_id: int) -> ResponseReturnValue:
    """Keep which columns hold what; then show the rows again, or read them all."""
    found = queries.get_staff_list(list_id)
    if found.state != "uploaded":
        raise uploads.AlreadyRead()
    form = _form_of(found)
    if not form.validate():
        return _columns_page(found, form), 400
    try:
        anew = uploads.examined_anew(
            found,
            sheet=form.sheet.data if "sheet" in form else None,
            has_headings=form.has_headings.data,
        )
        in_transaction(
            lambda: uploads.arrange(current_user, list_id=list_id, columns=form.columns(), examined=anew)
        )
        if anew is not None:
            flash("The columns were looked for again. Check them before the list is read", "info")
        elif request.form.get("action") == "read":
            _read(list_id)
    except InvalidInput as error:
        form.add_error(error.field if error.field in form else "has_headings", error.message)
        return _columns_page(found, form), 400
    return redirect(_path(list_id), 303)


@blueprint.post("/admin/invitations/lists/<int:list_id>/discard")
@access("admin")
@commits
def discard_upload(list_id: int) -> ResponseReturnValue:
    """Forget a file that has not been read."""
    uploads.discard_upload(current_user, list_id=list_id)
    flash("Upload discarded. Nothing was kept", "success")
    return redirect("/admin/invitations", 303)


@blueprint.post("/admin/invitations/lists/<int:list_id>/stop")
@access("admin")
@commits
def stop_reading(list_id: int) -> ResponseReturnValue:
    """Stop reading a file; nothing of it is kept."""
    readings.stop_reading(current_user, list_id=list_id)
    flash("Reading stopped. Nothing was kept", "success")
    return redirect(_path(list_id), 303)


@blueprint.post("/admin/invitations/lists/<int:list_id>/organisation")
@access("admin")
def accept_organisation(list_id: int) -> ResponseReturnValue:
    """Read an organisation for what the list says instead, in all rows that say so."""
    form = OrganisationForm()
    if not form.validate() or form.organisation_id.data is None:
        raise InvalidInput("Choose one of the organisations.")
    mended = mending.accept_organisation(
        current_user, list_id=list_id, said=form.said.data or "", organisation_id=form.organisation_id.data
    )
    flash(f"{count_of(mended, 'row')} mended", "success")
    return redirect(_path(list_id), 303)


@blueprint.post("/admin/invitations/lists/<int:list_id>/domain")
@access("admin")
def accept_domain(list_id: int) -> ResponseReturnValue:
    """Read another domain for what the list says, or leave it, in all rows that say so."""
    form = DomainForm()
    if not form.validate():
        raise InvalidInput("Choose one of the domains that are offered.")
    mended = mending.accept_domain(
        current_user, list_id=list_id, said=form.said.data or "", meant=form.meant.data or ""
    )
    flash(f"{count_of(mended, 'row')} mended", "success")
    return redirect(_path(list_id), 303)


@blueprint.post("/admin/invitations/lists/<int:list_id>/groups")
@access("admin")
def make_groups(list_id: int) -> ResponseReturnValue:
    """Make the staff groups that the list names and that do not exist."""
    made = mending.make_groups(current_user, list_id=list_id)
    flash(f"{count_of(made, 'staff group')} added", "success")
    return redirect(_path(list_id), 303)


@blueprint.get("/admin/invitations/lists/<int:list_id>/problems")
@access("admin")
def problems(list_id: int) -> ResponseReturnValue:
    """Answer with the rows that need attention, as a table to mend and upload again."""
    found = queries.get_staff_list(list_id)
    headings, rows = queries.problem_table(found)
    return _spreadsheet(
        f"{found.name} problems", headings, rows, as_workbook=request.args.get("as") == "xlsx"
    )


def _sent(form: StaffListForm) -> tuple[bytes, str]:
    """Return what was sent and what to call it."""
    if not form.file.data:
        return (form.pasted.data or "").encode("utf-8", "replace"), "pasted rows"
    name = PurePath(str(form.file.data.filename or "")).name
    printable = "".join(character for character in name if character.isprintable())
    return form.file.data.stream.read(), printable or "list"


def _read(list_id: int) -> None:
    """Begin to read a list, and read it at once when it is short."""
    if in_transaction(lambda: readings.begin_reading(current_user, list_id=list_id)):
        claim = in_transaction(lambda: readings.claim_reading(list_id))
        if claim is not None:
            readings.read_claimed(claim)


def _form_of(found: Any) -> Any:
    sheets, called = uploads.shape_of(found)
    return columns_form(found, fields=FIELDS_OF[found.kind], sheets=sheets, called=called)


def _columns_page(found: Any, form: Any) -> str:
    return render_template(
        "invitations/staff_lists/columns.html",
        staff_list=found,
        form=form,
        rows=uploads.preview_of(found),
        placed=_names_of(organisations() if found.kind == JOINING else []),
        cell_of=queries.cell_of,
    )


def _names_of(partners: Sequence[Any]) -> dict[int, str]:
    return {partner.id: partner.name for partner in partners}


def _spreadsheet(name: str, headings: list[str], rows: Any, *, as_workbook: bool) -> Response:
    if as_workbook:
        response = Response(xlsx_of(name, headings, rows), content_type=XLSX_TYPE)
    else:
        response = Response(b"".join(csv_of(headings, rows)), content_type=CSV_TYPE)
    ending = "xlsx" if as_workbook else "csv"
    response.headers.set("Content-Disposition", "attachment", filename=f"{template.file_name(name)}.{ending}")
    return response


def _path(list_id: int) -> str:
    return f"/admin/invitations/lists/{list_id}"
