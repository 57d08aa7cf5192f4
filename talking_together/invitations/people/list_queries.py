"""Reads of the people of one phase or of all: by state, organisation and group, found by name or address.

Of who has left and asked to be shown as a former colleague, nothing here tells who they are, not even
that a search for their name finds something.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, func, or_, select

from talking_together.accounts.models import Member
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.invitations.models import INVITATION_STATES, Invitation, Phase
from talking_together.organisations.models import Organisation

PAGE_SIZE = 50
MAX_SEARCH = 100
# So many at a time an export reads, so that no statement holds the database up.
BATCH = 2_000

_IS_FORMER = func.coalesce(Member.shown_as_former, False)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list of people is narrowed by; empty values narrow nothing."""

    phase_id: int | None = None
    state: str = ""
    organisation_id: int | None = None
    group_id: int | None = None
    text: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        """Return what narrows the list, as an address or a form carries it."""
        values = {
            "q": self.text,
            "state": self.state,
            "organisation": self.organisation_id,
            "group": self.group_id,
            "phase": self.phase_id,
        }
        return {name: str(value) for name, value in values.items() if value}


def people_found(wanted: Filter, *, after: str | None) -> Page:
    """Return a page of people in the order in which they were invited."""
    cursor = decode_cursor(after, (int,))
    rows = db.session.execute(people_statement(wanted, after=cursor[0] if cursor else 0, size=PAGE_SIZE + 1))
    return page_of(rows.all(), PAGE_SIZE, lambda row: encode_cursor(row.id))


def everybody_found(wanted: Filter) -> Iterator[Any]:
    """Yield the row of every person found, read a batch at a time."""
    last = 0
    while rows := db.session.execute(people_statement(wanted, after=last, size=BATCH)).all():
        yield from rows
        last = rows[-1].id


def people_statement(wanted: Filter, *, after: int, size: int) -> Any:
    """Return the statement behind the list."""
    statement = (
        select(
            Invitation.id,
            Invitation.email,
            Invitation.name,
            Invitation.job_title,
            Invitation.organisation_id,
            Invitation.group_ids,
            Invitation.phase_id,
            Invitation.state,
            Invitation.last_answer,
            Invitation.sent_at,
            Invitation.joined_at,
            Invitation.expires_at,
            Invitation.reminders,
            Organisation.name.label("organisation_name"),
            Organisation.short_name.label("organisation_short_name"),
            Phase.name.label("phase_name"),
            _IS_FORMER.label("is_former"),
        )
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .join(Phase, Phase.id == Invitation.phase_id)
        .outerjoin(Member, Member.id == Invitation.member_id)
        .where(Invitation.id > after)
        .order_by(Invitation.id)
        .limit(size)
    )
    if wanted.state:
        statement = statement.where(Invitation.state == wanted.state)
    return statement.where(*_conditions(wanted))


def counts_by_state(wanted: Filter) -> dict[str, int]:
    """Return how many people stand in each state, whatever state is wanted, in the order of states."""
    statement = (
        select(Invitation.state, func.count())
        .outerjoin(Member, Member.id == Invitation.member_id)
        .where(*_conditions(wanted))
        .group_by(Invitation.state)
    )
    counts: dict[str, int] = dict(db.session.execute(statement).all())
    return {state: counts[state] for state in INVITATION_STATES if state in counts}


def phase_names() -> Sequence[Any]:
    """Return id and name of every phase, newest first."""
    return db.session.execute(select(Phase.id, Phase.name).order_by(Phase.id.desc())).all()


def _conditions(wanted: Filter) -> list[Any]:
    conditions: list[Any] = []
    if wanted.phase_id is not None:
        conditions.append(Invitation.phase_id == wanted.phase_id)
    if wanted.organisation_id is not None:
        conditions.append(Invitation.organisation_id == wanted.organisation_id)
    if wanted.group_id is not None:
        conditions.append(_group_list().contains(f",{wanted.group_id},"))
    if words := wanted.text.strip()[:MAX_SEARCH]:
        conditions.append(
            or_(*(column.icontains(words, autoescape=True) for column in (Invitation.name, Invitation.email)))
        )
    if wanted.organisation_id is not None or wanted.group_id is not None or wanted.text.strip():
        conditions.append(_IS_FORMER.is_(False))
    return conditions


def _group_list() -> Any:
    """Return the ids of an invitation's groups as ",1,2,", which both databases can search."""
    text: Any = cast(Invitation.group_ids, Text)
    for character, other in ((" ", ""), ("[", ","), ("]", ",")):
        text = func.replace(text, character, other)
    return text
