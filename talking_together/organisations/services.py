"""Writes of organisations and staff groups, by admins."""

import re
from collections.abc import Iterable

from sqlalchemy import delete, func, select

from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.access import Actor, ensure_role
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.organisations.colours import check_colour
from talking_together.organisations.models import Organisation, OrganisationDomain, StaffGroup
from talking_together.organisations.queries import domains_of, get_organisation, get_staff_group

DOMAIN = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def domains_in(text: str) -> list[str]:
    """Return the email domains written one a line or between commas.

    Raises InvalidInput on `domains`, naming the first that is not a domain.
    """
    found: dict[str, None] = {}
    for word in re.split(r"[\s,;]+", text.lower()):
        domain = word.removeprefix("@").strip(".")
        if not domain:
            continue
        if not DOMAIN.fullmatch(domain):
            raise InvalidInput(f"“{word[:60]}” is not an email domain, like trust.example", field="domains")
        found[domain] = None
    return list(found)


def add_organisation(
    actor: Actor | None, *, name: str, short_name: str, colour: str, headcount: int, domains: Iterable[str]
) -> Organisation:
    """Add a partner; InvalidInput names the field that stands in the way."""
    if actor is not None:
        ensure_role(actor, "admin")
    _refuse_taken_names(name, short_name, None)
    organisation = Organisation(
        name=name,
        short_name=short_name,
        colour=check_colour(colour),
        headcount=headcount,
        created_at=clock.now(),
    )
    db.session.add(organisation)
    db.session.flush()  # its domains and its log entry need the id
    _set_domains(organisation, list(domains))
    _log(actor, "organisation added", organisation)
    return organisation


def change_organisation(
    actor: Actor,
    *,
    organisation_id: int,
    name: str,
    short_name: str,
    colour: str,
    headcount: int,
    domains: Iterable[str],
) -> Organisation:
    """Change a partner; InvalidInput names the field that stands in the way."""
    ensure_role(actor, "admin")
    organisation = get_organisation(organisation_id)
    _refuse_taken_names(name, short_name, organisation_id)
    organisation.name, organisation.short_name = name, short_name
    organisation.colour, organisation.headcount = check_colour(colour), headcount
    _set_domains(organisation, list(domains))
    _log(actor, "organisation changed", organisation)
    return organisation


def add_staff_group(actor: Actor | None, *, name: str, organisation_id: int | None) -> StaffGroup:
    """Add a staff group, across partners when it has no organisation."""
    if actor is not None:
        ensure_role(actor, "admin")
    _refuse_taken_group_name(name, None)
    group = StaffGroup(name=name, organisation_id=organisation_id, created_at=clock.now())
    db.session.add(group)
    db.session.flush()  # its log entry needs the id
    _log_group(actor, "staff group added", group)
    return group


def change_staff_group(actor: Actor, *, group_id: int, name: str, organisation_id: int | None) -> StaffGroup:
    """Rename a staff group or move it to another organisation."""
    ensure_role(actor, "admin")
    group = get_staff_group(group_id)
    _refuse_taken_group_name(name, group_id)
    group.name, group.organisation_id = name, organisation_id
    _log_group(actor, "staff group changed", group)
    return group


def _set_domains(organisation: Organisation, domains: list[str]) -> None:
    taken = db.session.execute(
        select(OrganisationDomain.domain, Organisation.name)
        .join(Organisation)
        .where(OrganisationDomain.domain.in_(domains), Organisation.id != organisation.id)
    ).first()
    if taken:
        raise InvalidInput(f"{taken.domain} belongs to {taken.name} already", field="domains")
    if set(domains_of(organisation.id)) == set(domains):
        return
    db.session.execute(
        delete(OrganisationDomain).where(OrganisationDomain.organisation_id == organisation.id)
    )
    db.session.add_all(
        OrganisationDomain(domain=domain, organisation_id=organisation.id) for domain in domains
    )


def _refuse_taken_names(name: str, short_name: str, own_id: int | None) -> None:
    for field, column, value in (
        ("name", Organisation.name, name),
        ("short_name", Organisation.short_name, short_name),
    ):
        found = db.session.scalar(select(Organisation.id).where(func.lower(column) == func.lower(value)))
        if found is not None and found != own_id:
            raise InvalidInput("Another organisation has this name", field=field)


def _refuse_taken_group_name(name: str, own_id: int | None) -> None:
    found = db.session.scalar(select(StaffGroup.id).where(func.lower(StaffGroup.name) == func.lower(name)))
    if found is not None and found != own_id:
        raise InvalidInput("Another staff group has this name", field="name")


def _log(actor: Actor | None, action: str, organisation: Organisation) -> None:
    record(
        actor,
        action,
        subject_type="organisation",
        subject_id=organisation.id,
        subject_label=organisation.name,
        details={"short_name": organisation.short_name, "headcount": organisation.headcount},
    )


def _log_group(actor: Actor | None, action: str, group: StaffGroup) -> None:
    record(
        actor,
        action,
        subject_type="staff group",
        subject_id=group.id,
        subject_label=group.name,
    )
