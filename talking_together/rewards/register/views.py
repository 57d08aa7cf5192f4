"""The admin's register of gifts: on a page, on paper, as a file."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.core.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_of, xlsx_of
from talking_together.organisations.queries import organisations
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.catalogue.wording import KIND_WORDS
from talking_together.rewards.models import MAX_ID
from talking_together.rewards.policies import may_be_taxed
from talking_together.rewards.register import exports, queries, services
from talking_together.rewards.register.queries import STATES, Filter
from talking_together.rewards.register.wording import STATE_WORDS
from talking_together.rewards.sponsors.queries import sponsor_names
from talking_together.rewards.vouchers.policies import state_of
from talking_together.rewards.vouchers.terms import tax_year_in_words, tax_year_of

PATH = "/admin/rewards/register"
# The years that an address can name.
YEARS = range(2000, 2100)
IDS = range(1, MAX_ID + 1)


@blueprint.get(PATH)
@access("admin")
def register() -> ResponseReturnValue:
    """Show the gifts that a filter leaves, and what they come to."""
    wanted, after, at = _filter_of(request.args), request.args.get("after"), clock.now()
    page = queries.gifts_found(wanted, after=after)
    path = f"{PATH}?{urlencode(wanted.chosen)}"
    return render_template(
        "rewards/register/register.html",
        wanted=wanted,
        gifts=page.rows,
        totals=queries.totals_of(wanted),
        years=_years(),
        organisations=organisations(),
        donors=sponsor_names(),
        states=STATES,
        state_of=lambda gift: state_of(gift, at),
        may_be_taxed=may_be_taxed,
        year_words=tax_year_in_words,
        kind_words=KIND_WORDS,
        state_words=STATE_WORDS,
        at=at,
        next_url=f"{path}&{urlencode({'after': page.next_cursor})}" if page.next_cursor else None,
        previous_url=path if after else None,
    )


@blueprint.get(f"{PATH}/people")
@access("admin")
def people_near_ceiling() -> ResponseReturnValue:
    """Show who is near what their organisation allows in a tax year."""
    wanted = _filter_of(request.args)
    year = wanted.tax_year or tax_year_of(clock.now())
    people = queries.people_near_ceiling(year, organisation_id=wanted.organisation_id)
    return render_template(
        "rewards/register/people.html",
        people=people,
        year=year,
        year_words=tax_year_in_words,
        near=queries.NEAR,
        most=queries.MOST_NEAR,
        later=year + 1 if year < tax_year_of(clock.now()) else None,
    )


@blueprint.post(f"{PATH}/export")
@access("admin")
def export_register() -> ResponseReturnValue:
    """Answer with the gifts that were chosen, as a file, once it is noted who takes it."""
    format, wanted, actor = request.form.get("format", ""), _filter_of(request.form), viewer()
    if format not in exports.FORMATS:
        raise InvalidInput("Choose CSV or XLSX.")
    count = queries.totals_of(wanted).count
    in_transaction(lambda: services.record_export(actor, format=format, chosen=wanted.chosen, gifts=count))
    lines = exports.lines_of(queries.all_gifts(wanted), clock.now())
    name = f"register-of-gifts-{wanted.tax_year or 'all-years'}-{clock.today()}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if format == "xlsx":
        content = xlsx_of("Register of gifts", exports.HEADINGS, lines)
        return Response(content, content_type=XLSX_TYPE, headers=headers)
    content_of = stream_with_context(csv_of(exports.HEADINGS, lines))
    return Response(content_of, content_type=CSV_TYPE, headers=headers)


def _filter_of(given: Mapping[str, str]) -> Filter:
    """Return the filter of an address or a form: what is no choice narrows nothing, no year is this one."""
    year, state = given.get("tax-year", ""), given.get("state", "")
    return Filter(
        tax_year=None if year == "all" else _number_in(year, YEARS) or tax_year_of(clock.now()),
        organisation_id=_number_in(given.get("organisation", ""), IDS),
        sponsor_id=_number_in(given.get("donor", ""), IDS),
        state=state if state in STATES else "",
    )


def _number_in(text: str, allowed: range) -> int | None:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else 0
    return number if number in allowed else None


def _years() -> list[int]:
    this_year = tax_year_of(clock.now())
    return list(range(this_year, (queries.first_tax_year() or this_year) - 1, -1))
