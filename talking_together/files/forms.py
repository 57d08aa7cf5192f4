"""What pictures are sent with; what was sent is judged by `core.images`."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from talking_together.core.forms import Form, line_field
from talking_together.core.images import ACCEPT
from talking_together.files.attachments import ACCEPT as ACCEPTED_ATTACHMENTS
from talking_together.files.attachments import ASK
from talking_together.files.services import MAX_WORDS

PICTURE_HINT = (
    "JPEG, PNG or WebP, up to 10 MB. The place and time that a camera writes into a picture are not kept"
)
WORDS_HINT = "People who cannot see it hear this instead. Say what matters in it, in a sentence"


def picture_field(label: str, *, required: str | None = None, hint: str = PICTURE_HINT) -> FileField:
    """Return a field for a picture; `required` is the message when none is chosen."""
    return FileField(
        label,
        description=hint,
        validators=[FileRequired(required)] if required else [],
        render_kw={"accept": ACCEPT},
    )


def attachment_field(label: str, *, required: str | None = None) -> FileField:
    """Return a field for an attachment; `required` is the message when none is chosen."""
    return FileField(
        label,
        description=f"{ASK}. Up to 10 MB",
        validators=[FileRequired(required)] if required else [],
        render_kw={"accept": ACCEPTED_ATTACHMENTS},
    )


class PictureForm(Form):
    """A picture for a text, with what is said in place of it."""

    picture = picture_field("Picture", required="Choose a picture")
    alternative_text = line_field("What does it show?", most=MAX_WORDS, hint=WORDS_HINT)
    decoration = BooleanField("It is only decoration, and nothing is lost by not seeing it")
