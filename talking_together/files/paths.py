"""Where files are, and which of them a text mentions."""

import re
from collections.abc import Iterable

from talking_together.core.addresses import MAX_ID
from talking_together.core.rich_text import DECORATION, PICTURE_ADDRESS

_key = re.compile("[0-9a-f]{32}")
_address = re.compile(PICTURE_ADDRESS)
# What would end the words of a picture early, or begin something else within them.
_has_meaning = re.compile(r"([\\\[\]*_`<>&!~])")


def is_key(text: str) -> bool:
    """Return whether the last part of a path could be the key of a file."""
    return _key.fullmatch(text) is not None


def file_path(id: int, key: str) -> str:
    """Return the path of a file."""
    return f"/files/{id}/{key}"


def small_picture_path(id: int, key: str) -> str:
    """Return the path of a picture as a phone shows it."""
    return f"/files/{id}/{key}/small"


def picture_markdown(id: int, key: str, *, words: str, width: int | None, height: int | None) -> str:
    """Return the line of Markdown that shows a picture; one without words is there for decoration."""
    size = f"#{width}x{height}" if width and height else ""
    title = "" if words else f' "{DECORATION}"'
    escaped = _has_meaning.sub(r"\\\1", words)
    return f"![{escaped}]({file_path(id, key)}{size}{title})"


def files_in(sources: Iterable[str]) -> set[tuple[int, str]]:
    """Return the ids and keys of the files that Markdown texts mention."""
    found = (match for text in sources for match in _address.finditer(text))
    return {(id, match["key"]) for match in found if (id := int(match["id"])) <= MAX_ID}
