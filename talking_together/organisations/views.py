"""Admin pages for organisations and staff groups, and the stylesheet of their colours."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.accounts.directory import group_sizes
from talking_together.core.access import access
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.organisations import queries, services
from talking_together.organisations.colours import dark_variant
from talking_together.organisations.forms import OrganisationForm, StaffGroupForm

blueprint = Blueprint("organisations", __name__)

COLOURS_AGE_S = 300


@blueprint.get("/organisations.css")
@access("staff")
def colours() -> Response:
    """Answer with each organisation's colours as custom properties."""
    rules = "\n".join(
        f".org-{row.id}{{--org:{row.colour};--org-dark:{dark_variant(row.colour)}}}"
        for row in queries.organisation_colours()
    )
    response = Response(rules, mimetype="text/css")
    response.cache_control.private = True
    response.cache_control.max_age = COLOURS_AGE_S
    return response


@blueprint.get("/admin/organisations")
@access("admin")
def organisations() -> ResponseReturnValue:
    """Show every partner."""
    return render_template(
        "organisations/organisations.html",
        organisations=queries.organisations(),
        domains=queries.domains_by_organisation(),
    )


@blueprint.route("/admin/organisations/new", methods=["GET", "POST"])
@access("admin")
@commits
def new_organisation() -> ResponseReturnValue:
    """Add a partner."""
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            added = services.add_organisation(current_user, **_organisation_values(form))
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash(f"{added.name} added", "success")
            return redirect("/admin/organisations", 303)
    page = render_template("organisations/organisation.html", form=form, organisation=None)
    return page, 400 if form.errors else 200


@blueprint.route("/admin/organisations/<int:organisation_id>", methods=["GET", "POST"])
@access("admin")
@commits
def organisation(organisation_id: int) -> ResponseReturnValue:
    """Change a partner."""
    found = queries.get_organisation(organisation_id)
    form = OrganisationForm(obj=found, data={"domains": "\n".join(queries.domains_of(found.id))})
    if form.validate_on_submit():
        try:
            services.change_organisation(
                current_user, organisation_id=organisation_id, **_organisation_values(form)
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Changes saved", "success")
            return redirect("/admin/organisations", 303)
    page = render_template("organisations/organisation.html", form=form, organisation=found)
    return page, 400 if form.errors else 200


@blueprint.get("/admin/groups")
@access("admin")
def groups() -> ResponseReturnValue:
    """Show every staff group."""
    return render_template("organisations/groups.html", groups=queries.staff_groups(), sizes=group_sizes())


@blueprint.route("/admin/groups/new", methods=["GET", "POST"])
@access("admin")
@commits
def new_group() -> ResponseReturnValue:
    """Add a staff group."""
    form = _group_form()
    if form.validate_on_submit():
        try:
            added = services.add_staff_group(
                current_user, name=form.name.data, organisation_id=form.organisation_id.data
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash(f"{added.name} added", "success")
            return redirect("/admin/groups", 303)
    page = render_template("organisations/group.html", form=form, group=None)
    return page, 400 if form.errors else 200


@blueprint.route("/admin/groups/<int:group_id>", methods=["GET", "POST"])
@access("admin")
@commits
def group(group_id: int) -> ResponseReturnValue:
    """Change a staff group."""
    found = queries.get_staff_group(group_id)
    form = _group_form(obj=found)
    if form.validate_on_submit():
        try:
            services.change_staff_group(
                current_user,
                group_id=group_id,
                name=form.name.data,
                organisation_id=form.organisation_id.data,
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Changes saved", "success")
            return redirect("/admin/groups", 303)
    page = render_template("organisations/group.html", form=form, group=found)
    return page, 400 if form.errors else 200


def _group_form(**kwargs: Any) -> StaffGroupForm:
    form = StaffGroupForm(**kwargs)
    form.offer([(each.id, each.name) for each in queries.organisations()])
    return form


def _organisation_values(form: OrganisationForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "short_name": form.short_name.data,
        "colour": form.colour.data,
        "headcount": form.headcount.data,
        "domains": services.domains_in(form.domains.data or ""),
    }
