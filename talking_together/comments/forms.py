"""The form that comments are written with."""

from talking_together.comments.services import MAX_BODY
from talking_together.core.forms import Form, text_field


class CommentForm(Form):
    """The words of a comment."""

    body = text_field(
        "Add a comment",
        most=MAX_BODY,
        required="Enter your comment",
        hint="Leave out anything about a patient who could be recognised.",
    )
