"""The overview of invitations."""

from flask import render_template
from flask.typing import ResponseReturnValue

from talking_together.core.access import access
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.phases.queries import phases
from talking_together.invitations.staff_lists.queries import staff_lists
from talking_together.mail.suppressions import suppressed_count


@blueprint.get("/admin/invitations")
@access("admin")
def overview() -> ResponseReturnValue:
    """Show the phases and the staff lists."""
    return render_template(
        "invitations/overview.html",
        phases=phases(),
        staff_lists=staff_lists(),
        suppressed=suppressed_count(),
    )
