"""The cover of a challenge, its sponsor's photo and its attachments: set, replaced, taken off."""

from typing import Any

from sqlalchemy import update

from talking_together.accounts.viewers import Viewer
from talking_together.challenges.models import Challenge
from talking_together.challenges.records import begin_act, record_act
from talking_together.core.errors import NotFound
from talking_together.core.images import MadePicture
from talking_together.extensions import db
from talking_together.files.attachments import JudgedAttachment
from talking_together.files.services import claim_files, discard_file, keep_attachment, keep_picture

# A picture of a challenge: the column that holds it, and its name in the log.
PICTURES = {"cover": ("cover_id", "cover"), "sponsor-photo": ("sponsor_photo_id", "sponsor’s photo")}


def set_picture(
    moderator: Viewer,
    challenge_id: int,
    which: str,
    *,
    picture: MadePicture,
    alternative_text: str = "",
    is_decoration: bool = False,
) -> None:
    """Give a challenge a picture that was made anew, in place of the one it had."""
    challenge, _ = begin_act(moderator, challenge_id, "edit")
    kept = keep_picture(
        moderator, picture=picture, alternative_text=alternative_text, is_decoration=is_decoration
    )
    claim_files(moderator, challenge_id=challenge_id, ids=[kept.id])
    _replace(moderator, challenge, which, kept.id)
    record_act(moderator, f"{PICTURES[which][1]} of challenge set", challenge_id, challenge.title)


def remove_picture(moderator: Viewer, challenge_id: int, which: str) -> None:
    """Take a picture off a challenge."""
    challenge, _ = begin_act(moderator, challenge_id, "edit")
    if getattr(challenge, PICTURES[which][0]) is None:
        raise NotFound()
    _replace(moderator, challenge, which, None)
    record_act(moderator, f"{PICTURES[which][1]} of challenge removed", challenge_id, challenge.title)


def attach(moderator: Viewer, challenge_id: int, *, attachment: JudgedAttachment) -> None:
    """Add an attachment to a challenge."""
    challenge, _ = begin_act(moderator, challenge_id, "edit")
    kept = keep_attachment(moderator, attachment=attachment)
    claim_files(moderator, challenge_id=challenge_id, ids=[kept.id])
    details = {"file": kept.name}
    record_act(moderator, "attachment of challenge added", challenge_id, challenge.title, details=details)


def detach(moderator: Viewer, challenge_id: int, *, file_id: int) -> None:
    """Take an attachment off a challenge."""
    challenge, _ = begin_act(moderator, challenge_id, "edit")
    if file_id in (challenge.cover_id, challenge.sponsor_photo_id):
        raise NotFound()
    discard_file(moderator, file_id=file_id, challenge_id=challenge_id)
    record_act(moderator, "attachment of challenge removed", challenge_id, challenge.title)


def _replace(moderator: Viewer, challenge: Any, which: str, file_id: int | None) -> None:
    column = PICTURES[which][0]
    # Not another version: the form with the words of a challenge does not hold its pictures.
    db.session.execute(update(Challenge).where(Challenge.id == challenge.id).values({column: file_id}))
    if old := getattr(challenge, column):
        discard_file(moderator, file_id=old, challenge_id=challenge.id)
