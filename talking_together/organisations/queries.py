"""Reads of organisations and staff groups."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.organisations.models import Organisation, OrganisationDomain, StaffGroup


def organisations() -> Sequence[Organisation]:
    """Return the partners by name."""
    return db.session.scalars(select(Organisation).order_by(func.lower(Organisation.name))).all()


def get_organisation(organisation_id: int) -> Organisation:
    """Return an organisation; raises NotFound."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound()
    return organisation


def domains_of(organisation_id: int) -> list[str]:
    """Return the email domains of an organisation in order."""
    statement = (
        select(OrganisationDomain.domain)
        .where(OrganisationDomain.organisation_id == organisation_id)
        .order_by(OrganisationDomain.domain)
    )
    return list(db.session.scalars(statement))


def domains_by_organisation() -> dict[int, list[str]]:
    """Return the email domains of every organisation."""
    found: dict[int, list[str]] = {}
    for row in db.session.scalars(select(OrganisationDomain).order_by(OrganisationDomain.domain)):
        found.setdefault(row.organisation_id, []).append(row.domain)
    return found


def organisation_colours() -> Sequence[Any]:
    """Return id and colour of every organisation."""
    return db.session.execute(select(Organisation.id, Organisation.colour).order_by(Organisation.id)).all()


def staff_groups() -> Sequence[Any]:
    """Return every staff group by name, with its organisation's short name if it has one."""
    statement = (
        select(
            StaffGroup.id,
            StaffGroup.name,
            StaffGroup.organisation_id,
            Organisation.short_name.label("organisation_short_name"),
        )
        .outerjoin(Organisation, Organisation.id == StaffGroup.organisation_id)
        .order_by(func.lower(StaffGroup.name))
    )
    return db.session.execute(statement).all()


def group_names(group_ids: Sequence[int]) -> list[str]:
    """Return the names of those of the groups that still exist, by name."""
    if not group_ids:
        return []
    return list(
        db.session.scalars(
            select(StaffGroup.name).where(StaffGroup.id.in_(group_ids)).order_by(StaffGroup.name)
        )
    )


def get_staff_group(group_id: int) -> StaffGroup:
    """Return a staff group; raises NotFound."""
    group = db.session.get(StaffGroup, group_id)
    if group is None:
        raise NotFound()
    return group
