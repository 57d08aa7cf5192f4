"""What narrows a search: parts of its address, each left out when it makes no sense."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from talking_together.ideas.statuses import LISTED, STATUSES
from talking_together.search.index import KINDS

MOST_TAG = 40
MOST_ID = 2**31 - 1
SINCE = {"week": timedelta(days=7), "month": timedelta(days=31), "year": timedelta(days=366)}
FOUND_STATUSES = tuple(status for status in STATUSES if status in LISTED)


@dataclass(frozen=True, slots=True)
class Filters:
    """What hits are narrowed to; what is empty or None narrows nothing."""

    kind: str = ""
    challenge: int | None = None
    theme: int | None = None
    tag: str = ""
    status: str = ""
    organisation: int | None = None
    since: str = ""

    @property
    def are_of_ideas(self) -> bool:
        """Return whether they ask for something that a challenge has none of."""
        return self.theme is not None or bool(self.tag) or bool(self.status)

    def parts(self) -> dict[str, str]:
        """Return those that narrow, as parts of an address."""
        return {name: str(value) for name in self.__slots__ if (value := getattr(self, name))}

    def __bool__(self) -> bool:
        """Return whether anything is narrowed."""
        return bool(self.parts())


def filters_in(arguments: Mapping[str, str]) -> Filters:
    """Return the filters of an address."""

    def one_of(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
        value = arguments.get(name, "")
        return value if value in known else ""

    def id_of(name: str) -> int | None:
        value = arguments.get(name, "")
        if not (value.isascii() and value.isdigit() and len(value) <= 10):
            return None
        return int(value) if 0 < int(value) <= MOST_ID else None

    return Filters(
        kind=one_of("kind", KINDS),
        challenge=id_of("challenge"),
        theme=id_of("theme"),
        tag="".join(filter(str.isprintable, arguments.get("tag", ""))).strip().lower()[:MOST_TAG],
        status=one_of("status", FOUND_STATUSES),
        organisation=id_of("organisation"),
        since=one_of("since", SINCE),
    )
