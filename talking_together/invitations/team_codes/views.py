"""Admin pages: the join codes of teams and their posters."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.challenges.moderator_queries import managed_challenges
from talking_together.core import clock
from talking_together.core.access import access
from talking_together.core.commits import commits
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.qr_codes import qr_svg
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.team_codes import queries, services
from talking_together.invitations.team_codes.codes import join_address, shown_code, state_of
from talking_together.invitations.team_codes.forms import CodeForm, CodeLimitsForm
from talking_together.organisations import queries as organisations

DEFAULT_DAYS = 60


@blueprint.get("/admin/invitations/codes")
@access("admin")
def join_codes() -> ResponseReturnValue:
    """Show the join codes."""
    return render_template("invitations/team_codes/codes.html", codes=queries.join_codes(), state_of=state_of)


@blueprint.route("/admin/invitations/codes/new", methods=["GET", "POST"])
@access("admin")
@commits
def new_join_code() -> ResponseReturnValue:
    """Make a join code."""
    form = _code_form()
    if form.validate_on_submit():
        try:
            code_id = services.create_code(current_user, **_values(form))
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Join code made. Print its poster next", "success")
            return redirect(f"/admin/invitations/codes/{code_id}", 303)
    status = 400 if form.errors else 200
    return render_template("invitations/team_codes/new.html", form=form), status


@blueprint.route("/admin/invitations/codes/<int:code_id>", methods=["GET", "POST"])
@access("admin")
@commits
def join_code(code_id: int) -> ResponseReturnValue:
    """Show a join code and who joined with it, and change its limits."""
    code = queries.get_join_code(code_id)
    form = CodeLimitsForm(data={"max_uses": code.max_uses, "last_day": _last_day(code)})
    if request.method != "POST":
        return _code_page(code, form)
    if form.validate():
        try:
            services.change_code(
                current_user,
                code_id=code_id,
                max_uses=form.max_uses.data or 0,
                last_day=form.last_day.data,
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Changes saved", "success")
            return redirect(f"/admin/invitations/codes/{code_id}", 303)
    return _code_page(code, form), 400


@blueprint.post("/admin/invitations/codes/<int:code_id>/close")
@access("admin")
@commits
def close_join_code(code_id: int) -> ResponseReturnValue:
    """Let nobody else join with a code."""
    return _change(services.close_code, code_id, "Closed: nobody else can join with this code")


@blueprint.post("/admin/invitations/codes/<int:code_id>/reopen")
@access("admin")
@commits
def reopen_join_code(code_id: int) -> ResponseReturnValue:
    """Let people join with a closed code again."""
    return _change(services.reopen_code, code_id, "Open again: people can join with this code")


@blueprint.get("/admin/invitations/codes/<int:code_id>/poster")
@access("admin")
def join_code_poster(code_id: int) -> ResponseReturnValue:
    """Show the poster of a join code, made to be printed on one page of A4."""
    code = queries.get_join_code(code_id)
    address = join_address()
    return render_template(
        "invitations/team_codes/poster.html",
        code=code,
        shown_code=shown_code(code.code),
        address=address.partition("://")[2],
        qr=qr_svg(join_address(code.code), f"QR code that leads to {join_address(code.code)}"),
        last_day=code.expires_at - timedelta(seconds=1),
        state=state_of(code),
    )


def _change(act: Callable[..., None], code_id: int, outcome: str) -> ResponseReturnValue:
    try:
        act(current_user, code_id=code_id)
    except Conflict as fact:
        # Somebody else pressed first: what was asked for is so.
        flash(fact.message, "info")
    else:
        flash(outcome, "success")
    return redirect(f"/admin/invitations/codes/{code_id}", 303)


def _code_page(code: Any, form: CodeLimitsForm) -> str:
    page = queries.people_of(code.id, after=request.args.get("after"))
    path = f"/admin/invitations/codes/{code.id}"
    return render_template(
        "invitations/team_codes/code.html",
        code=code,
        shown_code=shown_code(code.code),
        address=join_address(code.code),
        state=state_of(code),
        last_day=code.expires_at - timedelta(seconds=1),
        form=form,
        people=page.rows,
        next_url=f"{path}?after={page.next_cursor}" if page.next_cursor else None,
        previous_url=path if request.args.get("after") else None,
    )


def _code_form() -> CodeForm:
    form = CodeForm(data={"last_day": clock.today() + timedelta(days=DEFAULT_DAYS), "approval": "yes"})
    form.offer(
        [(each.id, each.name) for each in organisations.organisations()],
        [
            (each.id, f"{each.name} ({each.organisation_short_name or 'any organisation'})")
            for each in organisations.staff_groups()
        ],
        [(each.id, each.title) for each in managed_challenges(archived=False) if each.is_published],
    )
    return form


def _values(form: CodeForm) -> dict[str, Any]:
    return {
        "label": form.label.data,
        "organisation_id": form.organisation_id.data,
        "group_id": form.group_id.data,
        "challenge_id": form.challenge_id.data,
        "max_uses": form.max_uses.data,
        "last_day": form.last_day.data,
        "needs_approval": form.approval.data != "no",
    }


def _last_day(code: Any) -> Any:
    return clock.to_london(code.expires_at - timedelta(seconds=1)).date()
