"""What an email address may look like, and what no header may hold."""

import re
import unicodedata

MAX_ADDRESS = 254

_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
)


def normal_address(text: str) -> str:
    """Return an address as it is kept and compared: without white space around it, lower case."""
    return text.strip().lower()


def is_address(text: str) -> bool:
    """Return whether a normal address can be written to: one person at a domain, in ASCII."""
    local = text.partition("@")[0]
    return len(text) <= MAX_ADDRESS and len(local) <= 64 and bool(_ADDRESS.fullmatch(text))


def domain_of(address: str) -> str:
    """Return what stands after the last @, in lower case."""
    return address.rpartition("@")[2].lower()


def breaks_a_header(text: str) -> bool:
    """Return whether text holds a line end or another character that no header may carry."""
    return any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text)
