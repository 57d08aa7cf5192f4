"""What an import did with every row of both files."""

from collections import Counter
from dataclasses import dataclass, field

from talking_together.consultations.export_files import Unreadable

STATEMENT_ENDS = ("published", "hidden", "waiting for approval", "here already", "unreadable")
VOTE_ENDS = (
    "kept",
    "brought up to date",
    "here already",
    "replaced by a later vote",
    "passed",
    "on one’s own statement",
    "on a statement that did not come in",
    "unreadable",
)


@dataclass(slots=True)
class Report:
    """Rows of each file by what became of them; every row is in exactly one place."""

    challenge_id: int = 0
    statements: Counter[str] = field(default_factory=Counter)
    votes: Counter[str] = field(default_factory=Counter)
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Return whether anything was written."""
        written = ("published", "hidden", "waiting for approval", "kept", "brought up to date")
        return any(self.statements[end] or self.votes[end] for end in written)

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        lines = [*_table("comments.csv", self.statements, STATEMENT_ENDS)]
        lines += _table("votes.csv", self.votes, VOTE_ENDS)
        lines += [f"{row.file}, line {row.line:,}: {row.reason}" for row in self.unreadable]
        return lines


def _table(file: str, counts: Counter[str], ends: tuple[str, ...]) -> list[str]:
    rows = [f"  {counts[end]:>9,}  {end}" for end in ends]
    return [f"{file}: {counts.total():,} rows", *rows]
