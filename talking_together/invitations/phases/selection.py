"""Whom a phase invites, and who is left out and why: what its page shows and its start does."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, literal, select
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import is_former
from talking_together.accounts.models import Member
from talking_together.accounts.queries import has_proven
from talking_together.extensions import db
from talking_together.invitations.models import JOINING, LIVE_STATES, Invitation, StaffList, StaffListRow
from talking_together.invitations.staff_lists.assessing import known_groups, named
from talking_together.mail.models import SuppressedAddress
from talking_together.organisations.models import Organisation, StaffGroup

# Why people are left out, in the order in which a page lists them.
REASONS = {
    "already a member": "Has joined already",
    "already invited": "Holds an invitation of another phase",
    "declined": "Said “Not for me”",
    "suppressed": "Suppressed address: nothing is sent to it",
    "revoked": "Invitation revoked by an admin",
    "needs attention": "Needs attention on the staff list",
    "ignored": "Ignored on the staff list: empty, or an address given twice",
}
# Reasons of a row of the list, not of an address.
OF_ROWS = ("needs attention", "ignored")
# What an upload called a row may have changed since, so these are asked anew.
ASKED_ANEW = ("new", "already invited", "already a member", "suppressed")
# How many of those who match a search a page shows.
SHOWN = 20
# Why an unsent invitation is revoked when its phase is stopped.
STOPPED = "The phase was stopped"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a phase may invite."""

    email: str
    name: str
    job_title: str
    organisation_id: int
    organisation_name: str
    group_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody whom a phase does not invite, with the key of the reason."""

    email: str
    name: str
    reason: str


@dataclass(slots=True)
class Selection:
    """The people of a phase as they are now."""

    people: list[Person] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def by_organisation(self) -> list[tuple[str, int]]:
        """Return how many are invited of each organisation, most first."""
        return Counter(person.organisation_name for person in self.people).most_common()

    def reasons(self) -> dict[str, list[LeftOut]]:
        """Return who is left out by each reason, in the order of REASONS."""
        found: dict[str, list[LeftOut]] = {reason: [] for reason in REASONS}
        for person in self.left_out:
            found[person.reason].append(person)
        return {reason: people for reason, people in found.items() if people}


def selection_of(phase: Any) -> Selection:
    """Return whom a draft phase would invite if it were started now, in a fixed number of statements."""
    selection = Selection()
    seen: set[str] = set()
    for row, group_ids in _candidates(phase):
        if row.reason not in OF_ROWS:
            # On several lists: the newest says who they are.
            if row.email in seen:
                continue
            seen.add(row.email)
        if not _is_chosen(phase, row.organisation_id, group_ids):
            continue
        if row.reason:
            selection.left_out.append(LeftOut(row.email, row.name, row.reason))
        else:
            selection.people.append(_person(row, group_ids))
    return selection


def people_like(phase: Any, search: str) -> list[Person]:
    """Return the first people of a phase whose name or address holds the words, to preview as."""
    words = " ".join(search.casefold().split())
    if phase.state == "draft":
        found: Iterable[Person] = selection_of(phase).people
    else:
        found = (_person(row, tuple(row.group_ids)) for row in db.session.execute(_invited(phase)))
    return list(islice((person for person in found if _is_like(person, words)), SHOWN))


def is_member(email: Any) -> ColumnElement[bool]:
    """Return the condition that an address belongs to a member."""
    return select(Member.id).where(has_proven(email)).exists()


def is_suppressed(email: Any) -> ColumnElement[bool]:
    """Return the condition that nothing is sent to an address."""
    return select(SuppressedAddress.id).where(SuppressedAddress.address == email).exists()


def has_invitation(email: Any, *conditions: ColumnElement[bool], other: Any) -> ColumnElement[bool]:
    """Return the condition that an address holds an invitation that meets the conditions."""
    return select(other.id).where(other.email == email, *conditions).exists()


def is_live_elsewhere(email: Any, phase: Any, other: Any) -> ColumnElement[bool]:
    """Return the condition that an address is invited by another phase.

    Who has not joined from a phase is invited anew, unless a later phase has done so already.
    """
    elsewhere = [other.phase_id != phase.id, other.state.in_(LIVE_STATES)]
    if phase.not_joined_from is not None:
        elsewhere.append(other.phase_id > phase.not_joined_from)
    return has_invitation(email, *elsewhere, other=other)


def _person(row: Any, group_ids: tuple[int, ...]) -> Person:
    return Person(row.email, row.name, row.job_title, row.organisation_id, row.organisation_name, group_ids)


def _is_like(person: Person, words: str) -> bool:
    return words in person.email or words in person.name.casefold()


def _candidates(phase: Any) -> Iterator[tuple[Any, tuple[int, ...]]]:
    if phase.source == "choice" and phase.not_joined_from is not None:
        for row in db.session.execute(_not_joined(phase)):
            yield row, tuple(row.group_ids)
        return
    groups = named((row.name, row.id) for row in db.session.execute(_GROUPS))
    for row in db.session.execute(_of_lists(phase)):
        yield row, tuple(known_groups(row.groups, groups)) if row.groups else ()


def _is_chosen(phase: Any, organisation_id: int, group_ids: tuple[int, ...]) -> bool:
    """Return whether a phase's choice takes somebody: of an organisation or of a group that it names."""
    if phase.source == "list" or not (phase.organisation_ids or phase.group_ids):
        return True
    return organisation_id in phase.organisation_ids or not set(phase.group_ids).isdisjoint(group_ids)


