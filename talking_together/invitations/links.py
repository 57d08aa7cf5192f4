"""The link of an invitation: its id, and a proof that only this site can make."""

import base64
import hashlib
import hmac
import re

from flask import current_app

# What the link of a test email holds: it leads to a page that says so.
SAMPLE = "sample"

_TOKEN = re.compile(r"([1-9]\d{0,17})-([A-Za-z0-9_-]{32})")
_PROOF_BYTES = 24


def token_of(invitation_id: int, nonce: str) -> str:
    """Return the token in an invitation's link."""
    return f"{invitation_id}-{_proof(invitation_id, nonce)}"


def link_to(token: str) -> str:
    """Return the address that an email carries."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}/invitations/{token}"


def id_in(token: str) -> int | None:
    """Return the id that a token claims to be for, None for what is no token."""
    match = _TOKEN.fullmatch(token)
    return int(match.group(1)) if match else None


def proves(token: str, invitation_id: int, nonce: str) -> bool:
    """Return whether we made the token for the invitation, in constant time."""
    return hmac.compare_digest(token.encode(), token_of(invitation_id, nonce).encode())


def _proof(invitation_id: int, nonce: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    said = f"invitation:{invitation_id}:{nonce}".encode()
    digest = hmac.new(key, said, hashlib.sha256).digest()[:_PROOF_BYTES]
    return base64.urlsafe_b64encode(digest).decode()
