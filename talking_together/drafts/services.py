"""Keeping what a member types, so that nothing of it is lost before it is sent."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from talking_together.core import clock
from talking_together.core.database import insert_into
from talking_together.core.errors import InvalidInput
from talking_together.drafts.keys import ensure_key
from talking_together.drafts.models import KeptDraft
from talking_together.extensions import db

# More than any form of ours has (results of a challenge list a hundred ideas), and more than any
# text that it takes.
MOST_FIELDS = 800
MOST_CHARACTERS = 200_000
# Of one member; beyond these the oldest make room.
MOST_DRAFTS = 50
# Never kept: tokens belong to a session, and passwords to nobody.
_NOT_KEPT = ("csrf_token", "password", "current_password", "new_password")


def keep_draft(member: Any, *, key: str, fields: Mapping[str, Iterable[str]]) -> datetime:
    """Keep the fields of a form in place of what was kept of it before; return when."""
    ensure_key(key)
    # PostgreSQL takes no NUL in text, and no person types one.
    kept = {
        name: [value.replace("\0", "") for value in values]
        for name, values in fields.items()
        if name not in _NOT_KEPT
    }
    if not any(value for values in kept.values() for value in values):
        raise InvalidInput("There is nothing to keep.")
    if len(kept) > MOST_FIELDS or _size_of(kept) > MOST_CHARACTERS:
        raise InvalidInput("This is too long to be kept. Shorten it, or save it elsewhere.")
    now = clock.now()
    statement = insert_into(KeptDraft).values(member_id=member.id, key=key, fields=kept, saved_at=now)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["member_id", "key"], set_={"fields": kept, "saved_at": now}
        )
    )
    _make_room(member.id)
    return now


def discard_draft(member: Any, *, key: str) -> None:
    """Forget what was kept of a form: it has been saved, or is not wanted any more."""
    ensure_key(key)
    db.session.execute(delete(KeptDraft).where(KeptDraft.member_id == member.id, KeptDraft.key == key))


def _make_room(member_id: int) -> None:
    beyond = (
        select(KeptDraft.key)
        .where(KeptDraft.member_id == member_id)
        .order_by(KeptDraft.saved_at.desc(), KeptDraft.key)
        .offset(MOST_DRAFTS)
        # SQLite knows OFFSET only after LIMIT.
        .limit(MOST_DRAFTS)
    )
    db.session.execute(
        delete(KeptDraft)
        .where(KeptDraft.member_id == member_id, KeptDraft.key.in_(beyond))
        .execution_options(synchronize_session=False)
    )


def _size_of(fields: Mapping[str, list[str]]) -> int:
    return sum(len(name) + sum(map(len, values)) for name, values in fields.items())
