"""The form that a sponsor's codes are added with."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, TextAreaField
from wtforms.validators import StopValidation

from talking_together.core.forms import Form, unix_lines
from talking_together.rewards.catalogue.code_files import ACCEPT
from talking_together.rewards.catalogue.codes import LONGEST, MOST_CODES


class CodesForm(Form):
    """A list of codes, pasted or sent as a file."""

    codes = TextAreaField(
        "Codes, one a line",
        description=f"Up to {MOST_CODES:,} at a time, of up to {LONGEST} characters each.",
        filters=[unix_lines],
    )
    file = FileField(
        "Or a file",
        description="Text, CSV or Excel (XLSX), with the codes in its only column. Up to 2 MB.",
        render_kw={"accept": ACCEPT},
    )
    without_faulty = BooleanField("Take the other lines, and leave these out")

    def validate_file(self, field: Any) -> None:
        """Ask for one of the two, and not for both."""
        typed = bool((self.codes.data or "").strip())
        if field.data and typed:
            raise StopValidation("Paste the codes or send a file, not both")
        if not field.data and not typed:
            raise StopValidation("Paste the codes, or choose a file")
