"""Admin pages for the rules of points."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.database import one_snapshot
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.formatting import moment
from talking_together.point_rules import queries, services
from talking_together.point_rules.forms import WINDOWS, RuleForm
from talking_together.point_rules.queries import RuleNow, Version, rule_path
from talking_together.point_rules.simulation import Figures, Terms, try_rule
from talking_together.points.models import PointRuleVersion
from talking_together.points.rules import ONCE

blueprint = Blueprint("point_rules", __name__)


@blueprint.get("/points/rules")
@access("staff")
def explained() -> ResponseReturnValue:
    """Tell members what earns points now, what is planned, and how it is counted."""
    return render_template("point_rules/explained.html", rules=queries.rules_now())


@blueprint.get("/admin/points")
@access("admin")
def rules() -> ResponseReturnValue:
    """Show what each event earns, since when, and what is planned."""
    return render_template("point_rules/rules.html", rules=queries.rules_now())


@blueprint.route("/admin/points/<event_name>", methods=["GET", "POST"])
@access("admin")
@commits
def rule(event_name: str) -> ResponseReturnValue:
    """Show a rule with its history; try other values on it, or give it a new version."""
    event = queries.get_event(event_name)
    found, versions = queries.rule_of(event)
    form = RuleForm(data=_values(found, versions))
    is_valid = form.validate_on_submit()
    if request.method == "GET":
        return _page(found, versions, form)
    if "try" in request.form:
        form.forgive_no_reason()
        figures = None if form.errors else _tried(found, form)
        return _page(found, versions, form, figures=figures), 422 if form.errors else 200
    if not is_valid:
        return _page(found, versions, form), 422
    try:
        changed = services.change_rule(viewer(), event=event, **_wanted(form))
    except services.RuleChangedMeanwhile:
        found, versions = queries.rule_of(event)
        form.seen.data = str(versions[0].version)
        return _page(found, versions, form, overtaken_by=versions[0]), 409
    except InvalidInput as error:
        form.add_error(error.field, error.message)
        return _page(found, versions, form), 422
    flash(_said(changed), "success")
    return redirect(rule_path(event), 303)


@blueprint.post("/admin/points/<event_name>/versions/<int:version>/withdraw")
@access("admin")
@commits
def withdraw(event_name: str, version: int) -> ResponseReturnValue:
    """Withdraw a change that was planned."""
    event = queries.get_event(event_name)
    try:
        services.withdraw_version(viewer(), event=event, version=version)
    except Conflict as error:
        flash(error.message, "error")
    else:
        flash(f"The change to rule {version} was withdrawn", "success")
    return redirect(rule_path(event), 303)


def _page(
    rule: RuleNow,
    versions: list[Version],
    form: RuleForm,
    *,
    figures: Figures | None = None,
    overtaken_by: Version | None = None,
) -> str:
    return render_template(
        "point_rules/rule.html",
        rule=rule,
        versions=versions,
        form=form,
        figures=figures,
        window=WINDOWS.get(form.window.data, "").lower(),
        overtaken_by=overtaken_by,
        is_once=rule.event in ONCE,
        shown=queries.SHOWN,
    )


def _values(rule: RuleNow, versions: list[Version]) -> dict[str, Any]:
    now = rule.current
    return {
        "points": now.points,
        "daily_cap": now.daily_cap,
        "is_on": now.is_on,
        "seen": str(versions[0].version),
    }


def _wanted(form: RuleForm) -> dict[str, Any]:
    return {
        "points": form.points.data,
        "daily_cap": form.daily_cap.data,
        "is_on": form.is_on.data,
        "starts_at": form.starts_at.moment,
        "reason": form.reason.data,
        "seen": form.seen_version,
    }


def _tried(rule: RuleNow, form: RuleForm) -> Figures:
    now = rule.current
    # A year of millions of facts takes seconds, in which nobody who votes waits for it.
    with one_snapshot():
        return try_rule(
            rule.event,
            Terms(form.points.data or 0, form.daily_cap.data, form.is_on.data),
            Terms(now.points, now.daily_cap, now.is_on),
            days=form.window.data,
        )


def _said(version: PointRuleVersion) -> str:
    if version.starts_at <= clock.now():
        return f"Saved as rule {version.version}, in force from now on"
    return f"Saved as rule {version.version}, in force from {moment(version.starts_at)}"
