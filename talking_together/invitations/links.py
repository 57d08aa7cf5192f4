"""The link and the code of an invitation: proofs that only this site can make."""

import base64
import hashlib
import hmac
import re

from flask import current_app

# What the link of a test email holds: it leads to a page that says so.
SAMPLE = "sample"

_TOKEN = re.compile(r"([1-9]\d{0,17})-([A-Za-z0-9_-]{32})")
_PROOF_BYTES = 24
# Without what is misread or mistyped: no I, L, O, U, 0, 1.
_CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
CODE_LENGTH = 8


def token_of(invitation_id: int, nonce: str) -> str:
    """Return the token in an invitation's link."""
    return f"{invitation_id}-{_proof(invitation_id, nonce)}"


def link_to(token: str) -> str:
    """Return the address that an email carries."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}/invitations/{token}"


def unsubscribe_headers(token: str) -> dict[str, str]:
    """Return the headers that let a mail program decline with one press (RFC 2369 and RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{link_to(token)}/decline>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def id_in(token: str) -> int | None:
    """Return the id that a token claims to be for, None for what is no token."""
    match = _TOKEN.fullmatch(token)
    return int(match.group(1)) if match else None


def proves(token: str, invitation_id: int, nonce: str) -> bool:
    """Return whether we made the token for the invitation, in constant time."""
    return hmac.compare_digest(token.encode(), token_of(invitation_id, nonce).encode())


def code_of(invitation_id: int, nonce: str) -> str:
    """Return the short code that stands beside the link, as in "K7QM-3XRP"."""
    number = int.from_bytes(_digest("code", invitation_id, nonce))
    letters = []
    for _ in range(CODE_LENGTH):
        number, at = divmod(number, len(_CODE_LETTERS))
        letters.append(_CODE_LETTERS[at])
    code = "".join(letters)
    return f"{code[:4]}-{code[4:]}"


def is_code(typed: str, invitation_id: int, nonce: str) -> bool:
    """Return whether what was typed is the invitation's code, in any case, with or without dash."""
    return hmac.compare_digest(plain_code(typed).encode(), plain_code(code_of(invitation_id, nonce)).encode())


def plain_code(typed: str) -> str:
    """Return a code as codes are compared: its letters and digits, in capitals."""
    return "".join(character for character in typed.upper() if character.isalnum())


def _proof(invitation_id: int, nonce: str) -> str:
    return base64.urlsafe_b64encode(_digest("invitation", invitation_id, nonce)[:_PROOF_BYTES]).decode()


def _digest(purpose: str, invitation_id: int, nonce: str) -> bytes:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"{purpose}:{invitation_id}:{nonce}".encode(), hashlib.sha256).digest()
