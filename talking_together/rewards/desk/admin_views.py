"""The admin's page of who serves at a sponsor's desk."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.desk import queries, services
from talking_together.rewards.desk.forms import DeskMemberForm
from talking_together.rewards.sponsors.queries import get_sponsor


@blueprint.route("/admin/sponsors/<int:sponsor_id>/desk", methods=["GET", "POST"])
@access("admin")
@commits
def desk_staff(sponsor_id: int) -> ResponseReturnValue:
    """Show who serves at a sponsor's desk, and add somebody."""
    sponsor, form = get_sponsor(sponsor_id), DeskMemberForm()
    if request.method == "POST" and form.validate():
        name = form.name.data or ""
        try:
            services.add_desk_member(viewer(), sponsor_id=sponsor_id, name=name, email=form.email.data or "")
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash(f"{name} added. An email with a link to choose a password is on its way", "success")
            return redirect(f"/admin/sponsors/{sponsor_id}/desk", 303)
    page = render_template(
        "rewards/desk/staff.html", sponsor=sponsor, form=form, staff=queries.staff_of(sponsor_id)
    )
    return page, 400 if form.errors else 200


@blueprint.post("/admin/sponsors/<int:sponsor_id>/desk/<int:member_id>/send-link")
@access("admin")
@commits
def send_desk_link(sponsor_id: int, member_id: int) -> ResponseReturnValue:
    """Write again to somebody who has chosen no password yet."""
    name = services.send_link_again(viewer(), sponsor_id=sponsor_id, member_id=member_id)
    flash(f"{name} gets another email with a link", "success")
    return redirect(f"/admin/sponsors/{sponsor_id}/desk", 303)
