"""Who has left may ask not to be named: whoever shows a member's name asks the byline for it."""

import re

from tests.architecture.sources import PACKAGE, modules, name_of

# A column with the names of members, under any alias of the table.
NAMES = re.compile(r"\b\w*(?:Member|Author|members)(?:\.c)?\.name\b")
# The room that keeps names, and the log, which says who somebody was whatever they ask later.
ALLOWED = ("talking_together/accounts/", "talking_together/audit/")
# People who wait to be let in have not left.
WAITING = {
    "talking_together/invitations/team_codes/approval.py",
    "talking_together/invitations/team_codes/queries.py",
}


def test_names_of_members_come_from_the_byline() -> None:
    found = [
        f"{name_of(path)}:{number}"
        for path in modules(PACKAGE)
        if not name_of(path).startswith(ALLOWED) and name_of(path) not in WAITING
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if NAMES.search(line)
    ]
    assert not found, (
        "A former colleague must not be named: use byline_columns, shown_name or unless_former from "
        f"talking_together.accounts.bylines in {found}"
    )
