"""Addresses with a number and words, as in /ideas/12-a-shared-checklist."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from werkzeug.routing import BaseConverter, IntegerConverter, Map, ValidationError

MAX_ID = 2**63 - 1
SLUG_LENGTH = 60

_not_in_slug = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Slugged:
    """What stands in an address: the id that counts and the words that are for people."""

    id: int
    slug: str


class SluggedConverter(BaseConverter):
    """`<slugged:ref>` takes "12" or "12-some-words"; an id beyond 63 bits is no address."""

    regex = r"\d{1,19}(?:-[^/]*)?"

    def to_python(self, value: str) -> Slugged:
        """Return the id and the words."""
        number, _, slug = value.partition("-")
        if int(number) > MAX_ID:
            raise ValidationError()
        return Slugged(int(number), slug)

    def to_url(self, value: str) -> str:
        """Return the text for the address as it stands: made by `slug_path`."""
        return str(value)


class BoundedIntegerConverter(IntegerConverter):
    """`<int:id>` that no database overflows on."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=MAX_ID)


def slug_of(text: str) -> str:
    """Return the words of a text as they stand in an address; empty when it has none."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("’", "")).encode("ascii", "ignore").decode()
    words = _not_in_slug.sub("-", text.lower().replace("'", "")).strip("-")
    if len(words) <= SLUG_LENGTH:
        return words
    return words[: SLUG_LENGTH + 1].rpartition("-")[0] or words[:SLUG_LENGTH]


def slug_path(prefix: str, id: int, title: str) -> str:
    """Return the path of a thing by its id and title: slug_path("ideas", 12, "A list")."""
    slug = slug_of(title)
    return f"/{prefix}/{id}-{slug}" if slug else f"/{prefix}/{id}"


def parts_of(url: str | None) -> SplitResult:
    """Return the parts of an address that a browser sent; all empty for one that cannot be read."""
    try:
        return urlsplit(url or "")
    except ValueError:
        return urlsplit("")


def safe_next(target: str | None, default: str = "/") -> str:
    """Return the path to go to next if it lies within the site, else the default."""
    if not target or not target.startswith("/") or len(target) > 2000:
        return default
    # Browsers read "\\" as "/", and drop tabs and line ends, so "/\evil" would leave the site.
    if "\\" in target or not target.isprintable() or target.startswith("//"):
        return default
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else default
