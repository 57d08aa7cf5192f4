"""What a mail system's refusal means for an address: nothing more to it, or perhaps another time.

The codes are those of RFC 3463 and of IANA's registry of enhanced status codes, with what Exchange
Online adds in its list of non-delivery reports. Only what says that the address itself takes no
mail is hard. What is about our message, our server or the moment says nothing about the person.
"""

import re

HARD = "hard"
SOFT = "soft"
# Not given up: another report follows if it is.
DELAYED = "delayed"
# Not a refusal at all.
NOT_A_BOUNCE = ""

HARD_STATUSES = {
    "5.1.1": "Bad destination mailbox address",
    "5.1.2": "Bad destination system address",
    "5.1.3": "Bad destination mailbox address syntax",
    "5.1.6": "Destination mailbox has moved, no forwarding address",
    "5.1.10": "Recipient address has null MX; Exchange: recipient not found",
    "5.1.351": "Exchange Online: remote server returned unknown recipient",
    "5.2.1": "Mailbox disabled, not accepting messages",
    "5.4.4": "Unable to route: the host is not known",
    "5.4.310": "Exchange Online: DNS domain does not exist",
}
# Codes under which systems put many causes; the words beside them decide. Exchange Online answers
# an unknown recipient with 5.4.1, Domino and older systems with 5.0.0.
VAGUE_STATUSES = {"", "5.0.0", "5.1.0", "5.2.0", "5.3.0", "5.4.0", "5.4.1", "5.5.0", "5.7.1"}

# Words that tell of another cause than the address, whatever else they say.
_NOT_THE_ADDRESS = re.compile(
    r"spam|blocklist|blacklist|block list|spf|dkim|dmarc|policy|reputation|unsolicited|banned"
    r"|quota|mailbox (?:is )?full|over ?size|too (?:large|big)|sender|relay|authenticat|virus"
    r"|content (?:rejected|filter)|greylist|rate limit|too many",
)
_NO_SUCH_ADDRESS = re.compile(
    r"(?:no such|unknown|invalid|unrouteable|unroutable|non-?existent) "
    r"(?:user|recipient|address|mailbox|account|domain|host|local part)"
    r"|(?:user|recipient|mailbox|account|host|domain|address)(?: name)?(?: is| was)? "
    r"(?:unknown|not found|not known|invalid|disabled|inactive|unavailable|not available)"
    r"|(?:does not|doesn't|did not) exist|not listed in|recipnotfound|recipientnotfound"
    r"|address rejected: access denied|no mailbox here|mailbox unavailable|not a valid mailbox"
    r"|unknown in virtual|couldn't find any host named|no longer (?:works|employed|with us|in use|valid)",
)
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])")


def status_in(text: str) -> str:
    """Return the enhanced status code that stands in a text, "" when there is none."""
    found = _CODE.search(text)
    return found[1] if found else ""


def sharpest_status(stated: str, words: str) -> str:
    """Return the more telling of a report's status and the code in the remote server's words."""
    said = status_in(words)
    if stated in VAGUE_STATUSES or stated.endswith(".0"):
        return said or stated
    return stated


def kind_of(action: str, status: str, words: str) -> str:
    """Return what a report about one recipient means: hard, soft, delayed, or not a bounce.

    A failure is final; its kind is soft unless the address itself is at fault.
    """
    action = action or _action_of(status, words)
    if action == "delayed":
        return DELAYED
    if action != "failed":
        return NOT_A_BOUNCE
    status = sharpest_status(status, words)
    if status in HARD_STATUSES:
        return HARD
    if status in VAGUE_STATUSES:
        text = words.lower()
        if _NO_SUCH_ADDRESS.search(text) and not _NOT_THE_ADDRESS.search(text):
            return HARD
    return SOFT


def _action_of(status: str, words: str) -> str:
    reply = _REPLY.search(words)
    found = status[:1] or (reply[1] if reply else "")
    return {"5": "failed", "4": "delayed"}.get(found, "")
