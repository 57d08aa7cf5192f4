"""The one seam through which every page reaches an author."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row
from sqlalchemy.orm import aliased

from talking_together.accounts.models import Member
from talking_together.core.people import initials_of
from talking_together.organisations.models import Organisation

UNNAMED = "A member"

Author = aliased(Member, name="author")
AuthorOrganisation = aliased(Organisation, name="author_organisation")


@dataclass(frozen=True, slots=True)
class Byline:
    """What a page may say of who wrote something; all but the name may be missing."""

    name: str
    initials: str
    organisation_id: int | None = None
    organisation_short_name: str | None = None


def byline_columns() -> list[ColumnElement[Any]]:
    """Return the columns of `Author` and `AuthorOrganisation` that a byline is made from.

    The statement joins both from the left: what has no author in its row has none to show.
    """
    return [
        Author.name.label("author_name"),
        Author.organisation_id.label("author_organisation_id"),
        AuthorOrganisation.short_name.label("author_organisation_short_name"),
    ]


def byline_of(row: Row[Any]) -> Byline:
    """Return the byline of a row selected with `byline_columns`."""
    if row.author_name is None:
        return Byline(UNNAMED, "?")
    return Byline(
        row.author_name,
        initials_of(row.author_name),
        row.author_organisation_id,
        row.author_organisation_short_name,
    )
