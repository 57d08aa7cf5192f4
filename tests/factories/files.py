"""Files that belong to something, or to nothing yet."""

import secrets
from typing import Any

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.files.models import File
from tests.factories.members import make_member
from tests.factories.rows import saved


def make_picture(sender: Member | None = None, **values: Any) -> File:
    """Return a picture that belongs to nothing, unless the values say otherwise."""
    return _made(
        sender,
        {
            "kind": "picture",
            "media_type": "image/webp",
            "alternative_text": "The board in the corridor",
            "width": 800,
            "height": 600,
            "content": b"the picture",
            "small": b"the small one",
            **values,
        },
    )


def make_attachment(sender: Member | None = None, **values: Any) -> File:
    """Return an attachment that belongs to nothing, unless the values say otherwise."""
    return _made(
        sender,
        {
            "kind": "attachment",
            "media_type": "application/pdf",
            "name": "Beds in winter.pdf",
            "content": b"%PDF-1.7 the figures",
            **values,
        },
    )


def _made(sender: Member | None, values: dict[str, Any]) -> File:
    return saved(
        File(
            **{
                "key": secrets.token_hex(16),
                "sent_by": (sender or make_member()).id,
                "sent_at": clock.now(),
                "size": len(values["content"]),
                **values,
            }
        )
    )
