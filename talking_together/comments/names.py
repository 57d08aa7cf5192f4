"""Comments by who wrote them, for pages that mention them."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.comments.models import Comment
from talking_together.core.statements import run


def bylines_of(ids: Collection[int]) -> dict[int, Byline]:
    """Return who wrote those of the comments that stand, by id.

    The caller shows them only with ideas that exist for the viewer.
    """
    if not ids:
        return {}
    return {row.id: byline_of(row) for row in run(_who_wrote(), {"ids": list(ids)})}


@cache
def _who_wrote() -> Any:
    return (
        select(Comment.id, *byline_columns())
        .outerjoin(Author, Author.id == Comment.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(
            Comment.id.in_(bindparam("ids", type_=Comment.id.type, expanding=True)),
            Comment.deleted_at.is_(None),
        )
    )
