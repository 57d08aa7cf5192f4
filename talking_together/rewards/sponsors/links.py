"""The address of a sponsor's own site: shown as a link to everybody, so nothing but https."""

from talking_together.core.addresses import parts_of
from talking_together.core.errors import InvalidInput

MOST_LINK = 300
NOT_A_LINK = "Enter a full address that begins with https://, such as https://leisure.example"


def checked_link(text: str) -> str:
    """Return an address that a page may link to, or an empty one; raises InvalidInput on `link`."""
    if not text:
        return ""
    parts = parts_of(text)
    try:
        # A port beyond what there is shows only when it is asked for.
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidInput(NOT_A_LINK, field="link") from None
    # Browsers read "\\" as "/"; a name before "@" is no part of where the link leads.
    is_plain = text.isprintable() and not set(' \\"<>') & set(text)
    if parts.scheme != "https" or "." not in host.strip(".") or "@" in parts.netloc or not is_plain:
        raise InvalidInput(NOT_A_LINK, field="link")
    if len(text) > MOST_LINK:
        raise InvalidInput(f"Link must be {MOST_LINK} characters or fewer", field="link")
    return text
