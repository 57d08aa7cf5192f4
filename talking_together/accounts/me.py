"""A member's own pages: profile, password, sessions, preferences."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.accounts import passwords, queries, services, sessions, throttle
from talking_together.accounts.forms import ChangePasswordForm, PreferencesForm, ProfileForm
from talking_together.accounts.signing_in import attempt_at, begin_session, this_device
from talking_together.accounts.views import TOO_MANY, blueprint
from talking_together.accounts.words import give_word
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits, in_transaction
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.milestones.queries import own_milestones
from talking_together.points.services import award


@blueprint.get("/me")
@access("staff")
def me() -> ResponseReturnValue:
    """Show where a member's own things are."""
    shown = [] if current_user.hides_points else own_milestones(viewer())
    profile = queries.get_profile(current_user.id)
    return render_template("accounts/me.html", profile=profile, milestones=shown)


@blueprint.post("/me/word")
@access("staff")
@commits
def get_word() -> ResponseReturnValue:
    """Give the member the word that a colleague says who comes by them."""
    give_word(viewer())
    return redirect("/me#word", 303)


@blueprint.route("/me/profile", methods=["GET", "POST"])
@access("staff")
@commits
def edit_profile() -> ResponseReturnValue:
    """Change what others read of a member; a complete profile earns points once."""
    form = ProfileForm(obj=queries.get_profile(current_user.id))
    if request.method != "POST":
        return render_template("accounts/edit_profile.html", form=form)
    if not form.validate():
        return render_template("accounts/edit_profile.html", form=form), 400
    earned = save_profile(
        name=form.name.data or "", job_title=form.job_title.data or "", about=form.about.data or ""
    )
    flash(f"Profile saved{current_user.note_of(earned)}", "success")
    return redirect("/me", 303)


def save_profile(*, name: str, job_title: str, about: str) -> int:
    """Keep the viewer's own profile; return the points that completing it earned, which is once."""
    if not services.update_profile(current_user, name=name, job_title=job_title, about=about):
        return 0
    key = f"profile completed:member:{current_user.id}"
    return award("profile completed", member_id=current_user.id, key=key)


@blueprint.route("/me/password", methods=["GET", "POST"])
@access("staff", desk=True)
def change_password() -> ResponseReturnValue:
    """Change the password of somebody who knows the present one; ends their other sessions."""
    form = ChangePasswordForm()
    if request.method != "POST":
        return render_template("accounts/change_password.html", form=form)
    if not form.validate():
        return render_template("accounts/change_password.html", form=form), 400
    if status := _refusal_of(form):
        return render_template("accounts/change_password.html", form=form), status
    password_hash = passwords.hash_password(form.password.data or "")
    shared = current_user.on_shared_computer
    token = in_transaction(
        lambda: services.change_password(
            current_user, password_hash=password_hash, device=this_device(), shared=shared
        )
    )
    begin_session(token, shared=shared)
    flash("Password changed. You are signed out everywhere else.", "success")
    return redirect(current_user.own_page, 303)


def _refusal_of(form: ChangePasswordForm) -> int | None:
    """Return the status to refuse the form with, its message next to the field, or None."""
    profile = queries.get_profile(current_user.id)
    try:
        passwords.check_password(form.password.data or "", name=profile.name, email=profile.email or "")
    except InvalidInput as error:
        form.add_error(error.field, error.message)
        return 400
    # A browser left open must not be a place to guess the password at leisure.
    attempt = attempt_at(profile.sign_in_name or "")
    if not in_transaction(lambda: throttle.count_attempt(attempt)):
        form.add_error("current_password", TOO_MANY)
        return 429
    password_hash = queries.find_password_hash(current_user.id)
    if not passwords.verify_password(password_hash, form.current_password.data or ""):
        form.add_error("current_password", "This is not your current password")
        return 400
    in_transaction(lambda: throttle.forgive_attempt(attempt))
    return None


@blueprint.get("/me/sessions", endpoint="sessions")
@access("staff", desk=True)
def sessions_page() -> ResponseReturnValue:
    """Show where the member is signed in."""
    return render_template("accounts/sessions.html", sessions=queries.sessions_of(current_user.id))


@blueprint.post("/me/sessions/<int:session_id>/end")
@access("staff", desk=True)
@commits
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of the member's sessions."""
    if not sessions.end_session(member_id=current_user.id, session_id=session_id):
        raise NotFound()
    flash("Signed out there", "success")
    return redirect("/me/sessions", 303)


@blueprint.post("/me/sessions/end-others")
@access("staff", desk=True)
@commits
def end_other_sessions() -> ResponseReturnValue:
    """End every session of the member but this one."""
    sessions.end_sessions(member_id=current_user.id, but=current_user.session_id)
    flash("Signed out everywhere else", "success")
    return redirect("/me/sessions", 303)


@blueprint.route("/me/preferences", methods=["GET", "POST"])
@access("staff")
@commits
def preferences() -> ResponseReturnValue:
    """Choose colours, whether to see points, and whether to appear on the leaderboard."""
    form = PreferencesForm(obj=queries.get_profile(current_user.id))
    if not current_user.leaderboards_on:
        del form.on_leaderboard
    if request.method != "POST":
        return render_template("accounts/preferences.html", form=form)
    try:
        services.update_preferences(
            current_user,
            theme=form.theme.data or "",
            hides_points=form.hides_points.data,
            on_leaderboard=form.on_leaderboard.data if form.on_leaderboard else None,
        )
    except InvalidInput as error:
        form.add_error(error.field, error.message)
        return render_template("accounts/preferences.html", form=form), 400
    flash("Preferences saved", "success")
    return redirect("/me/preferences", 303)
