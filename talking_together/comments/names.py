"""Comments by who wrote them, for pages that mention them."""

from collections.abc import Collection

from sqlalchemy import select

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.comments.models import Comment
from talking_together.extensions import db


def bylines_of(ids: Collection[int]) -> dict[int, Byline]:
    """Return who wrote those of the comments that stand, by id.

    The caller shows them only with ideas that exist for the viewer.
    """
    if not ids:
        return {}
    statement = (
        select(Comment.id, *byline_columns())
        .outerjoin(Author, Author.id == Comment.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(Comment.id.in_(ids), Comment.deleted_at.is_(None))
    )
    return {row.id: byline_of(row) for row in db.session.execute(statement)}
