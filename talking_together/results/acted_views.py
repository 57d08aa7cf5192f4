"""The page of the whole partnership: what was said, and what was done about it."""

from urllib.parse import urlencode

from flask import render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.errors import NotFound
from talking_together.results import acted
from talking_together.results.views import blueprint


@blueprint.get("/you-said-we-did")
@access("staff")
def you_said_we_did() -> ResponseReturnValue:
    """Show the ideas that are in progress or done, with the answers, the latest first."""
    status, theme = request.args.get("status") or None, request.args.get("theme") or None
    organisation_id = request.args.get("organisation", type=int)
    if status not in (None, *acted.STATUSES):
        raise NotFound()
    since = acted.beginning_of_counting()
    after = request.args.get("after")
    chosen = {"status": status, "organisation": organisation_id, "theme": theme}
    filters = {name: value for name, value in chosen.items() if value}
    page = acted.acted_on(viewer(), status=status, organisation_id=organisation_id, theme=theme, after=after)
    counts = acted.counts_for(viewer(), since=since)
    return render_template(
        "results/you_said_we_did.html",
        page=page,
        after=after,
        filters=filters,
        choices=acted.choices_for(viewer()),
        numbers=acted.counts_in_words(counts, acted.since_in_words(since)),
        any_at_all=counts.done or counts.in_progress or page.rows,
        previous_url=after and f"/you-said-we-did?{urlencode(filters)}",
        next_url=page.next_cursor and f"/you-said-we-did?{urlencode({**filters, 'after': page.next_cursor})}",
    )
