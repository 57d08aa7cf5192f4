"""A sponsor's desk: a code, what it is the code of, and marking it as used."""

from flask import Response, flash, redirect, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from talking_together.core import clock
from talking_together.core.access import SPONSOR, access, viewer
from talking_together.core.commits import commits, in_transaction
from talking_together.core.errors import InvalidInput, TalkingTogetherError
from talking_together.core.spreadsheets import CSV_TYPE, csv_of
from talking_together.extensions import limiter
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.desk import queries, services
from talking_together.rewards.desk.forms import CodeForm
from talking_together.rewards.desk.months import Month, month_named
from talking_together.rewards.desk.policies import can_take_back
from talking_together.rewards.vouchers.codes import shown_code
from talking_together.rewards.vouchers.policies import last_day_of, state_of
from talking_together.rewards.vouchers.refusals import NotUsable, UnknownCode
from talking_together.rewards.vouchers.using import undo_use, use_voucher

# More than anybody scans, and far too few to guess one of 2 to the power of 80.
SCANS = "60 per minute"
TOO_MANY = "Too many wrong codes. Wait 15 minutes, or ask the person for the QR code"
HEADINGS = ("Used", "Reward", "Kind", "Face value in pounds", "Your own code", "Voucher code", "Marked by")
KINDS = {"redeem": "Voucher", "draw": "Prize", "team": "Team prize", "gift": "Gift"}


def _who() -> str:
    return f"desk {viewer().id}" if viewer().is_authenticated else get_remote_address()


@blueprint.get("/desk")
@access(SPONSOR)
def desk() -> ResponseReturnValue:
    """Ask for the code of a voucher."""
    return _desk_page(CodeForm(formdata=None))


@blueprint.post("/desk")
@access(SPONSOR)
def look_up() -> ResponseReturnValue:
    """Lead from a code to what it is the code of; wrong ones are counted, whoever types them."""
    form, member = CodeForm(), viewer()
    if not form.validate():
        return _desk_page(form), 400
    if not in_transaction(lambda: services.count_code(member)):
        form.add_error("code", TOO_MANY)
        return _desk_page(form), 429
    try:
        voucher = queries.get_voucher(queries.get_desk(member.id), form.code.data or "")
    except (InvalidInput, UnknownCode, NotUsable) as error:
        form.add_error("code", error.message)
        return _desk_page(form), 400
    in_transaction(lambda: services.forgive_codes(member))
    return redirect(f"/desk/vouchers/{shown_code(voucher.code)}", 303)


@blueprint.get("/desk/vouchers/<code>")
@limiter.limit(SCANS, key_func=_who)
@access("staff", desk=True)
def voucher_at_desk(code: str) -> ResponseReturnValue:
    """Show the voucher that a QR code leads to; to anybody but a desk only what to do with it."""
    if not viewer().serves_at_desk:
        return render_template("rewards/desk/for_the_desk.html")
    return _at_desk(code)


@blueprint.post("/desk/vouchers/<code>")
@access(SPONSOR)
@commits
def mark_used(code: str) -> ResponseReturnValue:
    """Mark a voucher as used, once."""
    try:
        voucher = use_voucher(viewer(), code=code)
    except NotUsable as error:
        return _at_desk(code, problem=error.message)
    return redirect(f"/desk/vouchers/{shown_code(voucher.code)}/done", 303)


@blueprint.get("/desk/vouchers/<code>/done")
@access(SPONSOR)
def marked_used(code: str) -> ResponseReturnValue:
    """Say in large letters that a voucher is marked as used now."""
    voucher = queries.get_voucher(queries.get_desk(viewer().id), code)
    if not can_take_back(voucher, clock.now()):
        return redirect(f"/desk/vouchers/{shown_code(voucher.code)}")
    return render_template("rewards/desk/done.html", voucher=voucher, code=shown_code(voucher.code))


@blueprint.post("/desk/vouchers/<code>/take-back")
@access(SPONSOR)
@commits
def take_back_use(code: str) -> ResponseReturnValue:
    """Take back that the wrong voucher was marked."""
    voucher = queries.get_voucher(queries.get_desk(viewer().id), code)
    try:
        undo_use(viewer(), voucher_id=voucher.id)
    except NotUsable as error:
        return _at_desk(code, problem=error.message, too_late=True)
    flash("Not marked as used any more", "success")
    return redirect(f"/desk/vouchers/{shown_code(voucher.code)}", 303)


@blueprint.get("/desk/used")
@access(SPONSOR)
def used_vouchers() -> ResponseReturnValue:
    """Show what was used in a month, for the accounts."""
    sponsor, month, after = queries.get_desk(viewer().id), _month(), request.args.get("after")
    page, first = queries.used_in(sponsor.id, month, after=after), queries.first_used_at(sponsor.id)
    path = f"/desk/used?month={month.key}"
    return render_template(
        "rewards/desk/used.html",
        sponsor=sponsor,
        month=month,
        totals=queries.used_totals(sponsor.id, month),
        rows=page.rows,
        kinds=KINDS,
        shown_code=shown_code,
        earlier=month.previous if first and first < month.starts_at else None,
        later=month.next if month.next.starts_at <= clock.now() else None,
        next_url=f"{path}&after={page.next_cursor}" if page.next_cursor else None,
        previous_url=path if after else None,
    )


@blueprint.post("/desk/used/export")
@access(SPONSOR)
def export_used() -> ResponseReturnValue:
    """Answer with a month's used vouchers as a file, once it is noted who takes it."""
    member, month = viewer(), month_named(request.form.get("month"))
    sponsor = queries.get_desk(member.id)
    count = queries.used_totals(sponsor.id, month).count
    in_transaction(lambda: services.record_export(member, sponsor=sponsor, month=month, count=count))
    lines = (
        (
            row.used_at,
            row.reward_title,
            KINDS[row.kind],
            row.face_value_pence / 100,
            row.sponsor_code,
            shown_code(row.code),
            row.used_by,
        )
        for row in queries.all_used_in(sponsor.id, month)
    )
    headers = {"Content-Disposition": f'attachment; filename="used-vouchers-{month.key}.csv"'}
    return Response(stream_with_context(csv_of(HEADINGS, lines)), content_type=CSV_TYPE, headers=headers)


def _desk_page(form: CodeForm) -> str:
    return render_template("rewards/desk/desk.html", form=form, sponsor=queries.get_desk(viewer().id))


def _at_desk(code: str, problem: str = "", *, too_late: bool = False) -> ResponseReturnValue:
    """Answer with the page of the voucher with a code, or ask for it again, saying what is wrong."""
    try:
        voucher = queries.get_voucher(queries.get_desk(viewer().id), code)
    except TalkingTogetherError as error:
        form = CodeForm(formdata=None, code=code[:300])
        form.add_error("code", error.message)
        return _desk_page(form), 404
    at = clock.now()
    page = render_template(
        "rewards/desk/voucher.html",
        voucher=voucher,
        problem=problem,
        too_late=too_late,
        state=state_of(voucher, at),
        last_day=last_day_of(voucher),
        can_take_back=can_take_back(voucher, at),
        code=shown_code(voucher.code),
        kinds=KINDS,
    )
    return page, 409 if problem else 200


def _month() -> Month:
    return month_named(request.args.get("month"))
