"""What a column of a staff list is called, whatever the wording."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

# The surest wordings first: of two columns for a field, the one with the surer wording counts.
WORDINGS: dict[str, tuple[str, ...]] = {
    "email": (
        "email", "e mail", "email address", "e mail address", "work email", "work email address",
        "staff email", "nhs email", "email work", "mail", "mail address", "primary email",
        "contact email", "e bost", "ebost", "cyfeiriad e bost", "personal email", "home email",
    ),
    "name": (
        "name", "full name", "fullname", "staff name", "employee name", "display name",
        "member of staff", "staff member", "person", "colleague", "employee", "enw", "enw llawn",
    ),
    "first_name": (
        "first name", "firstname", "forename", "given name", "preferred name", "known as", "first",
        "enw cyntaf",
    ),
    "last_name": ("last name", "lastname", "surname", "family name", "last", "cyfenw"),
    "staff_number": (
        "staff number", "staff no", "employee number", "employee no", "assignment number", "payroll number",
        "payroll no", "staff id", "employee id", "sign in name", "username", "user name",
    ),
    "organisation": (
        "organisation", "organization", "employer", "organisation name", "organization name",
        "employing organisation", "org", "trust", "company", "partner", "sefydliad",
    ),
    "groups": (
        "groups", "group", "staff group", "staff groups", "staff group s", "team", "teams", "team name",
        "department", "ward", "adran",
    ),
    "job_title": (
        "job title", "jobtitle", "job", "role", "job role", "position", "position title", "post",
        "post title", "occupation", "title", "swydd", "teitl swydd",
    ),
}  # fmt: skip
_RANKS = {
    wording: (field, rank) for field, wordings in WORDINGS.items() for rank, wording in enumerate(wordings)
}
# Words that say which field a longer heading is about, tried in this order.
_TELLING = (
    ("email", {"email", "emails", "mail", "ebost"}),
    ("first_name", {"forename", "firstname", "forenames"}),
    ("last_name", {"surname", "lastname", "surnames"}),
    ("organisation", {"organisation", "organization", "employer"}),
    ("groups", {"team", "teams", "group", "groups", "department", "ward"}),
    ("job_title", {"job", "role", "position", "occupation"}),
)
# Of somebody or something else: "Line manager's email".
_OF_OTHERS = {
    "manager", "managers", "supervisor", "supervisors", "kin", "emergency", "secretary", "line", "reason",
    "code", "type", "date", "id", "number", "no", "status", "start", "end", "cost", "centre", "phone",
}  # fmt: skip
_UNSURE, _GUESSED = 100, 200
# A slip of the pen is looked for in headings that say what they mean.
_SPELLED = [wording for wording in _RANKS if len(wording) >= 5]


@lru_cache(maxsize=4_096)
def field_of(heading: str, *, guess: bool = True) -> tuple[str, int] | None:
    """Return the field that a heading names and how sure that is (0 is surest), or None.

    Without `guess` it must be spelled right, which is much quicker to tell.
    """
    words = _words_of(heading)
    said = " ".join(words)
    if said in _RANKS:
        return _RANKS[said]
    if not words or len(words) > 6 or _OF_OTHERS & set(words):
        return None
    for field, telling in _TELLING:
        if telling & set(words) or (field == "email" and {"e", "mail"} <= set(words)):
            return field, _UNSURE
    if not guess or not said.replace(" ", "").isalpha():
        return None
    near = get_close_matches(said, _SPELLED, n=1, cutoff=0.85)
    return (_RANKS[near[0]][0], _GUESSED) if near else None


def columns_named_in(record: Sequence[str]) -> dict[str, int]:
    """Return which column each field stands in, by the headings of a row."""
    found: dict[str, tuple[int, int]] = {}
    for at, heading in enumerate(record):
        if named := field_of(heading[:200]):
            field, rank = named
            found[field] = min(found.get(field, (rank, at)), (rank, at))
    return {field: at for field, (_, at) in found.items()}


def recognised(record: Sequence[str]) -> int:
    """Return how many fields the cells of a row name, spelled right."""
    named = (field_of(heading[:200], guess=False) for heading in record[:200])
    return len({found[0] for found in named if found})


def _words_of(heading: str) -> list[str]:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", heading[:200]))
    return re.findall(r"[^\W_]+", text.casefold().replace("’s", "").replace("'s", ""))
