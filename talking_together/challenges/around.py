"""What stands around a challenge on its page: who looks after it, its themes, what its form asks, files."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from talking_together.accounts.bylines import shown_name, within_sentence
from talking_together.accounts.models import Member
from talking_together.challenges.contents import MODERATING_ROLES
from talking_together.challenges.models import (
    Challenge,
    ChallengeModerator,
    ChallengePrompt,
    ChallengeTheme,
)
from talking_together.challenges.queries import ChallengePage, get_row, one_challenge, page_from
from talking_together.core.database import dialect_name, rows_as_json
from talking_together.core.statements import is_one_of
from talking_together.files.models import File
from talking_together.files.queries import ShownAttachment, shown_attachment

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Around:
    """The names of those who look after a challenge, its themes by id, its prompts and files in order."""

    looked_after_by: list[str]
    themes: dict[int, str]
    prompts: list[str]
    attachments: list[ShownAttachment]


def get_with_around(viewer: "Viewer", challenge_id: int, *, at: datetime) -> tuple[ChallengePage, Around]:
    """Return a challenge that exists for the viewer and what stands around it, in one statement."""
    statement = _with_around(dialect_name(), is_moderator=viewer.is_moderator)
    row = get_row(statement, viewer, challenge_id)
    return page_from(row, at), _around_from(row)


def _around_from(row: Row[Any]) -> Around:
    names = (within_sentence(moderator["name"]) for moderator in row.moderators or ())
    themes = sorted(row.themes or (), key=lambda theme: theme["name"].casefold())
    prompts = sorted(row.prompts or (), key=lambda prompt: prompt["place"])
    attachments = sorted(row.attachments or (), key=lambda file: file["id"])
    return Around(
        sorted(names, key=str.casefold),
        {theme["id"]: theme["name"] for theme in themes},
        [prompt["words"] for prompt in prompts],
        [shown_attachment(**file) for file in attachments],
    )


@cache
def _with_around(_dialect: str, *, is_moderator: bool) -> Any:
    moderators = (
        select(rows_as_json(name=shown_name(Member)))
        .join(ChallengeModerator, ChallengeModerator.member_id == Member.id)
        .where(
            ChallengeModerator.challenge_id == Challenge.id,
            Member.is_active,
            is_one_of(Member.role, MODERATING_ROLES),
        )
    )
    themes = select(rows_as_json(id=ChallengeTheme.id, name=ChallengeTheme.name)).where(
        ChallengeTheme.challenge_id == Challenge.id
    )
    prompts = select(rows_as_json(place=ChallengePrompt.place, words=ChallengePrompt.words)).where(
        ChallengePrompt.challenge_id == Challenge.id
    )
    attachments = select(
        rows_as_json(id=File.id, key=File.key, name=File.name, media_type=File.media_type, size=File.size)
    ).where(File.challenge_id == Challenge.id, File.kind == "attachment")
    parts = {"moderators": moderators, "themes": themes, "prompts": prompts, "attachments": attachments}
    return one_challenge(is_moderator=is_moderator).add_columns(
        *(part.correlate(Challenge).scalar_subquery().label(name) for name, part in parts.items())
    )
