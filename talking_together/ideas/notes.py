"""Notes on an idea that only moderators see; who wrote the idea never does, moderator or not."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.core import clock
from talking_together.core.errors import InvalidInput, NotAllowed, NotFound
from talking_together.core.patient_details import ensure_without_nhs_number
from talking_together.extensions import db
from talking_together.ideas.locks import locked_idea
from talking_together.ideas.models import IdeaNote
from talking_together.ideas.policies import Person, Placed, wrote

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MAX_NOTE = 2_000
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Note:
    """A note as moderators read it."""

    id: int
    body: str
    at: datetime
    byline: Byline
    is_mine: bool


def can_note(member: Person, idea: Placed) -> bool:
    """Return whether the member may read and write the notes on an idea."""
    return member.is_moderator and not wrote(member, idea) and idea.status != "draft"


def notes_on(moderator: "Viewer", idea: Any) -> list[Note]:
    """Return the notes on an idea, the newest first; none for who may not read them."""
    if not can_note(moderator, idea):
        return []
    rows = db.session.execute(
        select(IdeaNote.id, IdeaNote.body, IdeaNote.at, IdeaNote.author_id, *byline_columns())
        .outerjoin(Author, Author.id == IdeaNote.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(IdeaNote.idea_id == idea.id)
        .order_by(IdeaNote.id.desc())
        .limit(MOST_SHOWN)
    )
    return [Note(row.id, row.body, row.at, byline_of(row), row.author_id == moderator.id) for row in rows]


def add_note(moderator: "Viewer", *, idea_id: int, body: str) -> Row[Any]:
    """Write a note on an idea; return the idea."""
    idea = locked_idea(moderator, idea_id, settled=True)
    if not can_note(moderator, idea):
        raise NotAllowed("Only moderators who did not write the idea can write notes on it.")
    body = body.strip()
    if not body:
        raise InvalidInput("Write the note", field="note")
    if len(body) > MAX_NOTE:
        raise InvalidInput(f"Note must be {MAX_NOTE:,} characters or fewer", field="note")
    ensure_without_nhs_number(body, field="note")
    db.session.execute(
        insert(IdeaNote).values(idea_id=idea_id, author_id=moderator.id, body=body, at=clock.now())
    )
    return idea


def remove_note(moderator: "Viewer", *, note_id: int) -> Row[Any]:
    """Remove one's own note; return the idea that it was on."""
    idea_id = db.session.execute(
        delete(IdeaNote)
        .where(IdeaNote.id == note_id, IdeaNote.author_id == moderator.id)
        .returning(IdeaNote.idea_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if idea_id is None:
        raise NotFound()
    return locked_idea(moderator, idea_id)
