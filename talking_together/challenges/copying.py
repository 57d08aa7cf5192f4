"""A challenge made from another one: its words and its ways, not its dates and not its ideas."""

from typing import Any

from sqlalchemy import insert, literal, select, update

from talking_together.accounts.viewers import Viewer
from talking_together.challenges.contents import Options
from talking_together.challenges.models import (
    Challenge,
    ChallengeGroup,
    ChallengeModerator,
    ChallengeOrganisation,
    ChallengePrompt,
    ChallengeTheme,
)
from talking_together.challenges.records import begin_act, record_act
from talking_together.core import rich_text
from talking_together.extensions import db
from talking_together.files.services import copy_files

COPY_OF = "Copy of "
MAX_TITLE = 150

_COPIED = ("summary", "audience", "sponsor_name", "sponsor_role", *Options.__slots__)
# What hangs on a challenge in rows, with the columns that its copy gets too.
_PARTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (ChallengeOrganisation, ("organisation_id",)),
    (ChallengeGroup, ("group_id",)),
    (ChallengePrompt, ("place", "words")),
    (ChallengeTheme, ("name",)),
    (ChallengeModerator, ("member_id",)),
)


def clone_challenge(moderator: Viewer, challenge_id: int) -> int:
    """Add a draft that copies a challenge, with its files, and return its id."""
    original, now = begin_act(moderator, challenge_id, "clone")
    copy_id: int = db.session.execute(
        insert(Challenge)
        .values(
            title=_title_of_copy(original.title),
            brief_source=original.brief_source,
            brief_html=original.brief_html,
            **{name: getattr(original, name) for name in _COPIED},
            author_id=moderator.id,
            is_published=False,
            ideas_count=0,
            created_at=now,
            updated_at=now,
            cloned_from=challenge_id,
        )
        .returning(Challenge.id)
    ).scalar_one()
    for model, names in _PARTS:
        columns = [getattr(model, name) for name in names]
        rows = select(literal(copy_id), *columns).where(model.challenge_id == challenge_id)
        if "place" not in names:
            rows = rows.order_by(columns[0])
        db.session.execute(insert(model).from_select(["challenge_id", *names], rows))
    _copy_files(moderator, original, copy_id)
    details = {"copy of": original.title}
    record_act(moderator, "challenge copied", copy_id, _title_of_copy(original.title), details=details)
    return copy_id


def _copy_files(moderator: Viewer, original: Any, copy_id: int) -> None:
    copies = copy_files(moderator, from_challenge_id=original.id, to_challenge_id=copy_id)
    if not copies.ids:
        return
    brief = copies.in_text(original.brief_source)
    db.session.execute(
        update(Challenge)
        .where(Challenge.id == copy_id)
        .values(
            brief_source=brief,
            brief_html=rich_text.render(brief, pictures=True),
            cover_id=copies.ids.get(original.cover_id),
            sponsor_photo_id=copies.ids.get(original.sponsor_photo_id),
        )
    )


def _title_of_copy(title: str) -> str:
    return (title if title.startswith(COPY_OF) else COPY_OF + title)[:MAX_TITLE]
