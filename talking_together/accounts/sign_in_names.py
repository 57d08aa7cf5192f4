"""What people sign in with: their email address, or a staff number if they have no mailbox."""

import re
import unicodedata

from talking_together.mail.addresses import is_address, normal_address

EXAMPLE = "Enter an email address in the form name@example.org, or the staff number on your badge or payslip"

_NUMBER = re.compile(r"(?=.*[0-9])[a-z0-9](?:[a-z0-9/._-]{1,38}[a-z0-9])")


def normal_sign_in_name(typed: str) -> str:
    """Return a sign-in name as it is kept and compared: lower case, a number without any spaces."""
    typed = unicodedata.normalize("NFKC", typed)
    return normal_address(typed) if "@" in typed else "".join(typed.split()).lower()


def problem_with_sign_in_name(name: str) -> str | None:
    """Return what is wrong with a normal sign-in name that somebody chose, in words, or None."""
    if is_address(name) or ("@" not in name and _NUMBER.fullmatch(name)):
        return None
    return EXAMPLE
