"""Members' photos: kept, replaced and removed; the pictures are made before (`core/images.py`)."""

import secrets

from sqlalchemy import delete, select, update

from talking_together.accounts import policies
from talking_together.accounts.models import Member, MemberPhoto
from talking_together.accounts.photo_paths import parts_of_photo_file
from talking_together.accounts.reasons import given_reason
from talking_together.accounts.viewers import Viewer
from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.database import insert_into, locked
from talking_together.core.errors import Conflict, NotFound
from talking_together.extensions import db

KEY_BYTES = 16


def find_photo(member_id: int, file: str) -> bytes | None:
    """Return the picture that the last part of its path names, or None where there is none to see."""
    parts = parts_of_photo_file(file)
    if parts is None:
        return None
    key, size = parts
    photo: bytes | None = db.session.scalar(
        select(MemberPhoto.small if size == "small" else MemberPhoto.large)
        .join(Member, Member.id == MemberPhoto.member_id)
        .where(
            MemberPhoto.member_id == member_id,
            MemberPhoto.key == key,
            Member.shown_as_former.is_(False),
        )
    )
    return photo


def set_photo(viewer: Viewer, *, small: bytes, large: bytes) -> None:
    """Make the squares the viewer's photo, in place of any other."""
    key = secrets.token_hex(KEY_BYTES)
    values = {"key": key, "small": small, "large": large, "changed_at": clock.now()}
    _lock(viewer.id)
    db.session.execute(
        insert_into(MemberPhoto)
        .values(member_id=viewer.id, **values)
        .on_conflict_do_update(index_elements=["member_id"], set_=values)
    )
    db.session.execute(update(Member).where(Member.id == viewer.id).values(photo_key=key))


def remove_photo(viewer: Viewer) -> None:
    """Take the viewer's own photo away; there may be none."""
    _remove(viewer.id)


def remove_photo_of(actor: Viewer, *, member_id: int, reason: str) -> None:
    """Take a member's photo away, as an admin may for a reason."""
    policies.ensure_can_administer_members(actor)
    reason = given_reason(reason)
    name, key = _lock(member_id)
    if key is None:
        raise Conflict(f"{name} has no photo.")
    _remove(member_id)
    record(
        actor,
        "photo removed",
        subject_type="member",
        subject_id=member_id,
        subject_label=name,
        reason=reason,
    )


def _lock(member_id: int) -> tuple[str, str | None]:
    """Lock the member, whose row names the photo; return their name and the photo's key."""
    member = db.session.execute(
        locked(select(Member.name, Member.photo_key).where(Member.id == member_id))
    ).first()
    if member is None:
        raise NotFound("There is no such member.")
    return member.name, member.photo_key


def _remove(member_id: int) -> None:
    db.session.execute(update(Member).where(Member.id == member_id).values(photo_key=None))
    db.session.execute(delete(MemberPhoto).where(MemberPhoto.member_id == member_id))
