"""Reads of what members have typed and not sent yet: their own alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from talking_together.drafts.models import KeptDraft
from talking_together.extensions import db


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as its member left it; `fields` has every value of each field, in the form's order."""

    key: str
    fields: dict[str, list[str]]
    saved_at: datetime


def find_draft(member: Any, key: str) -> Draft | None:
    """Return what the member typed into the form with the key and did not send, or None."""
    row = db.session.execute(
        select(KeptDraft.key, KeptDraft.fields, KeptDraft.saved_at).where(
            KeptDraft.member_id == member.id, KeptDraft.key == key
        )
    ).first()
    return None if row is None else Draft(*row)
