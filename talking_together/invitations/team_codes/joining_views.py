"""Pages of a team's code, for whoever reads it on a wall: opening one changes nothing."""

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.accounts.passwords import check_password, hash_password
from talking_together.accounts.sign_in_names import normal_sign_in_name
from talking_together.accounts.signing_in import sign_in_member
from talking_together.accounts.views import FLOOD
from talking_together.core.access import public
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.extensions import limiter
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.team_codes import queries
from talking_together.invitations.team_codes.codes import OPEN, kept_code, shown_code, state_of
from talking_together.invitations.team_codes.forms import TeamJoinForm
from talking_together.invitations.team_codes.joining import CodeOver, Joined, join_with_code
from talking_together.leaderboards.queries import leaderboards_on

MAX_TYPED = 60
NOTHING = "Enter your team’s code"
NO_CODE = "A team’s code has ten letters and digits, such as K7QMW-3XRPT"
UNKNOWN = "We do not know this code. Check it letter by letter"


@blueprint.get("/join/team")
@public
def enter_team_code() -> ResponseReturnValue:
    """Lead from a code that somebody typed to its team's page, or ask for one."""
    typed = request.args.get("code", "").strip()[:MAX_TYPED]
    if not typed:
        return (_ask_for_code("", NOTHING), 400) if "code" in request.args else _ask_for_code("", "")
    code = kept_code(typed)
    if code is None:
        return _ask_for_code(typed, NO_CODE), 400
    return redirect(f"/join/{shown_code(code)}")


@blueprint.get("/join/<code>")
@public
def team_invitation(code: str) -> ResponseReturnValue:
    """Show the form of a team's code."""
    team: Any = queries.find_team(code)
    if page := _page_instead(team, code):
        return page
    return _join_page(team, TeamJoinForm(formdata=None))


@blueprint.post("/join/<code>")
@limiter.limit(FLOOD)
@public
def join_team(code: str) -> ResponseReturnValue:
    """Make the account; the password is hashed before the transaction, as it takes its time."""
    team: Any = queries.find_team(code)
    if page := _page_instead(team, code):
        return page
    form = TeamJoinForm()
    if form.validate():
        sign_in_name = normal_sign_in_name(form.sign_in_name.data or "")
        try:
            check_password(form.password.data or "", name=form.name.data or "", email=sign_in_name)
            joined = _join(team, form, sign_in_name)
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        except CodeOver:
            # Somebody was quicker: the page says what is so now.
            return redirect(f"/join/{shown_code(team.code)}", 303)
        else:
            return _after(team, joined)
    return _join_page(team, form), 400


@blueprint.get("/join/<code>/waiting")
@public
def waiting_for_moderator(code: str) -> ResponseReturnValue:
    """Say what happens next to somebody whom a moderator is to let in."""
    team = queries.find_team(code)
    # Whoever keeps this page open is welcomed as everybody else is, once they are in.
    sign_in = "/sign-in?" + urlencode({"next": _welcome_to(team) if team else "/welcome"})
    return render_template("invitations/team_codes/waiting.html", sign_in=sign_in)


def _join(team: Any, form: TeamJoinForm, sign_in_name: str) -> Joined:
    password_hash = hash_password(form.password.data or "")

    def join() -> Joined:
        joined = join_with_code(
            code_id=team.id,
            name=form.name.data or "",
            sign_in_name=sign_in_name,
            password_hash=password_hash,
            job_title=form.job_title.data or "",
            word=form.word.data or "",
            on_leaderboard=form.on_leaderboard.data,
        )
        if not joined.waits:
            sign_in_member(joined.member_id, shared=form.shared.data)
        return joined

    return in_transaction(join)


def _after(team: Any, joined: Joined) -> ResponseReturnValue:
    if joined.waits:
        return redirect(f"/join/{shown_code(team.code)}/waiting", 303)
    flash(f"Welcome · +{joined.points} points" if joined.points else "Welcome", "success")
    return redirect(_welcome_to(team), 303)


def _welcome_to(team: Any) -> str:
    return f"/welcome?challenge={team.challenge_id}" if team.challenge_id else "/welcome"


def _page_instead(team: Any, typed: str) -> tuple[str, int] | None:
    """Return the page and status for a code that does not lead to the form, or None."""
    if team is None:
        return _ask_for_code(typed[:MAX_TYPED], UNKNOWN), 404
    if current_user.is_authenticated:
        page = render_template("invitations/team_codes/signed_in.html", team=team, path=_path(team))
        return page, 200 if request.method == "GET" else 409
    state = state_of(team)
    if state != OPEN:
        return render_template("invitations/team_codes/over.html", team=team, state=state), 410
    return None


def _path(team: Any) -> str:
    return f"/join/{shown_code(team.code)}"


def _join_page(team: Any, form: TeamJoinForm) -> str:
    if not leaderboards_on():
        del form.on_leaderboard
    return render_template("invitations/team_codes/join.html", team=team, form=form, path=_path(team))


def _ask_for_code(typed: str, problem: str) -> str:
    return render_template("invitations/team_codes/enter.html", typed=typed, problem=problem)
