"""The forms of staff lists."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation

from talking_together.core.forms import Form, line_field
from talking_together.invitations.models import JOINING, LEAVING
from talking_together.invitations.staff_lists.queries import column_letters

NOT_IN_THE_LIST = -1
# A select of more is of no use to anybody.
MOST_CHOICES = 100
MOST_OF_A_NAME = 119
LABELS = {
    "email": "Email",
    "staff_number": "Staff number",
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "organisation": "Organisation",
    "groups": "Groups",
    "job_title": "Job title",
}


class StaffListForm(Form):
    """A staff list to upload or to paste."""

    name = line_field(
        "Name of the list",
        most=MOST_OF_A_NAME,
        required="Enter a name for the list",
        hint="For yourself and other admins, such as “Community nurses, November”. "
        "If it is empty, the list is called as its file.",
    )
    kind = RadioField(
        "Who is on the list?",
        choices=[SelectChoice(JOINING, "People to invite"), SelectChoice(LEAVING, "People who have left")],
        default=JOINING,
    )
    file = FileField(
        "File",
        description="An Excel workbook (XLSX), an OpenDocument spreadsheet (ODS) or CSV, up to 15 MB and "
        "100,000 rows, with one row for each person.",
    )
    pasted = TextAreaField(
        "Or paste the rows",
        description="Copy them from your spreadsheet, with their headings if they have any.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the form, calling the list as its file where no name was given."""
        if not self.name.data and self.file.data:
            # Browsers forget the file of a form that comes back with an error.
            self.name.data = PurePath(self.file.data.filename or "").stem[:MOST_OF_A_NAME].strip()
        return bool(super().validate(extra_validators))

    def validate_file(self, field: FileField) -> None:
        """Want either a file or rows, and not both."""
        pasted = bool((self.pasted.data or "").strip())
        if field.data and pasted:
            raise StopValidation("Choose a file or paste rows, not both")
        if not field.data and not pasted:
            raise StopValidation("Choose a file, or paste the rows below")


class ColumnsForm(Form):
    """Which column of a file holds which field."""

    sheet = SelectField("Sheet", coerce=int)
    has_headings = BooleanField("The list has a row of headings")
    email = SelectField(LABELS["email"], coerce=int)
    staff_number = SelectField(LABELS["staff_number"], coerce=int)
    name = SelectField(LABELS["name"], coerce=int)
    first_name = SelectField(LABELS["first_name"], coerce=int)
    last_name = SelectField(LABELS["last_name"], coerce=int)
    organisation = SelectField(LABELS["organisation"], coerce=int)
    groups = SelectField(LABELS["groups"], coerce=int)
    job_title = SelectField(LABELS["job_title"], coerce=int)

    def offer(self, *, fields: Sequence[str], sheets: Sequence[str], called: Sequence[str]) -> None:
        """Offer the columns of a file for the fields of its kind, and its sheets if it has several."""
        if len(sheets) > 1:
            self.sheet.choices = [SelectChoice(at, name) for at, name in enumerate(sheets)]
        else:
            del self.sheet
        choices = [SelectChoice(NOT_IN_THE_LIST, "Not in the list")]
        for at, heading in enumerate(called[:MOST_CHOICES]):
            shown = " ".join(heading[:60].split())
            letters = column_letters(at)
            words = f"{letters}: {shown}" if shown else f"Column {letters}"
            choices.append(SelectChoice(at, words))
        for name in LABELS:
            if name in fields:
                self[name].choices = choices
            else:
                del self[name]

    def columns(self) -> dict[str, int]:
        """Return which column holds which field, without those that are not in the list."""
        return {
            field.name: field.data
            for field in self
            if field.name in LABELS and field.data not in (None, NOT_IN_THE_LIST)
        }


class OrganisationForm(Form):
    """Which organisation was meant by what a list says."""

    said = line_field("What the list says", most=200, required="Choose what the list says")
    organisation_id = IntegerField("Organisation")


class DomainForm(Form):
    """Which domain was meant by what a list says."""

    said = line_field("What the list says", most=254, required="Choose what the list says")
    meant = line_field("Domain", most=254, required="Choose a domain")


class LeaversForm(Form):
    """Ending the access of many people wants their number."""

    people = line_field("How many people lose access", most=9, required="Type the number of people")

    def number(self) -> int:
        """Return the number that was typed, however it was grouped; -1 for anything else."""
        text = "".join(self.people.data or "").replace(",", "").replace(" ", "")
        return int(text) if text.isdecimal() else -1


def columns_form(
    staff_list: Any, *, fields: Sequence[str], sheets: Sequence[str], called: Sequence[str]
) -> ColumnsForm:
    """Return the form as the list stands, or as it was sent."""
    columns = {name: staff_list.columns.get(name, NOT_IN_THE_LIST) for name in fields}
    form = ColumnsForm(
        data={"sheet": staff_list.sheet, "has_headings": staff_list.heading_row > 0, **columns}
    )
    form.offer(fields=fields, sheets=sheets, called=called)
    return form
