"""Where a photo is sent; what was sent is judged by `core.images`."""

from flask_wtf.file import FileField, FileRequired

from talking_together.core.forms import Form
from talking_together.core.images import ACCEPT

PHOTO_HINT = (
    "JPEG, PNG or WebP, up to 10 MB. We show the middle of it. The place and time that a camera writes "
    "into a photo are not kept"
)


def photo_field(label: str, *, required: str | None = None) -> FileField:
    """Return a field for a photo; `required` is the message when none is chosen."""
    return FileField(
        label,
        description=PHOTO_HINT,
        validators=[FileRequired(required)] if required else [],
        render_kw={"accept": ACCEPT},
    )


class PhotoForm(Form):
    """A photo of oneself."""

    photo = photo_field("Photo", required="Choose a photo")
