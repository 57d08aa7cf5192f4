"""Between the browser and its session: cookies, signing in and out, and being signed out."""

import logging

from flask import Response, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user
from sqlalchemy.exc import DBAPIError

from talking_together.accounts import passwords, queries, services, sessions, throttle
from talking_together.accounts.devices import known_device
from talking_together.accounts.forms import SignInForm
from talking_together.accounts.throttle import Attempt
from talking_together.accounts.viewers import Viewer
from talking_together.core.addresses import parts_of, safe_next
from talking_together.core.commits import in_transaction
from talking_together.core.kept_text import MAX_KEPT, is_kept, kept_text
from talking_together.extensions import login_manager

log = logging.getLogger(__name__)

# Staff move between networks all day; a session is ended by its row, not by a change of address.
login_manager.session_protection = None


# Whether a browser is shared is kept in its cookie too, so that we know when its session is over.
SHARED = "shared"
FORGET_STORAGE = {"Clear-Site-Data": '"storage"'}
OVER = "You have been signed out. Sign in to carry on"
OVER_WITH_WORDS = "You have been signed out. Sign in to carry on: what you wrote is kept on this device"
ENDED = "You are signed out: a shared computer is signed out after {} minutes without use"


class TooManyAttempts(Exception):
    """No more guesses at this account from here for now."""


class NotLetInYet(Exception):
    """The password is right, and a moderator has not let this person in yet."""


@login_manager.user_loader
def load_viewer(token: str) -> Viewer | None:
    """Return whom the session's token signs in, or None."""
    found = sessions.find_viewer_of(token)
    if found is None:
        return None
    viewer, is_due = found
    if is_due:
        g.session_to_touch = viewer.session_id
    return viewer


def touch_seen_session(response: Response) -> Response:
    """Note now and then that a session was seen, after the page's own transaction."""
    session_id = g.pop("session_to_touch", None)
    if session_id is not None:
        try:
            in_transaction(lambda: sessions.touch_session(session_id))
        except DBAPIError as error:
            # The page is made; the next one tries again.
            log.warning("session not touched", extra={"kind": type(error.orig).__name__})
    return response


@login_manager.unauthorized_handler
def ask_to_sign_in() -> ResponseReturnValue:
    """Answer somebody whose session is over, keeping what they typed."""
    if session.get(SHARED):
        return _answer_shared()
    if request.headers.get("HX-Request"):
        back = _path_on_this_site(request.headers.get("HX-Current-URL"))
        if request.method == "POST":
            # Somebody pressed a button. The page they come back to holds what they typed.
            flash(OVER_WITH_WORDS if kept_text() else OVER, "warning")
        return "", 401, {"HX-Redirect": url_for("accounts.sign_in", next=back)}
    here = request.full_path.rstrip("?")
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("accounts.sign_in", next=here if here != "/" else None))
    form = SignInForm(formdata=None)
    kept = kept_text()
    form.next.data = here if kept else _path_on_this_site(request.referrer)
    return sign_in_page(form, kept=kept, was_signed_out=True), 401


def _answer_shared() -> ResponseReturnValue:
    """Answer whoever sits at a shared computer now: nothing leads back to who sat there before.

    Only what stands in the very form that was sent comes back, as it was on the screen.
    """
    kept = kept_text()
    forget_session()
    if kept:
        form = SignInForm(formdata=None, data={"next": request.full_path.rstrip("?"), "shared": True})
        return sign_in_page(form, kept=kept, was_signed_out=True), 401, FORGET_STORAGE
    flash(ENDED.format(idle_minutes()), "warning")
    path = url_for("accounts.sign_in")
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": path, **FORGET_STORAGE}
    response = redirect(path)
    response.headers.extend(FORGET_STORAGE)
    return response


def idle_seconds() -> float:
    """Return for how many seconds a shared computer may stand unused."""
    return sessions.idle_on_shared().total_seconds()


def idle_minutes() -> int:
    """Return the same in minutes, for words."""
    return round(idle_seconds() / 60)


def sign_in_page(form: SignInForm, *, kept: dict[str, str], was_signed_out: bool = False) -> str:
    """Return the sign-in page; `kept` is the text of a post that came without a session."""
    form.password.data = None
    return render_template("accounts/sign_in.html", form=form, kept=kept, was_signed_out=was_signed_out)


def kept_fields() -> dict[str, str]:
    """Return the text that the sign-in form carries along."""
    carried = {
        name.removeprefix("kept_"): text for name, text in request.form.items() if name.startswith("kept_")
    }
    return {name: text[:MAX_KEPT] for name, text in carried.items() if text and is_kept(name)}


def token_for(*, account: str, password: str, shared: bool) -> str | None:
    """Return the token of a new session, or None for a wrong name or password.

    The work is the same whether the account exists or not. Raises TooManyAttempts, and NotLetInYet
    for the right password of somebody who waits.
    """
    attempt = attempt_at(account)
    if not in_transaction(lambda: throttle.count_attempt(attempt)):
        raise TooManyAttempts()
    found = queries.find_credentials(account)
    if not passwords.verify_password(found.password_hash if found else None, password) or not found:
        return None
    if found.awaiting_approval:
        in_transaction(lambda: throttle.forgive_attempt(attempt))
        raise NotLetInYet()
    better = passwords.hash_password(password) if passwords.needs_rehash(found.password_hash) else None

    def open_session() -> str | None:
        token = services.open_session(
            member_id=found.id,
            password_hash=found.password_hash,
            device=this_device(),
            shared=shared,
            better_hash=better,
        )
        if token:
            throttle.forgive_attempt(attempt)
        return token

    return in_transaction(open_session)


def attempt_at(account: str) -> Attempt:
    """Return this request as a guess at an account."""
    return Attempt(account, request.remote_addr or "", known_device(account))


def this_device() -> str:
    """Return the browser of this request in words."""
    return sessions.device_of(request.user_agent.string)


def begin_session(token: str, *, shared: bool = False) -> None:
    """Let the browser hold the token, and nothing that it held before."""
    found = sessions.find_viewer_of(token)
    forget_session()
    session.permanent = not shared
    if shared:
        session[SHARED] = True
    if found is not None:
        login_user(found[0])


def sign_in_member(member_id: int, *, shared: bool = False) -> None:
    """Sign a member in who has just proved who they are, within the caller's transaction."""
    token = sessions.start_session(member_id=member_id, device=this_device(), shared=shared)
    begin_session(token, shared=shared)


def forget_session() -> None:
    """Empty the browser's cookie; forms of this page get a token of the new one."""
    session.clear()
    g.pop("csrf_token", None)


def sign_out_browser() -> None:
    """End the session of this browser, if there is one."""
    if current_user.is_authenticated:
        sessions.end_session(member_id=current_user.id, session_id=current_user.session_id)
    forget_session()


def _path_on_this_site(url: str | None) -> str | None:
    parts = parts_of(url)
    if parts.netloc != request.host:
        return None
    return safe_next(parts.path + (f"?{parts.query}" if parts.query else ""))
