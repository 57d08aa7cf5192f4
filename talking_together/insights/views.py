"""Participation: how far the invited have come, for admins."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.addresses import slug_of
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.core.spreadsheets import CSV_TYPE, csv_of
from talking_together.insights import exports, queries, services
from talking_together.insights.chart import chart_of, words_of
from talking_together.insights.days import Day, changed, days_of_all, days_of_phase
from talking_together.insights.forms import ExportForm
from talking_together.insights.participation import (
    ACTIVITY,
    STEP_WORDS,
    Census,
    Tables,
    tables_of_all,
    tables_of_phase,
)
from talking_together.insights.pieces import LEAST_GROUP

blueprint = Blueprint("insights", __name__)

WIDE = {"width": 760, "height": 340, "dates": 5}
# For a phone, where the wide one's words would be too small.
NARROW = {"width": 358, "height": 340, "dates": 2}


@dataclass(frozen=True, slots=True)
class _Participation:
    phase: Any | None
    phases: Any
    tables: Tables
    days: list[Day]


@blueprint.get("/admin/participation")
@access("admin")
def participation() -> ResponseReturnValue:
    """Show how far the people of all phases have come."""
    return _page(_participation(None))


@blueprint.get("/admin/participation/phases/<int:phase_id>")
@access("admin")
def participation_of_phase(phase_id: int) -> ResponseReturnValue:
    """Show how far the people of one phase have come."""
    return _page(_participation(phase_id))


@blueprint.post("/admin/participation/export")
@access("admin")
@commits
def export_participation() -> ResponseReturnValue:
    """Answer with the figures or the days of the page as a CSV file, and note who took it."""
    form = ExportForm()
    if not form.validate():
        raise InvalidInput("Choose the figures or the days of the page of participation.")
    found = _participation(form.phase.data)
    services.record_export(viewer(), what=form.what.data, phase=found.phase)
    if form.what.data == "days":
        lines = csv_of(exports.DAYS_HEADINGS, exports.days_of(found.days))
    else:
        lines = csv_of(exports.FIGURES_HEADINGS, exports.figures_of(found.tables))
    whose = f"{slug_of(found.phase.name)}-" if found.phase else ""
    name = f"participation-{whose}{form.what.data}-{clock.today()}.csv"
    return Response(
        b"".join(lines),
        content_type=CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _participation(phase_id: int | None) -> _Participation:
    phases = queries.phases_started()
    phase = queries.get_phase(phase_id) if phase_id is not None else None
    census = Census(queries.invited_cells(), queries.joined_by_code_cells())
    names = (queries.headcounts(), queries.group_names())
    steps = queries.steps_by_day(phase_id)
    if phase is None:
        return _Participation(None, phases, tables_of_all(census, phases, *names), days_of_all(census, steps))
    return _Participation(
        phase, phases, tables_of_phase(census, phase, *names), days_of_phase(census, steps, phase.id)
    )


def _page(found: _Participation) -> str:
    return render_template(
        "insights/participation.html",
        phase=found.phase,
        phases=found.phases,
        tables=found.tables,
        days=changed(found.days),
        charts=[("wide", chart_of(found.days, **WIDE)), ("narrow", chart_of(found.days, **NARROW))],
        steps=STEP_WORDS,
        activity=ACTIVITY,
        words_of=words_of,
        least_group=LEAST_GROUP,
    )
