"""Passwords: how they are kept, and which ones are refused."""

import re
import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from talking_together.core.errors import InvalidInput

LEAST_LENGTH = 12
MOST_LENGTH = 200
# As OWASP recommends for Argon2id: 19 MiB, two passes, one lane.
MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
# How many guesses a password must withstand; what a patient guesser tries first takes fewer.
LEAST_GUESSES = 10**9
# The estimate's cost grows with the square of the length, and this much says enough.
ESTIMATED_LENGTH = 72
LEAST_NAME_PART = 4

_word = re.compile(r"[^\W_]+")


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password; slow on purpose, so do it outside a transaction."""
    return _hasher().hash(_normal(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Return whether the password belongs to the hash; without a hash it takes as long and fails."""
    hasher = _hasher()
    # Made for the first attempt of a process, whoever it is for: its time tells nothing.
    nothing = _hash_of_nothing(hasher)
    try:
        hasher.verify(password_hash or nothing, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def needs_rehash(password_hash: str) -> bool:
    """Return whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(password_hash)


def check_password(password: str, *, name: str, email: str, field: str = "password") -> None:
    """Raise InvalidInput on the field, in words, for a password that a guesser would find."""
    if problem := problem_with(password, name=name, email=email, site_name=current_app.config["SITE_NAME"]):
        raise InvalidInput(problem, field=field)


def problem_with(password: str, *, name: str, email: str, site_name: str) -> str | None:
    """Return what is wrong with a password in words, or None; it may hold any characters."""
    password = _normal(password)
    if len(password) < LEAST_LENGTH:
        return f"Password must be {LEAST_LENGTH} characters or more"
    if len(password) > MOST_LENGTH:
        return f"Password must be {MOST_LENGTH} characters or fewer"
    letters = _letters(password)
    if any(part in letters for part in _name_parts(name)):
        return "Password must not contain your name"
    local = _letters(email.partition("@")[0])
    address = _letters(email)
    if (len(local) >= LEAST_NAME_PART and local in letters) or (address and address in letters):
        return f"Password must not contain your {'email address' if '@' in email else 'staff number'}"
    if _letters(site_name) in letters:
        return "Password must not contain the name of this site"
    if _is_guessable(password, [*_name_parts(name), local]):
        return "Password is too easy to guess. Three words that do not belong together work well"
    return None


def _is_guessable(password: str, known: list[str]) -> bool:
    # Its word lists take twelve megabytes; most processes serve many pages before one asks for it.
    from zxcvbn import zxcvbn  # noqa: PLC0415 - loaded when first used

    estimate = zxcvbn(password[:ESTIMATED_LENGTH], user_inputs=known)
    return estimate["guesses"] < LEAST_GUESSES


def _name_parts(name: str) -> list[str]:
    parts = [_letters(part) for part in _word.findall(name)]
    return [part for part in parts if len(part) >= LEAST_NAME_PART]


def _letters(text: str) -> str:
    """Return the letters and digits alone, in lower case without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


def _normal(password: str) -> str:
    # The same keys give other code points on another keyboard or system.
    return unicodedata.normalize("NFKC", password)


def _hasher() -> PasswordHasher:
    settings = current_app.config
    return _hasher_of(
        settings.get("ARGON2_MEMORY_KIB", MEMORY_KIB),
        settings.get("ARGON2_PASSES", PASSES),
        settings.get("ARGON2_LANES", LANES),
    )


@lru_cache
def _hasher_of(memory_kib: int, passes: int, lanes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)


@lru_cache
def _hash_of_nothing(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_hex())
