"""The wordings that an idea has had, with what each edit changed, by whom and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.extensions import db
from talking_together.ideas.differences import Piece, differences, text_of
from talking_together.ideas.models import IdeaRevision
from talking_together.ideas.shown import IdeaInFull

# Comparing two long texts takes some ten milliseconds.
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: what it made of the title and of the text; `id` is that of the wording that it replaced."""

    id: int
    at: datetime
    byline: Byline
    title: list[Piece]
    text: list[Piece]


def edits_of(idea: IdeaInFull, *, size: int = PAGE_SIZE) -> list[Edit]:
    """Return the latest edits of an idea that the viewer may see, the newest first."""
    rows = db.session.execute(
        select(
            IdeaRevision.id,
            IdeaRevision.title,
            IdeaRevision.body_source,
            IdeaRevision.answers,
            IdeaRevision.replaced_at,
            *byline_columns(),
        )
        .outerjoin(Author, Author.id == IdeaRevision.replaced_by)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(IdeaRevision.idea_id == idea.id)
        .order_by(IdeaRevision.id.desc())
        .limit(size)
    )
    edits, title, text = [], idea.title, text_of(idea.body_source, idea.answers)
    for row in rows:
        earlier = text_of(row.body_source, row.answers)
        edits.append(
            Edit(
                row.id,
                row.replaced_at,
                byline_of(row),
                differences(row.title, title),
                differences(earlier, text),
            )
        )
        title, text = row.title, earlier
    return edits
