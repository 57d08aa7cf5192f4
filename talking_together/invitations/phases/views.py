"""Admin pages: preparing a phase, checking it, watching it being delivered."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms.fields import SelectChoice

from talking_together.core.access import access
from talking_together.core.commits import commits, in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import count_of
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.phases import moving, policies, queries, services
from talking_together.invitations.phases.checks import check_of
from talking_together.invitations.phases.emails import PURPOSE, REMINDER_PURPOSE, sample_of
from talking_together.invitations.phases.forms import NONE, NumberForm, PhaseForm, StopForm, form_values
from talking_together.invitations.phases.watching import progress_of
from talking_together.organisations.queries import organisations, staff_groups

BEFORE_SENDING = ("draft", "scheduled")


@blueprint.route("/admin/invitations/phases/new", methods=["GET", "POST"])
@access("admin")
@commits
def new_phase() -> ResponseReturnValue:
    """Write a phase as a draft."""
    form = _phase_form(None, data={"list_id": request.args.get("list", type=int) or NONE})
    if form.validate_on_submit():
        try:
            phase_id = services.create_phase(current_user, plan=form.plan())
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            return _saved(phase_id, form, "Phase saved as a draft")
    return render_template("invitations/phases/form.html", form=form, phase=None), 400 if form.errors else 200


@blueprint.route("/admin/invitations/phases/<int:phase_id>/edit", methods=["GET", "POST"])
@access("admin")
@commits
def edit_phase(phase_id: int) -> ResponseReturnValue:
    """Change a phase that is a draft."""
    phase = queries.get_phase(phase_id)
    if not policies.can_edit(phase.state):
        raise policies.PhaseMoved(phase.state)
    form = _phase_form(phase_id, data=form_values(phase))
    if form.validate_on_submit():
        try:
            services.change_phase(current_user, phase_id=phase_id, plan=form.plan())
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            return _saved(phase_id, form, "Phase saved")
    return render_template(
        "invitations/phases/form.html", form=form, phase=phase
    ), 400 if form.errors else 200


@blueprint.get("/admin/invitations/phases/<int:phase_id>")
@access("admin")
def phase(phase_id: int) -> ResponseReturnValue:
    """Show a phase: what will happen before it is sent, how far it is afterwards."""
    found = queries.get_phase(phase_id)
    if found.state in BEFORE_SENDING:
        return _checked_page(found, NumberForm(formdata=None))
    return render_template(
        "invitations/phases/phase.html",
        phase=found,
        progress=progress_of(found),
        acts=policies.acts_of(found.state, found.pause_cause),
    )


@blueprint.get("/admin/invitations/phases/<int:phase_id>/progress")
@access("admin")
def progress(phase_id: int) -> ResponseReturnValue:
    """Answer with the part of a phase's page that renews itself while the phase is sent."""
    found = queries.get_phase(phase_id)
    return render_template(
        "invitations/phases/progress.html",
        phase=found,
        progress=progress_of(found),
        acts=policies.acts_of(found.state, found.pause_cause),
        renewed=True,
    )


@blueprint.post("/admin/invitations/phases/<int:phase_id>/test")
@access("admin")
@commits
def send_test(phase_id: int) -> ResponseReturnValue:
    """Send the phase's email, or its reminder, to the admin who asks."""
    purpose = REMINDER_PURPOSE if request.form.get("email") == "reminder" else PURPOSE
    address = services.send_test(current_user, phase_id=phase_id, purpose=purpose)
    flash(f"A test is on its way to {address}", "success")
    return redirect(_path(phase_id), 303)


@blueprint.post("/admin/invitations/phases/<int:phase_id>/start")
@access("admin")
def start_phase(phase_id: int) -> ResponseReturnValue:
    """Start a phase when the right number has been typed."""
    return _begin(phase_id, moving.start_phase, "Phase started: {} to send")


@blueprint.post("/admin/invitations/phases/<int:phase_id>/schedule")
@access("admin")
def schedule_phase(phase_id: int) -> ResponseReturnValue:
    """Schedule a phase for its time when the right number has been typed."""
    return _begin(phase_id, moving.schedule_phase, "Phase scheduled: {} ready")


