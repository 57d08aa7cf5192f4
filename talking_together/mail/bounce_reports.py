"""Reading a delivery status notification (RFC 3464, RFC 6533) as mail systems really write them.

Nothing in a report is trusted: it is read in bounded time and space, and only what it says about a
Message-ID that we made is used. Auto-replies are not reports, whatever they quote.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import Any

from talking_together.mail.bounce_kinds import DELAYED, kind_of, sharpest_status, status_in
from talking_together.mail.bounce_texts import Notice, explanation_in, message_ids_in

# More than any report needs; what stands behind it is the message that comes back.
MAX_BYTES = 512_000
MAX_PARTS = 60
MAX_FORWARDS = 3
MAX_RECIPIENTS = 50
MAX_MESSAGE_IDS = 20
MAX_WORDS = 400
MAX_FIELD = 2_000

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_RETURNED_TYPES = (
    "message/rfc822",
    "message/global",
    "message/rfc822-headers",
    "message/global-headers",
    "text/rfc822-headers",
    "text/rfc822",
)
_XTEXT = re.compile(r"\+([0-9A-Fa-f]{2})")


class Unreadable(Exception):
    """What came is not a message that can be read within bounds."""


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """What a report says about one recipient; addresses are lower case, "" when not given."""

    action: str
    status: str
    words: str
    original: str = ""
    final: str = ""

    @property
    def kind(self) -> str:
        """Return hard, soft, delayed, or "" for what is not a bounce."""
        return kind_of(self.action, self.status, self.words)


@dataclass(frozen=True, slots=True)
class Report:
    """A report: the Message-IDs it may be about, the likeliest first, and each recipient's status."""

    key: str
    message_ids: tuple[str, ...]
    recipients: tuple[RecipientStatus, ...]

    def about(self, address: str) -> RecipientStatus | None:
        """Return what it says about our one recipient, None when it is about others.

        Forwarding changes the final recipient, so only an original recipient can contradict us.
        Of several that may be meant the mildest counts: one of a list's members is not the list.
        """
        own = [each for each in self.recipients if address in _spellings(each.original or each.final)]
        found = own or [each for each in self.recipients if not each.original]
        return min(found, key=lambda each: _MILDEST.index(each.kind), default=None)


_MILDEST = ("", DELAYED, "soft", "hard")


class _Part(Message):
    """A part whose message/* content stays text, to be read by us and no deeper than we say."""

    def get_content_type(self) -> str:
        found = super().get_content_type()
        return f"x-{found}" if found.startswith("message/") else found

    @property
    def kind(self) -> str:
        """Return the content type as it was written."""
        return self.get_content_type().removeprefix("x-")


def read_report(content: bytes, *, depth: int = 0) -> Report | None:
    """Return the report that a message is, None for any other message; raises Unreadable."""
    message = _parsed(content)
    parts = _leaves_of(message)
    returned = [part for part in parts if part.kind in _RETURNED_TYPES]
    statuses = [part for part in parts if part.kind in _STATUS_TYPES]
    if statuses:
        recipients = [status for part in statuses for status in _recipients_in(_text_of(part))]
    else:
        for part in returned if depth < MAX_FORWARDS else ():
            # A report that somebody forwarded as an attachment.
            if (forwarded := read_report(_bytes_of(part), depth=depth + 1)) is not None:
                return forwarded
        notice = _notice_in(message, parts)
        if notice is None:
            return None
        recipients = [
            RecipientStatus(notice.action, status_in(notice.words), _tidied(notice.words), final=address)
            for address in notice.addresses or ("",)
        ]
    return Report(
        key=_header(message, "Message-ID"),
        message_ids=_message_ids(message, parts, returned, has_status=bool(statuses)),
        recipients=tuple(recipients[:MAX_RECIPIENTS]),
    )


def _parsed(content: bytes) -> _Part:
    content = content[:MAX_BYTES].replace(b"\0", b"")
    # Nesting costs the parser its time and its stack; no report is wrapped as often as this.
    if content.lower().count(b"boundary") > MAX_PARTS:
        raise Unreadable("too many parts")
    try:
        return message_from_bytes(content, _class=_Part)
    except (RecursionError, ValueError, LookupError, HeaderParseError) as error:
        raise Unreadable(type(error).__name__) from error


