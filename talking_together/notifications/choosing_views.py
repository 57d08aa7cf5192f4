"""What comes by email: the page on which a member chooses."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.notifications import queries, services
from talking_together.notifications.forms import emails_form, field_of
from talking_together.notifications.kinds import groups_for
from talking_together.notifications.views import blueprint


@blueprint.route("/me/notifications", methods=["GET", "POST"])
@access("staff")
@commits
def choose_emails() -> ResponseReturnValue:
    """Choose for each group of notifications how it comes by email."""
    groups = groups_for(viewer().role)
    chosen = queries.emails_chosen(viewer().id)
    form = emails_form(viewer().role)(data={field_of(group.name): chosen[group.name] for group in groups})
    if form.validate_on_submit():
        emails = {group.name: form[field_of(group.name)].data for group in groups}
        services.choose_emails(viewer(), emails=emails)
        flash("Saved", "success")
        return redirect("/me/notifications", 303)
    page = render_template("notifications/choose.html", form=form, groups=groups, field_of=field_of)
    return page, 400 if form.errors else 200
