"""Reads of staff lists."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.invitations.models import (
    JOINING,
    OUTCOMES,
    OUTCOMES_OF,
    StaffList,
    StaffListRow,
)
from talking_together.invitations.staff_lists.assessing import groups_in, name_key, named
from talking_together.invitations.staff_lists.cells import CELLS
from talking_together.mail.addresses import domain_of
from talking_together.organisations.models import StaffGroup

PAGE_SIZE = 50
# How many slips, and how many different cells of groups, are looked at for a page.
MOST_OFFERS = 20
MOST_CELLS = 2_000
# How many of the latest lists the overview shows.
SHOWN = 100


def staff_lists() -> Sequence[Row[Any]]:
    """Return the latest staff lists, newest first, with the name of who uploaded them."""
    statement = (
        select(StaffList.__table__, shown_name(Member).label("uploader"))
        .outerjoin(Member, Member.id == StaffList.uploaded_by)
        .order_by(StaffList.id.desc())
        .limit(SHOWN)
    )
    return db.session.execute(statement).all()


def get_staff_list(list_id: int) -> Row[Any]:
    """Return a staff list with the name of who uploaded it; raises NotFound."""
    row = db.session.execute(
        select(StaffList.__table__, shown_name(Member).label("uploader"))
        .outerjoin(Member, Member.id == StaffList.uploaded_by)
        .where(StaffList.id == list_id)
    ).first()
    if row is None:
        raise NotFound()
    return row


def outcome_counts(list_id: int, kind: str = JOINING) -> dict[str, int]:
    """Return how many rows of a list have each outcome, in the order in which they are shown."""
    counts = db.session.execute(
        select(StaffListRow.outcome, func.count())
        .where(StaffListRow.list_id == list_id)
        .group_by(StaffListRow.outcome)
    )
    found = dict(counts.all())
    return {outcome: found.get(outcome, 0) for outcome in OUTCOMES_OF[kind]}


@dataclass(frozen=True, slots=True)
class Slip:
    """What several rows of a list say that is not quite right, and what may have been meant."""

    field: str
    said: str
    meant: str
    count: int


def slips_in(list_id: int) -> list[Slip]:
    """Return the organisations that are not known and the domains that nearly are, most frequent first."""
    rows = db.session.execute(
        select(
            StaffListRow.field,
            StaffListRow.suggestion,
            func.min(StaffListRow.email).label("email"),
            func.min(StaffListRow.organisation).label("organisation"),
            func.count().label("rows"),
        )
        .where(
            StaffListRow.list_id == list_id,
            StaffListRow.outcome == "needs attention",
            (StaffListRow.suggestion != "")
            | ((StaffListRow.field == "organisation") & (StaffListRow.organisation != "")),
        )
        .group_by(StaffListRow.field, StaffListRow.suggestion, StaffListRow.reason)
        .order_by(func.count().desc(), func.min(StaffListRow.line))
        .limit(MOST_OFFERS)
    )
    return [
        Slip(
            row.field,
            row.organisation if row.field == "organisation" else domain_of(row.email),
            row.suggestion,
            row.rows,
        )
        for row in rows
    ]


def unknown_groups(list_id: int) -> list[tuple[str, int]]:
    """Return the staff groups that a list names and that do not exist, with how many rows name them."""
    cells = db.session.execute(
        select(StaffListRow.groups, func.count())
        .where(
            StaffListRow.list_id == list_id,
            StaffListRow.outcome == "new",
            StaffListRow.field == "groups",
        )
        .group_by(StaffListRow.groups)
        # A group gets the spelling that most rows, or the first of them, have for it.
        .order_by(func.count().desc(), func.min(StaffListRow.line))
        .limit(MOST_CELLS)
    ).all()
    if not cells:
        return []
    known = named((row.name, row.id) for row in db.session.execute(select(StaffGroup.name, StaffGroup.id)))
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for cell, count in cells:
        for name in groups_in(cell):
            if name_key(name) not in known:
                names.setdefault(name_key(name), name)
                counts[name_key(name)] += count
    return [(names[key], count) for key, count in counts.most_common()]


def problem_table(staff_list: Row[Any]) -> tuple[list[str], list[list[str]]]:
    """Return the rows of a list that need attention as they stood in the file, with the reason.

    The headings are the file's own, so that the table can be mended and uploaded again.
    """
    rows = db.session.execute(
        select(StaffListRow.cells, StaffListRow.reason)
        .where(StaffListRow.list_id == staff_list.id, StaffListRow.outcome == "needs attention")
        .order_by(StaffListRow.line)
    ).all()
    width = max((len(staff_list.headings), *(len(row.cells or []) for row in rows)))
    fields = {at: CELLS[name][1] for name, at in staff_list.columns.items() if name in CELLS}
    headings = [
        staff_list.headings[at]
        if at < len(staff_list.headings)
        else fields.get(at, f"Column {column_letters(at)}")
        for at in range(width)
    ]
    # What we wrote beside the rows of an earlier upload.
    own = [at for at in range(width) if headings[at].strip() != "Reason"]
    table = []
    for row in rows:
        cells = [*(row.cells or []), *[""] * width]
        table.append([*(cells[at] for at in own), row.reason])
    return [*(headings[at] for at in own), "Reason"], table


def column_letters(at: int) -> str:
    """Return what a spreadsheet calls a column, "A" for the first."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def list_rows(list_id: int, *, outcome: str | None, after: str | None) -> Page:
    """Return a page of a list's rows in the order of the file, of one outcome or of all."""
    if outcome is not None and outcome not in OUTCOMES:
        raise NotFound()
    statement = select(StaffListRow.__table__).where(StaffListRow.list_id == list_id)
    if outcome:
        statement = statement.where(StaffListRow.outcome == outcome)
    if cursor := decode_cursor(after, [int]):
        statement = statement.where(StaffListRow.line > cursor[0])
    rows = db.session.execute(statement.order_by(StaffListRow.line).limit(PAGE_SIZE + 1)).all()
    return page_of(rows, PAGE_SIZE, lambda row: encode_cursor(row.line))


def names_of_members(rows: Sequence[Any]) -> dict[int, str]:
    """Return the names of the members that rows were found to be, by their ids."""
    ids = [row.member_id for row in rows if row.member_id is not None]
    if not ids:
        return {}
    found = db.session.execute(select(Member.id, shown_name(Member)).where(Member.id.in_(ids)))
    return dict(found.all())


def cell_of(staff_list: Row[Any], row: Any) -> str:
    """Return what a spreadsheet calls the cell that a row needs attention for, such as "B12"."""
    line = getattr(row, "line", None) or row.row
    names = ("name", "first_name", "last_name") if row.field == "name" else (row.field,)
    at = next((staff_list.columns[name] for name in names if name in staff_list.columns), None)
    return "" if at is None else f"{column_letters(at)}{line}"
