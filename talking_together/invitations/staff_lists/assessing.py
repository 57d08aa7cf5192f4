"""What becomes of one row of a staff list: its outcome and the reason, in words."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from talking_together.invitations.staff_lists.cells import (
    CELLS,
    address_in,
    clean,
    problem_with,
    problem_with_address,
    shown,
)
from talking_together.invitations.staff_lists.near_misses import domain_meant, organisation_meant
from talking_together.invitations.staff_lists.reading import ListRow
from talking_together.mail.addresses import domain_of, readable_address

MAX_REASON = 300
MAX_KEPT_CELL = 2_000
EXAMPLE = "Example:"

FIELDS = ("name", "email", "organisation", "groups", "job_title")
Corrections = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Partnership:
    """What the cells of a row are compared with; `meant` remembers what near misses were found."""

    organisations: Mapping[str, int]
    domains: Mapping[str, int]
    groups: Mapping[str, int]
    names: Mapping[int, str] = field(default_factory=dict)
    meant: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def organisation_of_domain(self, address: str) -> int | None:
        """Return the organisation whose domain the address is at, or below."""
        labels = domain_of(address).split(".")
        for start in range(len(labels) - 1):
            found = self.domains.get(".".join(labels[start:]))
            if found is not None:
                return found
        return None

    def organisation_meant(self, key: str) -> str | None:
        """Return the name of the organisation that a name nearly is."""
        found = self._remembered(("organisation", key), lambda: organisation_meant(key, self.organisations))
        return self.names.get(self.organisations[found], found) if found else None

    def domain_meant(self, domain: str) -> str | None:
        """Return the partner's domain that a domain nearly is."""
        return self._remembered(("domain", domain), lambda: domain_meant(domain, self.domains))

    def _remembered(self, key: tuple[str, str], find: Callable[[], str | None]) -> str | None:
        if key not in self.meant:
            # A file of nothing but slips must not fill the memory.
            if len(self.meant) > 20_000:
                self.meant.clear()
            self.meant[key] = find()
        return self.meant[key]


@dataclass(slots=True)
class Assessed:
    """A row with its cells cleaned and, until the database has been asked, its outcome.

    Of a row that needs attention, `field` is the cell it is about, `suggestion` what may have been
    meant, and `cells` the row as it stands in the file.
    """

    row: int
    outcome: str
    reason: str = ""
    name: str = ""
    email: str = ""
    organisation: str = ""
    groups: str = ""
    job_title: str = ""
    staff_number: str = ""
    organisation_id: int | None = None
    member_id: int | None = None
    unknown_groups: list[str] = field(default_factory=list)
    cells: list[str] | None = None
    suggestion: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: in which field, in words, and what may have been meant."""

    field: str
    words: str
    suggestion: str = ""


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


def assessor(
    partnership: Partnership, corrections: Corrections | None = None
) -> Callable[[ListRow], Assessed]:
    """Return the function that assesses the rows of one file, in their order."""
    first_rows: dict[str, int] = {}

    def assess(row: ListRow) -> Assessed:
        if row.is_empty:
            return Assessed(row.row, "ignored", "This row is empty")
        if is_example(row):
            return Assessed(row.row, "ignored", "The example of the template", name=row.cells["name"][:100])
        found, problem = cleaned(row, FIELDS)
        _correct(found, corrections or {})
        problem = problem or _address_problem(found) or _place(found, partnership, corrections or {})
        if problem:
            return needing_attention(found, problem, row.whole)
        # Only a row that can be used stands for its address: a bad one shuts out nobody.
        first = first_rows.setdefault(found.email, row.row)
        if first != row.row:
            found.outcome, found.reason = "ignored", f"The same email address as row {first:,}"
        return found

    return assess


def needing_attention(found: Assessed, problem: Problem, whole: list[str]) -> Assessed:
    """Return the row with what is wrong with it, and as it stood in the file."""
    found.outcome, found.reason = "needs attention", problem.words[:MAX_REASON]
    found.field, found.suggestion = problem.field, problem.suggestion
    found.cells = [cell[:MAX_KEPT_CELL].replace("\x00", "") for cell in whole]
    return found


def is_example(row: ListRow) -> bool:
    """Return whether this is the row that our template shows how to fill in."""
    return row.cells.get("name", "").lstrip().startswith(EXAMPLE)


def cleaned(row: ListRow, fields: Iterable[str]) -> tuple[Assessed, Problem | None]:
    """Return the row with its cells fit to be kept, and what is wrong with the first that is not."""
    found = Assessed(row.row, "new")
    problem = None
    for name in fields:
        longest, words = CELLS[name]
        raw = row.cells.get(name, "")
        wrong = f"{words}: {row.faults[name]}" if name in row.faults else problem_with(name, raw)
        if wrong and problem is None:
            problem = Problem(name, wrong)
        text = clean(name, raw)[:longest]
        if name == "email":
            text, written_name = address_in(text)
            found.name = found.name or written_name[: CELLS["name"][0]]
        setattr(found, name, text)
    return found, problem


def _correct(found: Assessed, corrections: Corrections) -> None:
    """Put what an admin accepted in place of what the file says."""
    organisation = corrections.get("organisation", {}).get(name_key(found.organisation))
    if organisation:
        found.organisation = organisation
    domain = corrections.get("domain", {}).get(domain_of(found.email))
    if domain and "@" in found.email:
        found.email = f"{found.email.rpartition('@')[0]}@{domain}"


def _address_problem(found: Assessed) -> Problem | None:
    words = problem_with_address(found.email)
    return Problem("email", words) if words else None


def _place(found: Assessed, partnership: Partnership, corrections: Corrections) -> Problem | None:
    """Find the row's organisation and note groups that do not exist; return what is wrong."""
    problem = _slip_in_domain(found, partnership, corrections)
    if found.organisation:
        key = name_key(found.organisation)
        found.organisation_id = partnership.organisations.get(key)
        if found.organisation_id is None:
            return _unknown_organisation(found.organisation, partnership.organisation_meant(key))
    else:
        found.organisation_id = partnership.organisation_of_domain(found.email)
        if found.organisation_id is None:
            domain = shown(domain_of(found.email))
            return problem or Problem(
                "organisation", f"Organisation: missing, and no partner has the domain “{domain}”"
            )
    found.unknown_groups = [
        name for name in groups_in(found.groups) if name_key(name) not in partnership.groups
    ]
    if found.unknown_groups:
        listed = ", ".join(f"“{shown(name)}”" for name in found.unknown_groups)
        found.field, found.reason = "groups", f"Staff groups that do not exist yet: {listed}"[:MAX_REASON]
    return problem


def _slip_in_domain(found: Assessed, partnership: Partnership, corrections: Corrections) -> Problem | None:
    domain = domain_of(found.email)
    if partnership.organisation_of_domain(found.email) is not None:
        return None
    # Corrected to itself: an admin said that it is right as it is.
    if corrections.get("domain", {}).get(domain) == domain:
        return None
    meant = partnership.domain_meant(domain)
    if meant is None:
        return None
    words = f"Email: “{shown(domain)}”: did you mean {readable_address(meant)}?"
    return Problem("email", words, meant)


def _unknown_organisation(name: str, meant: str | None) -> Problem:
    said = f"Organisation: “{shown(name)}”"
    if meant:
        return Problem("organisation", f"{said}: did you mean {meant}?", meant)
    return Problem("organisation", f"{said} is not one of the partners")
