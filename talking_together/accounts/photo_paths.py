"""Where members' photos are: an address changes with the photo, so that it can be kept for long."""

import re

SIZES = ("small", "large")
_FILE = re.compile(rf"([0-9a-f]{{32}})-({'|'.join(SIZES)})\.webp")


def small_photo_path(member_id: int, key: str) -> str:
    """Return the path of the photo that stands beside a name."""
    return f"/members/{member_id}/photo/{key}-small.webp"


def large_photo_path(member_id: int, key: str) -> str:
    """Return the path of the photo that stands on a page of its own."""
    return f"/members/{member_id}/photo/{key}-large.webp"


def parts_of_photo_file(name: str) -> tuple[str, str] | None:
    """Return the key and the size that the last part of such a path names, or None."""
    found = _FILE.fullmatch(name)
    return (found[1], found[2]) if found else None
