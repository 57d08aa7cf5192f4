"""What a new member may say of themself before going on."""

from talking_together.accounts.photo_forms import photo_field
from talking_together.core.forms import Form, line_field


class WelcomeForm(Form):
    """A name as others will see it, a job title, and a photo for those who like."""

    name = line_field("Name", most=100, required="Enter your name", render_kw={"autocomplete": "name"})
    job_title = line_field(
        "Job title",
        most=119,
        hint="Such as district nurse or ward clerk. You may leave this empty",
        render_kw={"autocomplete": "organization-title"},
    )
    photo = photo_field("Photo (optional)")
