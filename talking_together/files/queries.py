"""Reads of files. Whether a member may see one is asked of what it belongs to (`files.views`)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from talking_together.core.errors import NotFound
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.files.attachments import kind_in_words
from talking_together.files.models import File
from talking_together.files.paths import file_path, is_key, picture_markdown, small_picture_path

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file without its content, with what says who may see it."""

    id: int
    kind: str
    media_type: str
    name: str
    challenge_id: int | None
    idea_id: int | None
    sent_by: int | None


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture that stands on a page by itself: a cover, a sponsor's photo."""

    id: int
    path: str
    small_path: str
    alternative_text: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SentPicture:
    """A picture that was just sent, with the Markdown that shows it."""

    small_path: str
    alternative_text: str
    markdown: str


@dataclass(frozen=True, slots=True)
class ShownAttachment:
    """An attachment as a list of them shows it."""

    id: int
    path: str
    name: str
    kind: str
    size: int


_FIND = select(
    File.id, File.kind, File.media_type, File.name, File.challenge_id, File.idea_id, File.sent_by
).where(File.id == given("file_id", File.id), File.key == given("key", File.key))
_ATTACHMENTS = (
    select(File.id, File.key, File.name, File.media_type, File.size)
    .where(File.challenge_id == given("challenge_id", File.challenge_id), File.kind == "attachment")
    .order_by(File.id)
)


def find_file(file_id: int, key: str) -> FoundFile | None:
    """Return the file at an address, whoever may see it, or None."""
    if not is_key(key):
        return None
    row = run(_FIND, {"file_id": file_id, "key": key}).first()
    return FoundFile(**row._asdict()) if row else None


def find_own_picture(member: "Viewer", file_id: int) -> SentPicture | None:
    """Return a picture that the member sent, or None."""
    row = db.session.execute(
        select(File.id, File.key, File.alternative_text, File.width, File.height).where(
            File.id == file_id, File.kind == "picture", File.sent_by == member.id
        )
    ).first()
    if row is None:
        return None
    words = row.alternative_text
    markdown = picture_markdown(row.id, row.key, words=words, width=row.width, height=row.height)
    return SentPicture(small_picture_path(row.id, row.key), words, markdown)


def content_of(file_id: int, *, small: bool = False) -> bytes:
    """Return what a file holds; `small` is a picture as a phone shows it."""
    content: bytes | None = db.session.scalar(
        select(File.small if small else File.content).where(File.id == file_id)
    )
    if content is None:
        raise NotFound()
    return content


def attachments_of(challenge_id: int) -> list[ShownAttachment]:
    """Return the attachments of a challenge that the viewer may see, in the order they were added."""
    return [_attachment(row) for row in run(_ATTACHMENTS, {"challenge_id": challenge_id})]


def own_attachments(member: "Viewer", ids: list[int]) -> list[ShownAttachment]:
    """Return those of the attachments that the member sent and that belong to nothing yet."""
    if not ids:
        return []
    rows = db.session.execute(
        select(File.id, File.key, File.name, File.media_type, File.size)
        .where(
            File.id.in_(ids),
            File.kind == "attachment",
            File.sent_by == member.id,
            File.challenge_id.is_(None),
            File.idea_id.is_(None),
        )
        .order_by(File.id)
    )
    return [_attachment(row) for row in rows]


def picture_alias(name: str) -> Any:
    """Return the table of files under a name, to be joined outer by the id of a picture."""
    return aliased(File, name=name)


def picture_columns(picture: Any, prefix: str) -> tuple[Any, ...]:
    """Return the columns of a joined picture that `picture_of` reads, without what it holds."""
    return tuple(
        getattr(picture, name).label(f"{prefix}_{name}")
        for name in ("id", "key", "alternative_text", "width", "height")
    )


def picture_of(row: Any, prefix: str) -> ShownPicture | None:
    """Return the picture that a row was joined with, or None where it has none."""
    id = getattr(row, f"{prefix}_id")
    if id is None:
        return None
    key = getattr(row, f"{prefix}_key")
    return ShownPicture(
        id=id,
        path=file_path(id, key),
        small_path=small_picture_path(id, key),
        alternative_text=getattr(row, f"{prefix}_alternative_text"),
        width=getattr(row, f"{prefix}_width"),
        height=getattr(row, f"{prefix}_height"),
    )


def shown_attachment(id: int, key: str, *, name: str, media_type: str, size: int) -> ShownAttachment:
    """Return an attachment of which these columns were read."""
    return ShownAttachment(id, file_path(id, key), name, kind_in_words(media_type), size)


def _attachment(row: Any) -> ShownAttachment:
    return shown_attachment(row.id, row.key, name=row.name, media_type=row.media_type, size=row.size)
