"""The forms of staff lists."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from talking_together.core.forms import Form, line_field


class StaffListForm(Form):
    """A staff list to upload."""

    name = line_field(
        "Name of the list",
        most=119,
        required="Enter a name for the list",
        hint="For yourself and other admins, such as “Community nurses, November”",
    )
    file = FileField(
        "CSV file",
        description="One row for each person under a row of headings: Name, Email, Organisation, Groups, "
        "Job title. Only Email is needed. Several groups in a cell stand between semicolons. Up to 15 MB.",
        validators=[FileRequired("Choose a CSV file")],
    )
    create_groups = BooleanField(
        "Make the staff groups that do not exist yet",
        description="Otherwise a group that we do not know is left out, and its row says so.",
    )