def _leaves_of(message: _Part) -> list[Any]:
    leaves: list[Any] = []
    waiting: list[Any] = [message]
    while waiting and len(leaves) < MAX_PARTS:
        part = waiting.pop(0)
        if part.is_multipart():
            waiting[:0] = part.get_payload()[:MAX_PARTS]
        else:
            leaves.append(part)
    return leaves


def _bytes_of(part: Any) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text_of(part: Any) -> str:
    content = _bytes_of(part)
    try:
        charset = part.get_content_charset() or "utf-8"
        return content.decode(charset, "replace")
    except (LookupError, ValueError, UnicodeError):
        return content.decode("utf-8", "replace")


def _header(message: Any, name: str) -> str:
    """Return a header in readable text; of one that cannot be decoded, as it stands."""
    value = str(message.get(name, ""))[:2_000]
    try:
        pieces = decode_header(value)
        return "".join(
            piece.decode(charset or "ascii", "replace") if isinstance(piece, bytes) else piece
            for piece, charset in pieces
        ).strip()
    except (HeaderParseError, LookupError, ValueError):
        return value.strip()


def _recipients_in(text: str) -> list[RecipientStatus]:
    """Return the statuses in the fields of a delivery-status part, one block a recipient."""
    found = []
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip())[: MAX_RECIPIENTS + 1]:
        fields = _fields_in(block)
        if not fields.keys() & {"final-recipient", "original-recipient", "action", "status"}:
            continue
        words = _tidied(_without_type(fields.get("diagnostic-code", "")))
        stated = status_in(fields.get("status", ""))
        found.append(
            RecipientStatus(
                action=re.split(r"[\s(;]", fields.get("action", "").lower(), maxsplit=1)[0],
                status=sharpest_status(stated, words),
                words=words or _tidied(fields.get("status", "")),
                original=_address(fields.get("original-recipient", "")),
                final=_address(fields.get("final-recipient", "")),
            )
        )
    return found


def _fields_in(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in block.split("\n"):
        if line[:1] in (" ", "\t"):
            # A value of many thousand lines would be copied as many times.
            if name and len(fields[name]) < MAX_FIELD:
                fields[name] = f"{fields[name]} {line.strip()}"
        else:
            name, colon, value = line.partition(":")
            name = name.strip().lower() if colon else ""
            if name:
                # The first of two stands, as everywhere else in a message.
                fields.setdefault(name, value.strip())
    return fields


def _without_type(value: str) -> str:
    """Return a typed field's value, as in "smtp; 550 No"."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and " " not in kind.strip() else value


def _address(value: str) -> str:
    address = _without_type(value).strip().strip("<>").lower()
    return address if "@" in address else ""


def _spellings(address: str) -> tuple[str, str]:
    """Return an address as it stands, and with what RFC 3461 encodes in it decoded."""
    return address, _XTEXT.sub(lambda found: chr(int(found[1], 16)), address)


def _notice_in(message: _Part, parts: list[Any]) -> Notice | None:
    """Return what a bounce without a delivery-status part says in words, None if it is none."""
    texts = (_text_of(part) for part in parts if part.kind in ("text/plain", "text/html"))
    return explanation_in(
        sender=_header(message, "From"),
        subject=_header(message, "Subject"),
        failed=_header(message, "X-Failed-Recipients"),
        text=next((text for text in texts if text.strip()), ""),
    )


def _message_ids(message: Any, parts: list[Any], returned: list[Any], *, has_status: bool) -> tuple[str, ...]:
    found: list[str] = []
    for part in returned:
        found += message_ids_in(_text_of(part))
    for part in parts:
        if part.kind in ("text/plain", "text/html"):
            found += message_ids_in(_text_of(part))
    if has_status:
        for name in ("In-Reply-To", "References"):
            found += re.findall(r"<[^<>\s]{3,198}>", _header(message, name))
    return tuple(dict.fromkeys(found))[:MAX_MESSAGE_IDS]


def _tidied(words: str) -> str:
    """Return words on one line that a database and a page can hold."""
    readable = "".join(character if character.isprintable() else " " for character in words)
    return " ".join(readable.split())[:MAX_WORDS]
