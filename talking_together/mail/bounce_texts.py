"""Bounces in words alone, as Exim, qmail and older systems write them: what is said, about whom."""

import html
import re
from dataclasses import dataclass

# Longer than any explanation; what follows is the message that comes back.
MAX_TEXT = 20_000
MAX_ADDRESSES = 20
MAX_EXPLANATION = 1_000
MAX_LEAD = 200

_DAEMON = re.compile(
    r"mailer-?daemon|postmaster|mail delivery (?:sub)?system|mail administrator|microsoft ?exchange|bounce",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|delivery.{0,30}(?:fail|status|notification)|fail\w* (?:notice|delivery)|returned mail"
    r"|returning message|non-?delivery|mail (?:delivery )?fail|could not be delivered|delayed|warning",
    re.IGNORECASE,
)
_AUTO_REPLY = re.compile(
    r"out of (?:the )?office|automatic reply|auto(?:matic)?[ -]?(?:reply|response)|on (?:annual )?leave",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"^.{0,20}(?:copy of (?:the|your) message|below this line|original message|returned message|message"
    r" headers|transcript of session ends|unsent message)",
    re.IGNORECASE | re.MULTILINE,
)
_DELAYED = re.compile(
    r"has not (?:yet )?been delivered|not yet been delivered|delivery (?:is|has been) delayed"
    r"|will (?:continue|keep) (?:to try|trying)|will be (?:re)?tried|do not need to resend",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"could not be delivered|couldn't be delivered|wasn't able to deliver|unable to deliver|not delivered"
    r"|undeliverable|delivery (?:has )?failed|permanent (?:fatal )?error|fatal errors"
    r"|address(?:\(es\))? failed|given up|gave up|(?<![\d.])5\d\d[ -]",
    re.IGNORECASE,
)
_ANY_CODE = re.compile(r"(?<![\d.])#?[45]\d\d[ -]#?\S|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9.-]{1,253}", re.IGNORECASE)
# Services that give what they relay a Message-ID of their own leave X-Message-Ref as it is.
_MESSAGE_ID = re.compile(
    r"^[ \t>|]*(?:(?:x-original-)?message-id|x-message-ref):\s*(<[^<>\s]{3,198}>)",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(r"<(?:/|!|[a-z])[^<>@]{0,2000}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a bounce says in words: failed or delayed, its explanation, and the addresses named."""

    action: str
    words: str
    addresses: tuple[str, ...]


def explanation_in(*, sender: str, subject: str, failed: str, text: str) -> Notice | None:
    """Return what a message of words says about a delivery; None when it is not a bounce.

    A bounce comes from a mail system and says that it failed; a person's auto-reply does neither.
    """
    if not failed and not (_DAEMON.search(sender) and _SUBJECT.search(subject)):
        return None
    if _AUTO_REPLY.search(subject):
        return None
    text = _before_what_came_back(readable(text))
    if _DELAYED.search(text):
        action = "delayed"
    elif _FAILED.search(text) or failed:
        action = "failed"
    else:
        return None
    named = _ADDRESS.findall(failed) or _ADDRESS.findall(text)
    addresses = dict.fromkeys(address.lower().rstrip(".") for address in named)
    return Notice(action, _what_the_server_said(text), tuple(addresses)[:MAX_ADDRESSES])


def message_ids_in(text: str) -> list[str]:
    """Return the Message-IDs in the headers that a text holds, in order."""
    return _MESSAGE_ID.findall(readable(text))


def readable(text: str) -> str:
    """Return text without the tags and entities of HTML, with Unix line ends."""
    text = text[: MAX_TEXT * 10].replace("\r\n", "\n").replace("\r", "\n")
    if "<html" in text[:2_000].lower() or "<body" in text[:2_000].lower():
        text = re.sub(r"<(?:br|p|div|tr)\b[^<>]{0,500}>", "\n", text, flags=re.IGNORECASE)
        text = html.unescape(_TAG.sub("", text))
    return text


def _before_what_came_back(text: str) -> str:
    ends = [found.start() for found in (_RETURNED.search(text), _MESSAGE_ID.search(text)) if found]
    return text[: min([*ends, MAX_TEXT])]


def _what_the_server_said(text: str) -> str:
    """Return the explanation from the line of its first code on, else from what follows the address."""
    if code := _ANY_CODE.search(text):
        line = text.rfind("\n", 0, code.start()) + 1
        return text[max(line, code.start() - MAX_LEAD) :][:MAX_EXPLANATION]
    address = _ADDRESS.search(text)
    return text[address.end() if address else 0 :][:MAX_EXPLANATION].lstrip(">: \n")
