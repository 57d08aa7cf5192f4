"""Finds what must never be published: a valid NHS number.

The check digit is that of the NHS Data Dictionary, "NHS number": the first nine digits weighted 10
down to 2, summed, taken modulo 11 and from 11; 11 counts as 0, and 10 is never a valid number. What
was found is never logged.
"""

import re

from talking_together.core.errors import InvalidInput
from talking_together.core.rich_text import PICTURE_ADDRESS

_TEN_DIGITS = re.compile(r"(?<![\d.,-])\d{3}[ \u00a0-]?\d{3}[ \u00a0-]?\d{4}(?![\d-])")
# Its key is random: one in some thousands holds ten digits that make a valid number.
_PICTURE_ADDRESS = re.compile(PICTURE_ADDRESS)


def has_nhs_number(text: str) -> bool:
    """Return whether a valid NHS number stands in the text, with or without spaces or hyphens.

    The addresses of our own pictures are not looked into.
    """
    written = _PICTURE_ADDRESS.sub("/files/", text)
    return any(_is_valid(re.sub(r"\D", "", found)) for found in _TEN_DIGITS.findall(written))


def ensure_without_nhs_number(text: str, *, field: str) -> None:
    """Raise InvalidInput on the field if a valid NHS number stands in the text."""
    if has_nhs_number(text):
        raise InvalidInput(
            "This holds an NHS number. Take it out: nothing here may point to a patient", field=field
        )


def _is_valid(digits: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == int(digits[9])
