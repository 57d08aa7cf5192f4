"""The words of an invitation: an admin's message with a few places for what differs."""

import re
from collections.abc import Mapping

from talking_together.core.errors import InvalidInput

PLACEHOLDERS = ("first_name", "organisation", "site_name", "challenge")
MAX_SUBJECT = 150
# What a name or an organisation puts into a subject must leave it a subject that can be sent.
MAX_FILLED_SUBJECT = 200

DEFAULT_SUBJECT = "{first_name}, join {site_name}"
DEFAULT_MESSAGE = """Dear {first_name},

Staff of {organisation} and our partner organisations are invited to {site_name}, a private place to answer real questions with ideas, improve each other's ideas and see what is done about them.

Joining takes about a minute."""  # noqa: E501
DEFAULT_REMINDER_SUBJECT = "Reminder: {subject}"
DEFAULT_REMINDER = """Dear {first_name},

A little while ago we invited you to {site_name}, where staff of {organisation} and our partner organisations answer real questions with ideas. Your place is still open.

Joining takes about a minute."""  # noqa: E501

_PLACE = re.compile(r"\{([^{}]*)\}")


def check_placeholders(text: str, *, field: str, has_challenge: bool) -> None:
    """Raise InvalidInput on the field for a place in the text that we cannot fill."""
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    if "{challenge}" in text and not has_challenge:
        raise InvalidInput("Choose the challenge that {challenge} stands for, or take it out", field=field)
    for name in _PLACE.findall(text):
        if name not in PLACEHOLDERS:
            raise InvalidInput(f"We cannot fill in {{{name[:40]}}}. Use {known}", field=field)
    if "{" in _PLACE.sub("", text) or "}" in _PLACE.sub("", text):
        raise InvalidInput(f"A curly bracket has no partner. Use {known}", field=field)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its places filled."""
    return _PLACE.sub(lambda match: values[match.group(1)], text)


def one_line(subject: str) -> str:
    """Return a filled subject on one line, short enough to be sent."""
    return " ".join(subject.split())[:MAX_FILLED_SUBJECT]


def reminder_subject_of(subject: str, reminder_subject: str) -> str:
    """Return the subject of a reminder: its own, else the invitation's with "Reminder:" before it."""
    return reminder_subject or DEFAULT_REMINDER_SUBJECT.format(subject=subject)


def first_name_of(name: str) -> str:
    """Return the first word of a name, after any title; "colleague" when there is none."""
    words = name_as_said(name).replace(",", " ").split()
    while len(words) > 1 and words[0].rstrip(".").casefold() in _TITLES:
        words = words[1:]
    return words[0] if words else "colleague"


def name_as_said(name: str) -> str:
    """Return a name in the order in which it is said: "Alison Threlkeld" for "Threlkeld, Alison"."""
    last, _, first = (part.strip() for part in name.partition(","))
    if not last or not first or "," in first or (_LETTERS.fullmatch(first) and not last.isupper()):
        return name
    return f"{first} {last}"


# Letters behind a name, as in "Alison Threlkeld, RGN" or "Ahmed Khan, MSc".
_LETTERS = re.compile(r"[A-Z]\w?[A-Z]\w{0,2}( \w+)*")
_TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev", "sister"}


def paragraphs_of(message: str) -> list[list[str]]:
    """Return the lines of each paragraph."""
    return [part.split("\n") for part in re.split(r"\n\s*\n", message.strip()) if part.strip()]
