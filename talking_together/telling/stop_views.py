"""The way out of emails: on a page for people, by one press for mail programs. Nobody signs in for it."""

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import public
from talking_together.core.commits import commits
from talking_together.core.errors import NotFound
from talking_together.core.forms import Form
from talking_together.extensions import csrf
from talking_together.notifications.groups import GROUPS
from talking_together.notifications.kinds import TABLE, label_of
from talking_together.notifications.services import stop_emails, undo_stop
from talking_together.telling.forms import pressed_by_a_person, shown_now, stop_form
from talking_together.telling.links import ALL, WayOut, way_out_of
from talking_together.telling.queries import Coming, get_coming
from talking_together.telling.views import blueprint

# The whole body that a mail program sends (RFC 8058, section 3.1).
ONE_PRESS = [("List-Unsubscribe", "One-Click")]
DONE = "You will get no more of these emails.\n"


@blueprint.get("/notifications/stop/<token>")
@public
def stop_page(token: str) -> ResponseReturnValue:
    """Show the button that stops it, or what else can be stopped; opening the page changes nothing."""
    way_out = _way_out(token)
    coming = get_coming(way_out.member_id, names=way_out.names)
    return _page(token, way_out, coming, stop_form(_offered(way_out, coming))(formdata=None))


@blueprint.post("/notifications/stop/<token>")
@csrf.exempt
@public
@commits
def stop(token: str) -> ResponseReturnValue:
    """Stop it: by a mail program's one press, by the page's button, or by what was chosen there."""
    way_out = _way_out(token)
    coming = get_coming(way_out.member_id, names=way_out.names)
    if list(request.form.items(multi=True)) == ONE_PRESS and not request.files:
        # It comes without cookies, and must not be sent elsewhere for its answer.
        stop_emails(way_out.member_id, names=way_out.names)
        return Response(DONE, mimetype="text/plain")
    csrf.protect()
    form = stop_form(_offered(way_out, coming))()
    if "shown_at" in request.form:
        if not pressed_by_a_person(request.form["shown_at"]):
            return _page(token, way_out, coming, form, too_soon=True), 400
        stop_emails(way_out.member_id, names=way_out.names)
    elif form.validate():
        stop_emails(way_out.member_id, names=WayOut(way_out.member_id, form["what"].data).names)
    else:
        return _page(token, way_out, coming, form), 400
    flash("No more of these emails", "success")
    return redirect(f"/notifications/stop/{token}", 303)


@blueprint.post("/notifications/stop/<token>/undo")
@public
@commits
def undo(token: str) -> ResponseReturnValue:
    """Let come again what was stopped last."""
    way_out = _way_out(token)
    if not pressed_by_a_person(request.form.get("shown_at", "")):
        coming = get_coming(way_out.member_id, names=way_out.names)
        form = stop_form(_offered(way_out, coming))(formdata=None)
        return _page(token, way_out, coming, form, too_soon=True), 400
    if undo_stop(way_out.member_id, names=way_out.names):
        flash("As it was before", "success")
    else:
        flash("You chose again since, so nothing was taken back", "info")
    return redirect(f"/notifications/stop/{token}", 303)


def _way_out(token: str) -> WayOut:
    way_out = way_out_of(token)
    if way_out is None:
        raise NotFound()
    return way_out


def _asked(way_out: WayOut, coming: Coming) -> list[str]:
    """Return the kinds that the page's one button stops: none for a link of a group or of all."""
    return [kind for kind in way_out.names if coming.kinds.get(kind)] if way_out.is_of_kinds else []


def _offered(way_out: WayOut, coming: Coming) -> tuple[str, ...]:
    """Return the groups that can be chosen on the page: those of the link of which anything comes."""
    own = [TABLE[name].group if name in TABLE else name for name in way_out.names]
    return tuple(name for name in GROUPS if name in own and coming.of_group(name)[0])


def _page(token: str, way_out: WayOut, coming: Coming, form: Form, *, too_soon: bool = False) -> str:
    """Return the page: with the one button while there is something for it, else with a choice."""
    asked = _asked(way_out, coming)
    is_gone = not asked if way_out.is_of_kinds else way_out.what != ALL and not _offered(way_out, coming)
    return render_template(
        "telling/stop.html",
        form=form,
        asked=asked,
        label_of=label_of,
        still=[(GROUPS[name].label, *coming.of_group(name)) for name in GROUPS if coming.of_group(name)[0]],
        stopped=coming.last_stopped or (way_out.names if is_gone else ()),
        undo=f"/notifications/stop/{token}/undo" if coming.last_stopped else "",
        shown_at=shown_now(),
        too_soon=too_soon,
    )
