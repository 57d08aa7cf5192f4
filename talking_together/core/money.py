"""Money as people type it, kept in whole pence."""

import re

_TYPED = re.compile(r"£? ?(\d{1,7}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d\d))?", re.ASCII)


def pence_in(typed: str) -> int | None:
    """Return the pence of an amount in pounds, such as "£12.50", "12.50" or "1,200"; None for other text."""
    found = _TYPED.fullmatch(typed.strip())
    if found is None:
        return None
    return int(found[1].replace(",", "")) * 100 + int(found[2] or 0)