_GROUPS = select(StaffGroup.name, StaffGroup.id)


def _of_lists(phase: Any) -> Any:
    """Return the rows of the phase's list, or those of all lists, newest first, for a choice."""
    row = StaffListRow
    on_list = row.outcome if phase.source == "list" else literal("", String)
    reason = case(
        (row.outcome.not_in(ASKED_ANEW), on_list),
        *_known(row.email, phase),
        else_="",
    )
    statement = select(
        row.email,
        row.name,
        row.job_title,
        row.groups,
        row.organisation_id,
        Organisation.name.label("organisation_name"),
        reason.label("reason"),
    ).outerjoin(Organisation, Organisation.id == row.organisation_id)
    if phase.source == "list":
        return statement.where(row.list_id == phase.list_id).order_by(row.line)
    of_lists = and_(StaffList.id == row.list_id, StaffList.kind == JOINING, StaffList.state == "read")
    usable = and_(row.outcome.in_(ASKED_ANEW), row.organisation_id.is_not(None))
    return statement.join(StaffList, of_lists).where(usable).order_by(row.id.desc())


def _not_joined(phase: Any) -> Any:
    """Return the people of an earlier phase who have not joined."""
    still_to_be_sent = Invitation.state.in_(("draft", "queued", "sending"))
    revoked = and_(Invitation.state == "revoked", Invitation.last_answer != STOPPED)
    reason = case(
        *_known(Invitation.email, phase),
        (still_to_be_sent, "already invited"),
        (revoked, "revoked"),
        else_="",
    )
    return (
        select(
            Invitation.email,
            Invitation.name,
            Invitation.job_title,
            Invitation.group_ids,
            Invitation.organisation_id,
            Organisation.name.label("organisation_name"),
            reason.label("reason"),
        )
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(
            Invitation.phase_id == phase.not_joined_from,
            Invitation.state.not_in(("joined", "already a member")),
        )
        .order_by(Invitation.id)
    )


def _invited(phase: Any) -> Any:
    return (
        select(Invitation.__table__, Organisation.name.label("organisation_name"))
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(Invitation.phase_id == phase.id, ~is_former(Invitation.member_id))
        .order_by(Invitation.id)
    )


def _known(email: Any, phase: Any) -> list[tuple[ColumnElement[bool], Any]]:
    """Return what may be known of an address, first reason first."""
    other = aliased(Invitation)
    # Until an admin lifts the address: then it can be invited like any other.
    declined = and_(is_suppressed(email), has_invitation(email, other.state == "declined", other=other))
    return [
        (is_member(email), literal("already a member", String)),
        (declined, literal("declined", String)),
        (is_suppressed(email), literal("suppressed", String)),
        (is_live_elsewhere(email, phase, aliased(Invitation)), literal("already invited", String)),
    ]
