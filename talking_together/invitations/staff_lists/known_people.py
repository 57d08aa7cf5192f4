"""What the database knows of the people of a list: who is a member, invited, or not to be written to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.core.access import SPONSOR
from talking_together.extensions import db
from talking_together.invitations.models import LIVE_STATES, Invitation
from talking_together.invitations.staff_lists.assessing import (
    Assessed,
    Partnership,
    Problem,
    named,
    needing_attention,
)
from talking_together.mail.suppressions import suppressed_among
from talking_together.organisations.models import Organisation, OrganisationDomain, StaffGroup

SUPPRESSED = "Nothing is sent to this address: it declined, bounced, or asked for it"
YOURSELF = "This is you. Another admin can end your access"
WAITING = "Waits for approval. Refuse the person there instead"
AT_DESK = "Serves at a sponsor’s desk with this address. Give their own address"
TWO_PEOPLE = "Staff number: belongs to somebody else than the email address"


def partnership() -> Partnership:
    """Return the organisations, domains and groups that rows are compared with, in three statements."""
    organisations = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.short_name)
    ).all()
    domains = db.session.execute(select(OrganisationDomain.domain, OrganisationDomain.organisation_id))
    groups = db.session.execute(select(StaffGroup.name, StaffGroup.id))
    short_names = [(row.short_name, row.id) for row in organisations]
    return Partnership(
        # A name wins over a short name that another organisation happens to use as well.
        organisations=named([*short_names, *((row.name, row.id) for row in organisations)]),
        domains={row.domain: row.organisation_id for row in domains},
        groups=named((row.name, row.id) for row in groups),
        names={row.id: row.name for row in organisations},
    )


def mark_known_people(chunk: Sequence[Assessed]) -> None:
    """Mark those of the chunk who are members, invited or suppressed, in three statements."""
    new = {row.email: row for row in chunk if row.outcome == "new"}
    if not new:
        return
    for email in suppressed_among(new):
        new[email].outcome, new[email].reason = "suppressed", SUPPRESSED
    invited = db.session.scalars(
        select(Invitation.email).where(Invitation.email.in_(new), Invitation.state.in_(LIVE_STATES))
    )
    for email in invited:
        new[email].outcome, new[email].reason = "already invited", "Has been invited in another phase"
    for member in _members_among(new):
        # As accounts.queries.has_proven: a name that nobody proved keeps no one from being invited.
        is_theirs = member.email is not None or not (member.is_active or member.awaiting_approval)
        for address in {member.email, member.sign_in_name if is_theirs else None} & new.keys():
            if member.role == SPONSOR:
                _hold_back(new[address], AT_DESK, "email")
                continue
            new[address].outcome, new[address].reason = "already a member", "Has joined already"


def mark_leavers(chunk: Sequence[Assessed], *, asked_by: int | None) -> None:
    """Find the members that a chunk of leavers names, and say of each row what will become of it."""
    leaving = [row for row in chunk if row.outcome == "leaving"]
    sought = {name for row in leaving for name in (row.email, row.staff_number) if name}
    members: dict[str, Any] = {}
    for member in _members_among(sought):
        for name in (member.email, member.sign_in_name):
            if name in sought:
                members[name] = member
    first_rows: dict[int, int] = {}
    for row in leaving:
        by_email, by_number = members.get(row.email), members.get(row.staff_number)
        if by_email and by_number and by_email.id != by_number.id:
            _hold_back(row, TWO_PEOPLE, "staff_number")
        elif found := by_email or by_number:
            first = first_rows.setdefault(found.id, row.row)
            _place_leaver(row, found, asked_by)
            if first != row.row:
                # Once by the address, once by the staff number.
                row.outcome, row.reason = "ignored", f"The same person as row {first:,}"
        else:
            row.outcome, row.reason = "not a member", "Nobody here has this address or staff number"


def _place_leaver(row: Assessed, member: Any, asked_by: int | None) -> None:
    row.name = row.name or member.name
    # Whoever waits may be refused, and no list must hold their account back then.
    row.member_id = None if member.awaiting_approval else member.id
    if member.id == asked_by:
        _hold_back(row, YOURSELF, "email")
    elif member.role == SPONSOR:
        _hold_back(row, AT_DESK, "email")
    elif member.awaiting_approval:
        _hold_back(row, WAITING, "email")
    elif not member.is_active:
        row.outcome, row.reason = "has left", "Access has ended already"


def _hold_back(row: Assessed, words: str, field: str) -> None:
    needing_attention(row, Problem(field, words), row.cells or [])


def _members_among(names: Any) -> Sequence[Any]:
    if not names:
        return []
    return db.session.execute(
        select(
            Member.id,
            shown_name(Member).label("name"),
            Member.email,
            Member.sign_in_name,
            Member.role,
            Member.is_active,
            Member.awaiting_approval,
        ).where(or_(Member.email.in_(names), Member.sign_in_name.in_(names)))
    ).all()
