"""The way out of emails: on a page for people, by one press for mail programs. Nobody signs in for it."""

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import public
from talking_together.core.commits import commits
from talking_together.core.errors import NotFound
from talking_together.core.forms import Form
from talking_together.extensions import csrf
from talking_together.notifications.kinds import EMAIL_GROUPS, GROUPS, NEVER
from talking_together.notifications.queries import emails_chosen
from talking_together.notifications.services import stop_emails
from talking_together.telling.forms import stop_form
from talking_together.telling.links import ALL, WayOut, way_out_of
from talking_together.telling.queries import get_role_of
from talking_together.telling.views import blueprint

# The whole body that a mail program sends (RFC 8058, section 3.1).
ONE_PRESS = [("List-Unsubscribe", "One-Click")]
DONE = "You will get no more of these emails.\n"


@blueprint.get("/notifications/stop/<token>")
@public
def stop_page(token: str) -> ResponseReturnValue:
    """Ask what should stop coming by email; opening the page changes nothing."""
    way_out = _way_out(token)
    still = _still_coming(way_out)
    return _page(way_out, still, stop_form(_offered(way_out, still))(formdata=None))


@blueprint.post("/notifications/stop/<token>")
@csrf.exempt
@public
@commits
def stop(token: str) -> ResponseReturnValue:
    """Stop it: at once for a mail program's one press, with an answer chosen for the page's form."""
    way_out = _way_out(token)
    still = _still_coming(way_out)
    if list(request.form.items(multi=True)) == ONE_PRESS and not request.files:
        # It comes without cookies, and must not be sent elsewhere for its answer.
        stop_emails(way_out.member_id, groups=_named(way_out.what))
        return Response(DONE, mimetype="text/plain")
    csrf.protect()
    form = stop_form(_offered(way_out, still))()
    if not form.validate():
        return _page(way_out, still, form), 400
    stop_emails(way_out.member_id, groups=_named(form["what"].data))
    flash("No more of these emails", "success")
    return redirect(f"/notifications/stop/{token}", 303)


def _way_out(token: str) -> WayOut:
    way_out = way_out_of(token)
    if way_out is None:
        raise NotFound()
    return way_out


def _named(what: str) -> tuple[str, ...]:
    return EMAIL_GROUPS if what == ALL else (what,)


def _still_coming(way_out: WayOut) -> tuple[str, ...]:
    """Return the groups that the member still hears of by email; NotFound for a member who is gone."""
    role = get_role_of(way_out.member_id)
    chosen = emails_chosen(way_out.member_id)
    return tuple(
        name
        for name, group in GROUPS.items()
        if chosen[name] != NEVER and (group.role == "staff" or role != "staff")
    )


def _offered(way_out: WayOut, still: tuple[str, ...]) -> tuple[str, ...]:
    return still if way_out.what == ALL else tuple(name for name in still if name == way_out.what)


def _page(way_out: WayOut, still: tuple[str, ...], form: Form) -> str:
    return render_template(
        "telling/stop.html",
        form=form,
        still=[GROUPS[name].label for name in still],
        stopped="" if way_out.what == ALL or way_out.what in still else GROUPS[way_out.what].label,
    )
