"""What an email address may look like, and what no header may hold."""

import re
import unicodedata

import idna

MAX_ADDRESS = 254

_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
)


def normal_address(text: str) -> str:
    """Return an address as it is kept and compared: lower case, its domain in ASCII, no space around it."""
    address = text.strip().lower()
    if address.isascii():
        return address
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{_ascii_domain(domain)}"


def readable_address(address: str) -> str:
    """Return a normal address, or a domain, as people write it."""
    if "xn--" not in address:
        return address
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except (idna.IDNAError, UnicodeError):
        return address


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


def _ascii_domain(domain: str) -> str:
    # Longer than any domain, and slow to encode.
    if domain.isascii() or len(domain) > 253:
        return domain
    try:
        return idna.encode(domain, uts46=True, transitional=False).decode()
    except (idna.IDNAError, UnicodeError):
        return domain
