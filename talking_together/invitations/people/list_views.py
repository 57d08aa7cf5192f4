"""Admin pages: the people of one phase or of all, and the list as a file."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.addresses import slug_of
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.core.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_of, xlsx_of
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.models import INVITATION_STATES
from talking_together.invitations.people import exporting, list_queries
from talking_together.invitations.people.list_queries import MAX_SEARCH, Filter
from talking_together.invitations.phases.queries import get_phase
from talking_together.organisations.queries import organisations, staff_groups


@blueprint.get("/admin/invitations/people")
@access("admin")
def people() -> ResponseReturnValue:
    """Show the people of all phases."""
    return _page("/admin/invitations/people", _filter_of(request.args), phase=None)


@blueprint.get("/admin/invitations/phases/<int:phase_id>/people")
@access("admin")
def people_of_phase(phase_id: int) -> ResponseReturnValue:
    """Show the people of one phase."""
    wanted = _filter_of({**request.args.to_dict(), "phase": str(phase_id)})
    return _page(f"/admin/invitations/phases/{phase_id}/people", wanted, phase=get_phase(phase_id))


@blueprint.post("/admin/invitations/people/export")
@access("admin")
def export_people() -> ResponseReturnValue:
    """Answer with the people that were chosen, as a file, once it is noted who takes it."""
    format, wanted = request.form.get("format", ""), _filter_of(request.form)
    if format not in exporting.FORMATS:
        raise InvalidInput("Choose CSV or XLSX.")
    phase = get_phase(wanted.phase_id) if wanted.phase_id is not None else None
    counts = list_queries.counts_by_state(wanted)
    found = counts.get(wanted.state, 0) if wanted.state else sum(counts.values())
    actor = viewer()
    in_transaction(
        lambda: exporting.record_export(actor, format=format, phase=phase, chosen=wanted.chosen, people=found)
    )
    groups = {each.id: each.name for each in staff_groups()}
    lines = exporting.lines_of(list_queries.everybody_found(wanted), groups)
    name = f"people-{slug_of(phase.name) if phase else 'all-phases'}-{clock.today()}.{format}"
    return _file(format, name, lines)


def _file(format: str, name: str, lines: Any) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if format == "xlsx":
        content = xlsx_of("People", exporting.HEADINGS, lines)
        return Response(content, content_type=XLSX_TYPE, headers=headers)
    return Response(
        stream_with_context(csv_of(exporting.HEADINGS, lines)), content_type=CSV_TYPE, headers=headers
    )


def _page(path: str, wanted: Filter, *, phase: Any | None) -> str:
    after = request.args.get("after")
    found = list_queries.people_found(wanted, after=after)
    kept = {name: value for name, value in wanted.chosen.items() if not (phase and name == "phase")}
    counts = list_queries.counts_by_state(wanted)
    return render_template(
        "invitations/people/list.html",
        path=path,
        phase=phase,
        wanted=wanted,
        found=found.rows,
        counts=counts,
        total=sum(counts.values()),
        states={state: _address(path, {**kept, "state": state}) for state in counts},
        all_states_url=_address(path, {key: value for key, value in kept.items() if key != "state"}),
        organisations=organisations(),
        groups=staff_groups(),
        phases=[] if phase else list_queries.phase_names(),
        next_url=_address(path, {**kept, "after": found.next_cursor}) if found.next_cursor else None,
        previous_url=_address(path, kept) if after else None,
        max_search=MAX_SEARCH,
    )


def _address(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _filter_of(values: Mapping[str, str]) -> Filter:
    state = values.get("state", "")
    return Filter(
        phase_id=_id_of(values.get("phase")),
        state=state if state in INVITATION_STATES else "",
        organisation_id=_id_of(values.get("organisation")),
        group_id=_id_of(values.get("group")),
        text="".join(filter(str.isprintable, values.get("q", "")))[:MAX_SEARCH].strip(),
    )


# The largest id that these tables can give.
_LARGEST_ID = 2**31 - 1


def _id_of(text: str | None) -> int | None:
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < 20
    return min(int(text), _LARGEST_ID) if is_number and text else None
