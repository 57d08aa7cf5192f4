"""Reads CSV however long its cells: the csv module keeps one limit for the whole process.

It is set here and nowhere else; readers judge a cell that is too long themselves, and go on.
"""

import csv
from collections.abc import Iterable
from typing import Any

csv.field_size_limit(2**31 - 1)


def read_cells(lines: Iterable[str], **dialect: Any) -> Any:
    """Return the csv module's reader of the lines."""
    return csv.reader(lines, **dialect)
