"""Keeping files, and giving them to what they belong to.

Whoever hands a challenge or an idea over has checked that the member may change it: these rooms
stand above this one. What a file belongs to decides who may see it, and never changes.
"""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, literal, or_, select, update

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.core.images import MEDIA_TYPE, MadePicture
from talking_together.extensions import db
from talking_together.files.attachments import JudgedAttachment
from talking_together.files.models import File
from talking_together.files.paths import file_path, files_in, picture_markdown

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

KEY_BYTES = 16
MAX_WORDS = 300
MOST_A_DAY = 100
MOST_ATTACHMENTS = 10
# A text mentions no more than this many files; the rest of a flood of addresses is passed over.
MOST_IN_TEXT = 200
_NO_WORDS = "Say what the picture shows. People who cannot see it hear this instead"


class TooManyFiles(Conflict):
    """Somebody sends more files in a day than anybody needs."""

    message = (
        f"You have sent {MOST_A_DAY} files within a day, which is as many as we take. What you wrote is "
        "safe; send this one tomorrow."
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was kept: where it is, and for a picture the Markdown that shows it."""

    id: int
    key: str
    name: str
    path: str
    markdown: str


def ensure_may_send(member: "Viewer") -> None:
    """Raise TooManyFiles for a member who has sent enough for a day; asked before a file is looked at."""
    sent = db.session.scalar(
        select(func.count()).where(File.sent_by == member.id, File.sent_at > clock.now() - timedelta(days=1))
    )
    if (sent or 0) >= MOST_A_DAY:
        raise TooManyFiles()


def keep_picture(
    member: "Viewer", *, picture: MadePicture, alternative_text: str, is_decoration: bool = False
) -> Kept:
    """Keep a picture that was made anew (`core.images`), with what is said in place of it."""
    words = " ".join(alternative_text.split())
    if not words and not is_decoration:
        raise InvalidInput(_NO_WORDS, field="alternative_text")
    if len(words) > MAX_WORDS:
        raise InvalidInput(f"Description must be {MAX_WORDS} characters or fewer", field="alternative_text")
    words = "" if is_decoration else words
    return _keep(
        member,
        kind="picture",
        media_type=MEDIA_TYPE,
        alternative_text=words,
        width=picture.width,
        height=picture.height,
        size=len(picture.content),
        content=picture.content,
        small=picture.small,
    )


def keep_attachment(member: "Viewer", *, attachment: JudgedAttachment) -> Kept:
    """Keep an attachment that was judged (`files.attachments`)."""
    return _keep(
        member,
        kind="attachment",
        media_type=attachment.media_type,
        name=attachment.name,
        alternative_text="",
        size=len(attachment.content),
        content=attachment.content,
    )


def claim_files(
    member: "Viewer",
    *,
    challenge_id: int | None = None,
    idea_id: int | None = None,
    sources: Iterable[str] = (),
    ids: Collection[int] = (),
) -> None:
    """Give files that the member sent, and that are nobody's yet, to a challenge or an idea.

    Which: those that its texts mention, and those with the `ids` that its form chose. Anything else
    is passed over: a file of another thing stays that thing's, and a text that mentions it shows
    nothing to those who may not see it. Call it whenever a text is saved, and with an empty text at
    no cost.
    """
    if (challenge_id is None) == (idea_id is None):
        raise ValueError("A file belongs to a challenge or to an idea")
    mentioned = sorted(files_in(sources))[:MOST_IN_TEXT]
    wanted: list[Any] = [and_(File.id == id, File.key == key) for id, key in mentioned]
    if ids:
        wanted.append(File.id.in_(list(ids)))
    if not wanted:
        return
    db.session.execute(
        update(File)
        .where(
            or_(*wanted),
            File.sent_by == member.id,
            File.challenge_id.is_(None),
            File.idea_id.is_(None),
        )
        .values(challenge_id=challenge_id, idea_id=idea_id)
        .execution_options(synchronize_session=False)
    )
    if challenge_id is not None:
        _ensure_not_too_many(challenge_id)


def discard_file(member: "Viewer", *, file_id: int, challenge_id: int) -> None:  # noqa: ARG001  who acts comes first
    """Delete a file of a challenge: an attachment taken off it, a cover that was replaced."""
    gone = db.session.execute(
        delete(File)
        .where(File.id == file_id, File.challenge_id == challenge_id)
        .execution_options(synchronize_session=False)
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        raise NotFound()


@dataclass(frozen=True, slots=True)
class Copies:
    """What became of the files of one challenge in another: new ids by old ones, and new addresses."""

    ids: dict[int, int]
    paths: dict[str, str]

    def in_text(self, source: str) -> str:
        """Return a Markdown text with the copies in place of what it mentioned."""
        for old, new in self.paths.items():
            source = source.replace(old, new)
        return source


def copy_files(member: "Viewer", *, from_challenge_id: int, to_challenge_id: int) -> Copies:
    """Copy the files of a challenge to its clone, which outlives the original.

    The texts of the clone are to be put through `Copies.in_text`, its cover and its sponsor's photo
    are to be looked up in `Copies.ids`.
    """
    ids: dict[int, int] = {}
    paths: dict[str, str] = {}
    table = File.__table__
    kept = [column.name for column in table.columns if column.name not in _CHANGED_BY_COPYING]
    files = db.session.execute(
        select(File.id, File.key).where(File.challenge_id == from_challenge_id).order_by(File.id)
    ).all()
    for file in files:
        key = secrets.token_hex(KEY_BYTES)
        new = {
            "key": key,
            "challenge_id": to_challenge_id,
            "sent_by": member.id,
            "sent_at": clock.now(),
        }
        # Within the database: ten megabytes need not pass through here.
        row = select(
            *(table.c[name] for name in kept), *(_literal(name, value) for name, value in new.items())
        ).where(table.c.id == file.id)
        ids[file.id] = db.session.execute(
            insert(File).from_select([*kept, *new], row).returning(File.id)
        ).scalar_one()
        paths[file_path(file.id, file.key)] = file_path(ids[file.id], key)
    return Copies(ids, paths)


_CHANGED_BY_COPYING = {"id", "key", "challenge_id", "idea_id", "sent_by", "sent_at"}


def _literal(name: str, value: Any) -> Any:
    column = File.__table__.c[name]
    return literal(value, column.type).label(name)


def _keep(member: "Viewer", **values: Any) -> Kept:
    # Held while the files of the day are counted, so that many at once are not too many.
    db.session.execute(locked(select(Member.id).where(Member.id == member.id)))
    ensure_may_send(member)
    key = secrets.token_hex(KEY_BYTES)
    id: int = db.session.execute(
        insert(File).values(key=key, sent_by=member.id, sent_at=clock.now(), **values).returning(File.id)
    ).scalar_one()
    markdown = ""
    if values["kind"] == "picture":
        words = values["alternative_text"]
        markdown = picture_markdown(id, key, words=words, width=values["width"], height=values["height"])
    return Kept(id, key, values.get("name", ""), file_path(id, key), markdown)


def _ensure_not_too_many(challenge_id: int) -> None:
    count = db.session.scalar(
        select(func.count()).where(File.challenge_id == challenge_id, File.kind == "attachment")
    )
    if (count or 0) > MOST_ATTACHMENTS:
        raise InvalidInput(
            f"A challenge can have at most {MOST_ATTACHMENTS} attachments. Remove one first",
            field="attachments",
        )
