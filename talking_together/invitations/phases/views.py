"""Admin pages: preparing a phase, starting it, watching it being delivered."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.core.access import access
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import count_of
from talking_together.invitations import policies
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.models import INVITATION_STATES
from talking_together.invitations.phases import queries, services
from talking_together.invitations.phases.emails import PURPOSE, sample_of
from talking_together.invitations.phases.forms import PhaseForm, StartForm
from talking_together.invitations.staff_lists.queries import people_to_invite, staff_lists

MAX_SEARCH = 254


@blueprint.route("/admin/invitations/phases/new", methods=["GET", "POST"])
@access("admin")
@commits
def new_phase() -> ResponseReturnValue:
    """Write a phase as a draft."""
    form = _phase_form(data={"list_id": request.args.get("list", type=int)})
    if form.validate_on_submit():
        try:
            phase_id = services.create_phase(current_user, **_phase_values(form))
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Phase saved as a draft", "success")
            return redirect(_path(phase_id), 303)
    return render_template("invitations/phases/form.html", form=form, phase=None), 400 if form.errors else 200


@blueprint.route("/admin/invitations/phases/<int:phase_id>/edit", methods=["GET", "POST"])
@access("admin")
@commits
def edit_phase(phase_id: int) -> ResponseReturnValue:
    """Change a phase that has not been started."""
    phase = queries.get_phase(phase_id)
    if not policies.can_edit(phase.state):
        raise services.PhaseStarted()
    form = _phase_form(obj=phase)
    if form.validate_on_submit():
        try:
            services.change_phase(current_user, phase_id=phase_id, **_phase_values(form))
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Phase saved", "success")
            return redirect(_path(phase_id), 303)
    return render_template(
        "invitations/phases/form.html", form=form, phase=phase
    ), 400 if form.errors else 200


@blueprint.get("/admin/invitations/phases/<int:phase_id>")
@access("admin")
def phase(phase_id: int) -> ResponseReturnValue:
    """Show a draft with its preview, or a started phase with its people."""
    found = queries.get_phase(phase_id)
    if policies.can_edit(found.state):
        return _draft_page(found, StartForm(formdata=None))
    state = request.args.get("state") or None
    search = request.args.get("q", "").strip()[:MAX_SEARCH]
    return render_template(
        "invitations/phases/phase.html",
        phase=found,
        state=state,
        states=INVITATION_STATES,
        search=search,
        page=queries.people_of(phase_id, state=state, search=search, after=request.args.get("after")),
        policies=policies,
    )


@blueprint.get("/admin/invitations/phases/<int:phase_id>/progress")
@access("admin")
def progress(phase_id: int) -> ResponseReturnValue:
    """Answer with the part of a phase's page that renews itself while the phase is sent."""
    return render_template(
        "invitations/phases/progress.html", phase=queries.get_phase(phase_id), renewed=True
    )


@blueprint.post("/admin/invitations/phases/<int:phase_id>/test")
@access("admin")
@commits
def send_test(phase_id: int) -> ResponseReturnValue:
    """Send the phase's email to the admin who asks."""
    address = services.send_test(current_user, phase_id=phase_id)
    flash(f"A test is on its way to {address}", "success")
    return redirect(_path(phase_id), 303)


@blueprint.post("/admin/invitations/phases/<int:phase_id>/start")
@access("admin")
@commits
def start_phase(phase_id: int) -> ResponseReturnValue:
    """Start a phase when the right number has been typed."""
    form = StartForm()
    if form.validate():
        try:
            people = services.start_phase(current_user, phase_id=phase_id, people=form.people.data)
        except InvalidInput as error:
            form.add_error("people", error.message)
        else:
            flash(f"Phase started: {count_of(people, 'invitation')} on the way", "success")
            return redirect(_path(phase_id), 303)
    return _draft_page(queries.get_phase(phase_id), form), 400


def _draft_page(found: Any, form: StartForm) -> str:
    sample = sample_of(
        found, purpose=PURPOSE, name=current_user.name, organisation=current_user.organisation_short_name
    )
    return render_template(
        "invitations/phases/draft.html",
        phase=found,
        form=form,
        people=people_to_invite(found.list_id),
        sample=sample,
    )


def _phase_form(**kwargs: Any) -> PhaseForm:
    form = PhaseForm(**kwargs)
    form.list_id.choices = [
        (row.id, f"{row.name} ({count_of(row.rows_count, 'row')})") for row in staff_lists()
    ]
    return form


def _phase_values(form: PhaseForm) -> dict[str, Any]:
    names = ("name", "list_id", "subject", "message", "expires_days")
    return {name: form[name].data for name in names}


def _path(phase_id: int) -> str:
    return f"/admin/invitations/phases/{phase_id}"
