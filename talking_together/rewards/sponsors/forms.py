"""The form that a sponsor is written with."""

from wtforms import BooleanField, Field
from wtforms.validators import ValidationError

from talking_together.core.errors import InvalidInput
from talking_together.core.forms import Form, line_field, text_field
from talking_together.core.images import MadePicture, page_picture
from talking_together.files.forms import picture_field
from talking_together.rewards.sponsors.links import MOST_LINK, checked_link


class SponsorForm(Form):
    """Who gives rewards."""

    name = line_field("Name", most=120, required="Enter the sponsor’s name")
    words = text_field(
        "A few words about them",
        most=500,
        hint="Shown on the page of each of their rewards, as one paragraph.",
    )
    link = line_field(
        "Link to their site",
        most=MOST_LINK,
        hint="A full address that begins with https://. Leave it empty for none.",
    )
    logo = picture_field(
        "Logo",
        hint="JPEG, PNG or WebP, up to 10 MB; no SVG. It is shown small beside their name, on white.",
    )
    without_logo = BooleanField("Take the logo away")

    made_logo: MadePicture | None = None

    def validate_link(self, field: Field) -> None:
        """Refuse what is no full address."""
        try:
            checked_link(field.data or "")
        except InvalidInput as error:
            raise ValidationError(error.message) from None

    def validate_logo(self, field: Field) -> None:
        """Make the logo, which takes its time, or say why it cannot be used."""
        if field.data:
            try:
                self.made_logo = page_picture(field.data.stream)
            except InvalidInput as error:
                raise ValidationError(error.message) from None
