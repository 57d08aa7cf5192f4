"""One cell of a staff list: made fit to be kept, or named for what is wrong with it."""

import re
import unicodedata

from talking_together.mail.addresses import is_address, normal_address, readable_address

# The longest that a cell may be, and what it is called to the reader of the list.
CELLS = {
    "name": (100, "Name"),
    "email": (254, "Email"),
    "organisation": (120, "Organisation"),
    "groups": (500, "Groups"),
    "job_title": (120, "Job title"),
    "staff_number": (60, "Staff number"),
}
SHOWN = 60

_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# What a spreadsheet leaves where it could not work something out.
_SHEET_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!)", re.IGNORECASE)
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?|\d{1,2}[- ]\w{3,9}[- ]\d{2,4}"
)
_NUMBER = re.compile(r"[-+]?[\d,. ]*\d[\d,. ]*(?:e[+-]?\d+)?", re.IGNORECASE)
# We put it before what a spreadsheet would run; in our own file it means nothing.
_MADE_HARMLESS = re.compile(r"'(?=[=+\-@\t])")
_WITH_NAME = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")
_SEPARATED = re.compile(r"[\s;,/]+")


def problem_with(name: str, raw: str) -> str | None:
    """Return what is wrong with a field's cell as it stands in the file, in words."""
    longest, words = CELLS[name]
    if len(raw) > longest * 4 or (len(raw) > longest and len(clean(name, raw)) > longest):
        if raw.count("\n") > 2:
            return f"{words}: runs over many lines; a quotation mark before it may never be closed"
        return f"{words}: is longer than {longest} characters"
    if "\x00" in raw or "\ufffd" in raw:
        return f"{words}: holds characters that cannot be read"
    text = raw.strip()
    if _SHEET_ERROR.fullmatch(text):
        return f"{words}: holds the spreadsheet’s error {text.upper()}"
    if text.startswith("="):
        return f"{words}: holds a formula, not its result"
    if name in ("name", "organisation", "email") and _DATE.fullmatch(text):
        return f"{words}: “{shown(text)}” is a date"
    if name in ("name", "organisation") and _NUMBER.fullmatch(text):
        return f"{words}: “{shown(text)}” is a number"
    return None


def clean(name: str, raw: str) -> str:
    """Return a field's cell on one line, without what cannot be seen, its beginning if it is too long."""
    # A cell may be as long as the file.
    text = raw[: CELLS[name][0] * 4]
    if name == "groups":
        text = text.replace("\n", ";")
    if text.isascii() and text.isprintable() and not text.startswith("'"):
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", _MADE_HARMLESS.sub("", text.strip(), count=1)))
    printable = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") else character
        for character in composed
    )
    return " ".join(printable.split())


def address_in(cell: str) -> tuple[str, str]:
    """Return the address that a cell holds, and the name that may stand before it.

    People write "Sam Lee <sam@trust.example>", and programs "mailto:sam@trust.example".
    """
    name = ""
    if found := _WITH_NAME.search(cell):
        name, cell = found["name"].strip(" \"',;"), found["address"]
    text = cell.strip(" \"'<>()[],;:")
    if text[:7].lower() == "mailto:":
        text = text[7:].partition("?")[0]
    return normal_address(text.strip().rstrip(".,;")), name if "@" not in name else ""


def problem_with_address(address: str) -> str | None:
    """Return what is wrong with an address, in words."""
    if not address:
        return "Email: missing"
    if is_address(address):
        return None
    local = address.rpartition("@")[0]
    if len([part for part in _SEPARATED.split(address) if "@" in part]) > 1:
        return f"Email: “{shown(address)}” is more than one address; keep one"
    if local and not local.isascii() and is_address(f"a@{address.rpartition('@')[2]}"):
        return f"Email: “{shown(address)}” has letters before the @ that we cannot write to"
    return f"Email: “{shown(address)}” is not an address we can write to"


def shown(text: str) -> str:
    """Return what a reason quotes of a cell, as people write it."""
    text = readable_address(text)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
