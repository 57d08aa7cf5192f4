"""The log of acts of power, for admins."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.audit import queries
from talking_together.audit.forms import LogFilterForm
from talking_together.core.access import access
from talking_together.core.errors import NotFound

blueprint = Blueprint("audit", __name__)


@blueprint.get("/admin/audit")
@access("admin")
def log() -> ResponseReturnValue:
    """Show who did what, on what, when and why."""
    form = LogFilterForm(request.args, data={"action": "", "actor": ""})
    form.offer(actions=queries.actions(), actors=queries.actors())
    if not form.validate():
        raise NotFound()
    chosen = {"action": form.action.data, "actor": form.actor.data}
    filters = {name: value for name, value in chosen.items() if value}
    after = request.args.get("after")
    page = queries.entries(
        action=form.action.data or None,
        actor_id=int(form.actor.data) if form.actor.data else None,
        after=after,
    )
    return render_template(
        "audit/log.html",
        form=form,
        entries=page.rows,
        owners=queries.owner_names(page.rows),
        is_filtered=bool(filters),
        first_url=_address(filters) if after else "",
        next_url=_address({**filters, "after": page.next_cursor}) if page.next_cursor else "",
    )


def _address(query: dict[str, str]) -> str:
    return f"/admin/audit?{urlencode(query)}" if query else "/admin/audit"
