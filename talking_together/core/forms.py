"""Form fields that keep what was typed and refuse what does no good in text."""

import re
import unicodedata
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation

from talking_together.core.errors import InvalidInput, TalkingTogetherError

# Overrides and isolates that turn the direction of what follows, and can make text lie.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Letters and a symbol by their category, but drawn as nothing: fillers of Hangul, empty Braille.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


class Form(FlaskForm):
    """Base of every form; the token is checked for the whole site by CSRFProtect."""

    class Meta:
        csrf = True

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
            """Leave `required` to the server, so that the browser's own bubbles stay away."""
            render_kw.setdefault("required", False)
            return super().render_field(field, render_kw)  # type: ignore[misc]

    def add_error(self, field: str | None, message: str) -> None:
        """Put the message of a service's error next to the field it belongs to."""
        target = self._fields.get(field or "") or next(iter(self._fields.values()))
        target.errors = [*target.errors, message]

    def explain(self, error: TalkingTogetherError) -> str:
        """Put a service's error next to its field, or return it as words about the whole page."""
        if isinstance(error, InvalidInput) and error.field:
            self.add_error(error.field, error.message)
            return ""
        return error.message


def strip(value: str | None) -> str | None:
    """Return the text without white space at its ends, composed as Unicode NFC.

    Text in which nothing can be seen, such as zero-width spaces alone, is no text.
    """
    if not value:
        return value
    text = unicodedata.normalize("NFC", value).strip()
    return text if any(map(_leaves_a_mark, text)) else ""


def _leaves_a_mark(character: str) -> bool:
    # A control character counts: it is refused in words of its own.
    category = unicodedata.category(character)
    return category not in ("Cf", "Mn", "Zs", "Zl", "Zp") and character not in _BLANK_LETTERS


def unix_lines(value: str | None) -> str | None:
    """Return the text with the line ends that we store."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if value else value


class PlainText:
    """Refuse control characters and characters that turn the direction of text."""

    def __init__(self, *, lines: bool) -> None:
        self.controls = _TEXT_CONTROLS if lines else _LINE_CONTROLS

    def __call__(self, _form: object, field: Field) -> None:
        """Raise StopValidation naming the kind of character found."""
        text = field.data or ""
        if self.controls.search(text):
            raise StopValidation("Remove the control characters: we cannot show them")
        if _DIRECTION.search(text):
            raise StopValidation("Remove the hidden characters that change the direction of text")


def length_between(label: str, least: int, most: int) -> Length:
    """Return the check of a length in characters, worded for its label."""
    message = f"{label} must be {most:,} characters or fewer"
    if least > 1:
        message = f"{label} must be between {least:,} and {most:,} characters"
    return Length(min=least or -1, max=most, message=message)


def line_field(
    label: str, *, most: int, required: str | None = None, hint: str = "", validators: Any = (), **kwargs: Any
) -> StringField:
    """Return a field of one line; `required` is the message when it is left empty."""
    first = [DataRequired(required)] if required else []
    return StringField(
        label,
        description=hint,
        filters=[strip],
        validators=[*first, PlainText(lines=False), length_between(label, 0, most), *validators],
        **kwargs,
    )


def text_field(
    label: str, *, most: int, required: str | None = None, hint: str = "", validators: Any = (), **kwargs: Any
) -> TextAreaField:
    """Return a field of several lines; `required` is the message when it is left empty."""
    first = [DataRequired(required)] if required else []
    return TextAreaField(
        label,
        description=hint,
        filters=[unix_lines, strip],
        validators=[*first, PlainText(lines=True), length_between(label, 0, most), *validators],
        **kwargs,
    )
