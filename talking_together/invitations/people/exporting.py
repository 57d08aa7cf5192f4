"""The list of people as a file, and the note of who took it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.errors import InvalidInput

FORMATS = ("csv", "xlsx")
# A workbook is made in memory, some fifteen thousand people a second.
MOST_IN_WORKBOOK = 100_000
FORMER = "A former colleague"
HEADINGS = (
    "Name",
    "Email",
    "Job title",
    "Organisation",
    "Staff groups",
    "Phase",
    "State",
    "Sent",
    "Reminders",
    "Joined",
    "Link works until",
    "Last answer of the mail server",
)


def record_export(
    actor: Actor, *, format: str, phase: Any | None, chosen: Mapping[str, str], people: int
) -> None:
    """Note who downloaded which people; InvalidInput for more than a workbook can be made of."""
    ensure_role(actor, "admin")
    if format == "xlsx" and people > MOST_IN_WORKBOOK:
        raise InvalidInput(
            f"These are {people:,} people, and a workbook holds {MOST_IN_WORKBOOK:,} at most. Choose fewer, "
            "or download the CSV file."
        )
    record(
        actor,
        "people exported",
        subject_type="phase" if phase else "site",
        subject_id=phase.id if phase else None,
        subject_label=phase.name if phase else "All phases",
        details={"format": format, "people": people, "filters": dict(chosen)},
    )


def lines_of(people: Iterable[Any], group_names: Mapping[int, str]) -> Iterator[Sequence[Any]]:
    """Yield a line for each person; of a former colleague only what became of the invitation."""
    for row in people:
        groups = "; ".join(group_names[id] for id in row.group_ids if id in group_names)
        who = (row.name, row.email, row.job_title, row.organisation_name, groups)
        yield (
            *((FORMER, "", "", "", "") if row.is_former else who),
            row.phase_name,
            row.state.capitalize(),
            row.sent_at,
            row.reminders,
            row.joined_at,
            row.expires_at,
            "" if row.is_former else row.last_answer,
        )
