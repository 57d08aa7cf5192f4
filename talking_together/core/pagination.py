"""Keyset pages: a cursor holds the sort values of the last row shown."""

import base64
import binascii
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from talking_together.core.errors import NotFound

MAX_CURSOR_LENGTH = 200
MAX_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page and the cursor that the next page starts after, if there is one."""

    rows: list[Any]
    next_cursor: str | None


def encode_cursor(*values: int | float | str) -> str:
    """Return the values as text that is safe in an address."""
    raw = json.dumps(values, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_cursor(text: str | None, kinds: Sequence[type]) -> tuple[Any, ...] | None:
    """Return the values of a cursor, None for no cursor; NotFound for one that is not ours."""
    if not text:
        return None
    if len(text) > MAX_CURSOR_LENGTH or not text.isascii():
        raise NotFound()
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise NotFound() from None
    if not isinstance(values, list) or len(values) != len(kinds):
        raise NotFound()
    if not all(_is_a(kind, value) for kind, value in zip(kinds, values, strict=True)):
        raise NotFound()
    return tuple(values)


def _is_a(kind: type, value: Any) -> bool:
    """Return whether a value is of the kind and one that a database can compare with."""
    # bool is an int to isinstance, and no sort value.
    if not isinstance(value, kind) or isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) <= MAX_INTEGER
    return math.isfinite(value) if isinstance(value, float) else str(value).isprintable()


def moment_in(text: str) -> datetime:
    """Return the moment that a cursor holds in ISO 8601; NotFound for text that is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotFound() from None


def page_of(rows: Sequence[Any], size: int, cursor_of: Any) -> Page:
    """Return a page from up to `size + 1` rows; `cursor_of(row)` makes the cursor of a row."""
    shown = list(rows[:size])
    more = len(rows) > size
    return Page(shown, cursor_of(shown[-1]) if more else None)
