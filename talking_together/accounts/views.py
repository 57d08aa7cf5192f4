"""Signing in and out, and setting a new password through an emailed link."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.accounts import passwords, queries, services, sessions, throttle
from talking_together.accounts.devices import remember_device
from talking_together.accounts.forms import NewPasswordForm, PasswordResetRequestForm, SignInForm
from talking_together.accounts.sign_in_names import normal_sign_in_name
from talking_together.accounts.signing_in import (
    ENDED,
    FORGET_STORAGE,
    SHARED,
    NotLetInYet,
    TooManyAttempts,
    attempt_at,
    begin_session,
    idle_minutes,
    idle_seconds,
    kept_fields,
    sign_in_page,
    sign_out_browser,
    token_for,
    touch_seen_session,
)
from talking_together.core.access import access, public
from talking_together.core.addresses import safe_next
from talking_together.core.commits import commits, in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.extensions import limiter
from talking_together.mail.addresses import normal_address

blueprint = Blueprint("accounts", __name__)
blueprint.after_app_request(touch_seen_session)
blueprint.add_app_template_global(idle_seconds)
blueprint.add_app_template_global(idle_minutes)

# Far above what a hospital behind one address does on the morning of a launch.
FLOOD = "600 per minute"
WRONG = "The email address, the staff number or the password is wrong"
TOO_MANY = "Too many wrong passwords. Wait 15 minutes, or set a new password"
TOO_MANY_RESETS = (
    "We have had several requests for this address. Look in your junk mail, or try again in 15 minutes"
)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(FLOOD, methods=["POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign a member in; hashing takes its time outside any transaction."""
    if request.method != "POST":
        if current_user.is_authenticated:
            return redirect(safe_next(request.args.get("next")))
        form = SignInForm(formdata=None, data={"next": request.args.get("next", "")})
        return sign_in_page(form, kept={})
    form = SignInForm()
    kept = kept_fields()
    if not form.validate():
        return sign_in_page(form, kept=kept), 400
    account, shared = normal_sign_in_name(form.email.data or ""), form.shared.data
    try:
        token = token_for(account=account, password=form.password.data or "", shared=shared)
    except TooManyAttempts:
        form.add_error("password", TOO_MANY)
        return sign_in_page(form, kept=kept), 429
    except NotLetInYet:
        return render_template("accounts/not_let_in_yet.html"), 403
    if token is None:
        form.add_error("password", WRONG)
        return sign_in_page(form, kept=kept), 400
    begin_session(token, shared=shared)
    return _welcome(account, form.next.data, kept=kept, shared=shared)


def _welcome(account: str, target: str | None, *, kept: dict[str, str], shared: bool) -> Response:
    path = safe_next(target)
    if kept:
        response = make_response(render_template("accounts/kept_text.html", kept=kept, path=path))
    else:
        response = make_response(redirect(path, 303))
    if not shared:
        remember_device(response, account)
    return response


@blueprint.post("/sign-out")
@public
@commits
def sign_out() -> ResponseReturnValue:
    """End the session of this browser, and go where the page that asked for it says.

    A shared computer forgets what it kept.
    """
    was_shared = session.get(SHARED)
    sign_out_browser()
    if was_shared and request.form.get("because") == "idle":
        flash(ENDED.format(idle_minutes()), "warning")
    else:
        flash("You have signed out", "success")
    response = redirect(safe_next(request.form.get("next"), "/sign-in"), 303)
    if was_shared:
        response.headers.extend(FORGET_STORAGE)
    return response


@blueprint.get("/me/still-here")
@access("staff", desk=True)
def still_here() -> ResponseReturnValue:
    """Hear from a page on a shared computer that somebody uses it; the session is seen by that."""
    return "", 204


@blueprint.route("/password-reset", methods=["GET", "POST"])
@limiter.limit(FLOOD, methods=["POST"])
@public
def request_password_reset() -> ResponseReturnValue:
    """Write down that somebody wants a new password, in the same way for every address."""
    form = PasswordResetRequestForm()
    if request.method != "POST":
        return render_template("accounts/request_password_reset.html", form=form)
    if not form.validate():
        return render_template("accounts/request_password_reset.html", form=form), 400
    email = normal_address(form.email.data or "")

    def count_and_ask() -> bool:
        allowed = throttle.count_reset_request(email=email, address=request.remote_addr or "")
        if allowed:
            services.request_password_reset(email=email)
        return allowed

    if not in_transaction(count_and_ask):
        form.add_error("email", TOO_MANY_RESETS)
        return render_template("accounts/request_password_reset.html", form=form), 429
    return render_template("accounts/password_reset_requested.html", email=email)


@blueprint.route("/password-reset/<token>", methods=["GET", "POST"])
@limiter.limit(FLOOD, methods=["POST"])
@public
def reset_password(token: str) -> ResponseReturnValue:
    """Set a new password through an emailed link; opening the link changes nothing."""
    reset = queries.find_reset(sessions.hash_of(token))
    if reset is None:
        return render_template("accounts/password_reset_over.html"), 410
    form = NewPasswordForm()
    if request.method != "POST":
        return render_template("accounts/reset_password.html", form=form, reset=reset)
    if form.validate():
        try:
            passwords.check_password(form.password.data or "", name=reset.name, email=reset.sign_in_name)
            return _set_password(token, form.password.data or "", reset.sign_in_name)
        except InvalidInput as error:
            form.add_error(error.field, error.message)
    return render_template("accounts/reset_password.html", form=form, reset=reset), 400


def _set_password(token: str, password: str, account: str) -> ResponseReturnValue:
    password_hash = passwords.hash_password(password)

    def change() -> None:
        services.reset_password(token=token, password_hash=password_hash)
        throttle.forgive_account(attempt_at(account))

    in_transaction(change)
    flash("Your password is saved. Sign in with it.", "success")
    return redirect("/sign-in", 303)
