"""The form that comments are written with, and what a press of “Thank” sends."""

from collections.abc import Sequence

from talking_together.comments.services import MAX_BODY
from talking_together.core.errors import InvalidInput
from talking_together.core.forms import Form, text_field


class CommentForm(Form):
    """The words of a comment."""

    body = text_field(
        "Add a comment",
        most=MAX_BODY,
        required="Enter your comment",
        hint="Leave out anything about a patient who could be recognised.",
    )


def sent_thanks(values: Sequence[str]) -> int:
    """Return the value sent, which must be exactly "1" or "0", once."""
    if len(values) != 1 or values[0] not in ("0", "1"):
        raise InvalidInput("Thanks are given (1) or taken back (0).")
    return int(values[0])
