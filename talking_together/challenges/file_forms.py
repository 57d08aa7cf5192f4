"""The forms that a challenge gets its pictures and attachments with."""

from talking_together.core.forms import Form
from talking_together.files.forms import PICTURE_HINT, PictureForm, attachment_field, picture_field


class CoverForm(PictureForm):
    """The cover of a challenge, with what is said in place of it."""

    picture = picture_field(
        "Cover picture",
        required="Choose a picture",
        hint=f"{PICTURE_HINT}. At least 800 pixels wide; it is cut to a wide strip.",
    )


class SponsorPhotoForm(Form):
    """The photo of a challenge's sponsor; their name stands beside it and is said in its place."""

    picture = picture_field("Photo of the sponsor", required="Choose a photo")


class AttachmentForm(Form):
    """A file that people can read with the brief."""

    attachment = attachment_field("File", required="Choose a file")
