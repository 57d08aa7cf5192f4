"""The empty staff list that an admin can fill in."""

from talking_together.core.addresses import slug_of
from talking_together.invitations.models import LEAVING
from talking_together.invitations.staff_lists.assessing import EXAMPLE

_NOTE = f"{EXAMPLE} delete this row"


def of(kind: str) -> tuple[list[str], list[list[str]]]:
    """Return the headings of a list of a kind, and a row that shows how to fill it in."""
    if kind == LEAVING:
        return ["Name", "Email", "Staff number"], [[_NOTE, "sam.sample@trust.example", "204518"]]
    return (
        ["Name", "Email", "Organisation", "Groups", "Job title"],
        [[_NOTE, "sam.sample@trust.example", "Riverside Trust", "Community nurses; Night team", "Nurse"]],
    )


def file_name(title: str) -> str:
    """Return a title as the name of a file, without its ending."""
    return slug_of(title) or "staff-list"
