"""What comes by email: the page on which a member chooses."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.notifications import queries, services
from talking_together.notifications.forms import emails_form, filled_in, groups_in, kinds_in, sections_of
from talking_together.notifications.views import blueprint


@blueprint.route("/me/notifications", methods=["GET", "POST"])
@access("staff")
@commits
def choose_emails() -> ResponseReturnValue:
    """Choose for each group of notifications, and for kinds apart from it, how it comes by email."""
    role = viewer().role
    form = emails_form(role)(data=filled_in(role, queries.emails_chosen(viewer().id)))
    if form.validate_on_submit():
        services.choose_emails(viewer(), emails=groups_in(role, form), kinds=kinds_in(role, form))
        flash("Saved", "success")
        return redirect("/me/notifications", 303)
    page = render_template("notifications/choose.html", form=form, sections=sections_of(role, form))
    return page, 400 if form.errors else 200
