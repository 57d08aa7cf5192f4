"""Partner organisations and staff groups."""

from typing import Any

from talking_together.core import clock
from talking_together.organisations.models import Organisation, OrganisationDomain, StaffGroup
from tests.factories.rows import next_number, saved


def make_organisation(*, domains: tuple[str, ...] = (), **values: Any) -> Organisation:
    """Return an organisation of 1,000 people, with its email domains."""
    number = next_number()
    organisation = saved(
        Organisation(
            **{
                "name": f"Riverside Trust {number}",
                "short_name": f"Riverside {number}",
                "colour": "#005eb8",
                "headcount": 1_000,
                "created_at": clock.now(),
                **values,
            }
        )
    )
    for domain in domains:
        saved(OrganisationDomain(domain=domain, organisation_id=organisation.id))
    return organisation


def make_group(organisation: Organisation | None = None, **values: Any) -> StaffGroup:
    """Return a staff group, across organisations unless one is given."""
    return saved(
        StaffGroup(
            **{
                "name": f"Community nurses {next_number()}",
                "organisation_id": organisation.id if organisation else None,
                "created_at": clock.now(),
                **values,
            }
        )
    )