@blueprint.post("/admin/invitations/phases/<int:phase_id>/unschedule")
@access("admin")
@commits
def unschedule_phase(phase_id: int) -> ResponseReturnValue:
    """Make a scheduled phase a draft again."""
    moving.unschedule_phase(current_user, phase_id=phase_id)
    flash("The phase is a draft again", "success")
    return redirect(_path(phase_id), 303)


@blueprint.post("/admin/invitations/phases/<int:phase_id>/pause")
@access("admin")
@commits
def pause_phase(phase_id: int) -> ResponseReturnValue:
    """Let nothing more of a phase leave."""
    moving.pause_phase(current_user, phase_id=phase_id)
    flash("The phase is paused", "success")
    return redirect(_path(phase_id), 303)


@blueprint.post("/admin/invitations/phases/<int:phase_id>/resume")
@access("admin")
@commits
def resume_phase(phase_id: int) -> ResponseReturnValue:
    """Let a paused phase go on."""
    moving.resume_phase(current_user, phase_id=phase_id)
    flash("The phase goes on", "success")
    return redirect(_path(phase_id), 303)


@blueprint.route("/admin/invitations/phases/<int:phase_id>/stop", methods=["GET", "POST"])
@access("admin")
@commits
def stop_phase(phase_id: int) -> ResponseReturnValue:
    """Ask once more, then end a phase for good."""
    found = queries.get_phase(phase_id)
    if not policies.can_act(found.state, found.pause_cause, "stop"):
        raise policies.PhaseMoved(found.state)
    form = StopForm()
    if form.validate_on_submit():
        if form.sure.data == "yes":
            revoked = moving.stop_phase(current_user, phase_id=phase_id)
            flash(f"Phase stopped: {count_of(revoked, 'invitation')} not sent", "success")
        return redirect(_path(phase_id), 303)
    return render_template(
        "invitations/phases/stop.html", phase=found, form=form, progress=progress_of(found)
    ), 400 if form.errors else 200


def _begin(phase_id: int, act: Callable[..., int], words: str) -> ResponseReturnValue:
    form = NumberForm()
    if form.validate():
        try:
            # On its own, so that a page with an error shows the phase as it was before.
            people = in_transaction(lambda: act(current_user, phase_id=phase_id, people=form.people.data))
        except InvalidInput as error:
            form.add_error("people", error.message)
        else:
            flash(words.format(count_of(people, "invitation")), "success")
            return redirect(_path(phase_id), 303)
    found = queries.get_phase(phase_id)
    if found.state not in BEFORE_SENDING:
        raise policies.PhaseMoved(found.state)
    return _checked_page(found, form), 400


def _checked_page(found: Any, form: NumberForm) -> str:
    person = {"name": current_user.name, "organisation": current_user.organisation_short_name}
    return render_template(
        "invitations/phases/check.html",
        phase=found,
        form=form,
        check=check_of(found),
        acts=policies.acts_of(found.state, found.pause_cause),
        sample=sample_of(found, purpose=PURPOSE, **person),
    )


def _saved(phase_id: int, form: PhaseForm, words: str) -> ResponseReturnValue:
    flash(words, "success")
    if form.start.data == "at a time" and (note := form.note()):
        flash(note, "warning")
    return redirect(_path(phase_id), 303)


def _phase_form(phase_id: int | None, **kwargs: Any) -> PhaseForm:
    form = PhaseForm(**kwargs)
    lists, earlier = queries.lists_to_invite(), queries.started_phases(but=phase_id)
    form.list_id.choices = [
        SelectChoice(row.id, f"{row.name} ({count_of(row.rows_count, 'row')})") for row in lists
    ]
    form.not_joined_from.choices = [
        SelectChoice(NONE, "No phase: everybody on the staff lists"),
        *(SelectChoice(row.id, row.name) for row in earlier),
    ]
    form.organisation_ids.choices = [SelectChoice(row.id, row.name) for row in organisations()]
    form.group_ids.choices = [SelectChoice(row.id, row.name) for row in staff_groups()]
    form.challenge_id.choices = [
        SelectChoice(NONE, "None"),
        *(SelectChoice(row.id, row.title) for row in queries.challenges_to_speak_of()),
    ]
    return form


def _path(phase_id: int) -> str:
    return f"/admin/invitations/phases/{phase_id}"
