"""What stands around a challenge on its page: who looks after it, its themes, what its form asks, files."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import literal_column, null, select, union_all

from talking_together.accounts.bylines import shown_name, within_sentence
from talking_together.accounts.models import Member
from talking_together.challenges.contents import MODERATING_ROLES
from talking_together.challenges.models import ChallengeModerator, ChallengePrompt, ChallengeTheme
from talking_together.core.statements import given, is_one_of, run
from talking_together.files.models import File
from talking_together.files.queries import ShownAttachment, shown_attachment

_NONE = null()


@dataclass(frozen=True, slots=True)
class Around:
    """The names of those who look after a challenge, its themes by id, its prompts and files in order."""

    looked_after_by: list[str]
    themes: dict[int, str]
    prompts: list[str]
    attachments: list[ShownAttachment]


def around(challenge_id: int) -> Around:
    """Return what stands around a challenge that the viewer may see, in one statement."""
    rows = run(_around(), {"challenge_id": challenge_id}).all()
    return Around(
        sorted(
            (within_sentence(row.words) for row in rows if row.kind == "moderator"),
            key=lambda name: name.casefold(),
        ),
        {
            row.number: row.words
            for row in sorted(rows, key=lambda row: str(row.words).casefold())
            if row.kind == "theme"
        },
        [row.words for row in sorted(rows, key=lambda row: int(row.number)) if row.kind == "prompt"],
        [
            shown_attachment(row.number, row.key, name=row.words, media_type=row.media_type, size=row.size)
            for row in sorted(rows, key=lambda row: int(row.number))
            if row.kind == "attachment"
        ],
    )


@cache
def _around() -> Any:
    challenge_id = given("challenge_id", ChallengeTheme.challenge_id)

    def part(
        kind: str, number: Any, words: Any, key: Any = _NONE, media: Any = _NONE, size: Any = _NONE
    ) -> Any:
        return select(
            literal_column(f"'{kind}'").label("kind"),
            number.label("number"),
            words.label("words"),
            key.label("key"),
            media.label("media_type"),
            size.label("size"),
        )

    return union_all(
        # First, as PostgreSQL takes the types of the columns from here.
        part("attachment", File.id, File.name, File.key, File.media_type, File.size).where(
            File.challenge_id == challenge_id, File.kind == "attachment"
        ),
        part("moderator", Member.id, shown_name(Member))
        .join(ChallengeModerator, ChallengeModerator.member_id == Member.id)
        .where(
            ChallengeModerator.challenge_id == challenge_id,
            Member.is_active,
            is_one_of(Member.role, MODERATING_ROLES),
        ),
        part("theme", ChallengeTheme.id, ChallengeTheme.name).where(
            ChallengeTheme.challenge_id == challenge_id
        ),
        part("prompt", ChallengePrompt.place, ChallengePrompt.words).where(
            ChallengePrompt.challenge_id == challenge_id
        ),
    )
