"""Pictures of rewards and logos of sponsors: kept, shown and found again.

Whoever is signed in may see one whose address they have: the key cannot be guessed, and the address
changes with the picture, so that a browser keeps it for long.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import aliased

from talking_together.core import clock
from talking_together.core.errors import InvalidInput
from talking_together.core.images import MEDIA_TYPE, MadePicture
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.rewards.models import RewardPicture

KEY_BYTES = 16
MAX_WORDS = 300
NO_WORDS = "Say what the picture shows. People who cannot see it hear this instead"
_key = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture as a page shows it."""

    id: int
    path: str
    small_path: str
    alternative_text: str
    width: int
    height: int


def keep_picture(picture: MadePicture, *, alternative_text: str) -> int:
    """Keep a picture that was made anew (`core.images`) and return its id.

    A logo has no text of its own: the sponsor's name always stands beside it.
    """
    words = " ".join(alternative_text.split())
    if len(words) > MAX_WORDS:
        raise InvalidInput(f"Description must be {MAX_WORDS} characters or fewer", field="alternative_text")
    picture_id: int = db.session.execute(
        insert(RewardPicture)
        .values(
            key=secrets.token_hex(KEY_BYTES),
            media_type=MEDIA_TYPE,
            alternative_text=words,
            width=picture.width,
            height=picture.height,
            made_at=clock.now(),
            content=picture.content,
            small=picture.small,
        )
        .returning(RewardPicture.id)
    ).scalar_one()
    return picture_id


def discard_picture(picture_id: int | None) -> None:
    """Delete a picture that nothing shows any more."""
    if picture_id is not None:
        db.session.execute(delete(RewardPicture).where(RewardPicture.id == picture_id))


def find_picture(picture_id: int, key: str, *, small: bool = False) -> tuple[bytes, str] | None:
    """Return what a picture holds and its media type, or None for an address that is not one."""
    if not _key.fullmatch(key):
        return None
    content = RewardPicture.small if small else RewardPicture.content
    row = run(
        select(RewardPicture.media_type, content.label("content")).where(
            RewardPicture.id == given("id", RewardPicture.id),
            RewardPicture.key == given("key", RewardPicture.key),
        ),
        {"id": picture_id, "key": key},
    ).first()
    return (row.content, row.media_type) if row and row.content is not None else None


def picture_alias(name: str) -> Any:
    """Return the table of pictures under a name, to be joined outer by the id of a picture."""
    return aliased(RewardPicture, name=name)


def picture_columns(picture: Any, prefix: str) -> tuple[Any, ...]:
    """Return the columns of a joined picture that `picture_of` reads, without what it holds."""
    names = ("id", "key", "alternative_text", "width", "height")
    return tuple(getattr(picture, name).label(f"{prefix}_{name}") for name in names)


def picture_of(row: Any, prefix: str) -> ShownPicture | None:
    """Return the picture that a row was joined with, or None."""
    id, key, words, width, height = (
        getattr(row, f"{prefix}_{name}") for name in ("id", "key", "alternative_text", "width", "height")
    )
    if id is None:
        return None
    path = f"/rewards/pictures/{id}/{key}"
    return ShownPicture(id, path, f"{path}/small", words, width, height)
