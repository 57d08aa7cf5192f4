"""What becomes of one row of a staff list: its outcome and the reason, in words."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from talking_together.invitations.staff_lists.reading import ListRow
from talking_together.mail.addresses import domain_of, is_address, normal_address

# The longest that a cell may be, and what it is called to the reader of the list.
CELLS = {
    "name": (100, "Name"),
    "email": (254, "Email"),
    "organisation": (120, "Organisation"),
    "groups": (500, "Groups"),
    "job_title": (120, "Job title"),
}
MAX_REASON = 300
SHOWN = 60

_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Partnership:
    """What the cells of a row are compared with."""

    organisations: Mapping[str, int]
    domains: Mapping[str, int]
    groups: Mapping[str, int]

    def organisation_of_domain(self, address: str) -> int | None:
        """Return the organisation whose domain the address is at, or below."""
        labels = domain_of(address).split(".")
        for start in range(len(labels) - 1):
            found = self.domains.get(".".join(labels[start:]))
            if found is not None:
                return found
        return None


@dataclass(slots=True)
class Assessed:
    """A row with its cells cleaned and, until the database has been asked, its outcome."""

    row: int
    outcome: str
    reason: str = ""
    name: str = ""
    email: str = ""
    organisation: str = ""
    groups: str = ""
    job_title: str = ""
    organisation_id: int | None = None
    unknown_groups: list[str] = field(default_factory=list)


def name_key(name: str) -> str:
    """Return a name as names are compared: whatever its case, width and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def named(names: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return ids by name, as names are compared."""
    return {name_key(name): id for name, id in names}


def groups_in(cell: str) -> list[str]:
    """Return the names of the groups in a cell, each once."""
    names = (" ".join(part.split()) for part in re.split(r"[;,|]", cell))
    return list({name_key(name): name for name in names if name}.values())


def known_groups(cell: str, groups: Mapping[str, int]) -> list[int]:
    """Return the ids of the groups in a cell that exist."""
    return [groups[name_key(name)] for name in groups_in(cell) if name_key(name) in groups]


def assessor(partnership: Partnership) -> Callable[[ListRow], Assessed]:
    """Return the function that assesses the rows of one file, in their order."""
    first_rows: dict[str, int] = {}

    def assess(row: ListRow) -> Assessed:
        if row.is_empty:
            return Assessed(row.row, "ignored", "This row is empty")
        found, problem = _cleaned(row)
        problem = problem or _problem_with_address(found.email) or _place(found, partnership)
        if problem:
            found.outcome, found.reason = "needs attention", problem[:MAX_REASON]
            return found
        # Only a row that can be used stands for its address: a bad one shuts out nobody.
        first = first_rows.setdefault(found.email, row.row)
        if first != row.row:
            found.outcome, found.reason = "ignored", f"The same email address as row {first:,}"
        return found

    return assess


def _cleaned(row: ListRow) -> tuple[Assessed, str | None]:
    """Return the row with its cells fit to be kept, and what is wrong with the first that is not."""
    found = Assessed(row.row, "new")
    problem = None
    for name, (longest, words) in CELLS.items():
        raw = row.cells.get(name, "")
        if name == "groups":
            raw = raw.replace("\n", ";")
        # A cell may be as long as the file: only its beginning is looked at.
        cell = _clean(raw[: longest * 4])
        if len(raw) > longest * 4 or len(cell) > longest:
            problem = problem or _too_long(words, raw, longest)
        elif "\x00" in raw or "\ufffd" in raw:
            problem = problem or f"{words}: holds characters that cannot be read"
        setattr(found, name, cell[:longest])
    found.email = normal_address(found.email)
    return found, problem


def _clean(text: str) -> str:
    """Return text on one line without what cannot be seen."""
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    printable = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") else character
        for character in composed
    )
    return " ".join(printable.split())


def _too_long(words: str, raw: str, longest: int) -> str:
    if raw.count("\n") > 2:
        return f"{words}: runs over many lines; a quotation mark before it may never be closed"
    return f"{words}: is longer than {longest} characters"


def _problem_with_address(address: str) -> str | None:
    if not address:
        return "Email: missing"
    if not is_address(address):
        return f"Email: “{_shown(address)}” is not an address we can write to"
    return None


def _place(found: Assessed, partnership: Partnership) -> str | None:
    """Find the row's organisation and note groups that do not exist; return what is wrong."""
    if found.organisation:
        found.organisation_id = partnership.organisations.get(name_key(found.organisation))
        if found.organisation_id is None:
            return f"Organisation: “{_shown(found.organisation)}” is not one of the partners"
    else:
        found.organisation_id = partnership.organisation_of_domain(found.email)
        if found.organisation_id is None:
            return f"Organisation: missing, and no partner has the domain “{_shown(domain_of(found.email))}”"
    found.unknown_groups = [
        name for name in groups_in(found.groups) if name_key(name) not in partnership.groups
    ]
    if found.unknown_groups:
        listed = ", ".join(f"“{_shown(name)}”" for name in found.unknown_groups)
        found.reason = f"Groups: left out because they do not exist: {listed}"[:MAX_REASON]
    return None


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
