"""The code of a voucher: how it is drawn, written, and read again as somebody typed or scanned it."""

import re
import secrets

from talking_together.core.errors import InvalidInput

# Crockford's letters: without I, L, O and U. Sixteen of them are 80 bits.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 16
LENGTH = DRAWN + 1
GROUP = 4
PATH = "/desk/vouchers/"
_MISREAD = str.maketrans("OIL", "011")
_separators = re.compile(r"[\s\-\u2010-\u2015\u2212.]+")


class MistypedCode(InvalidInput):
    """What was typed is the code of no voucher that there could be."""

    message = "That is not a voucher code: check each letter and number"


def new_code() -> str:
    """Return a code as it is kept: sixteen characters that nobody can guess, and the check character."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(DRAWN))
    return drawn + check_character(drawn)


def check_character(drawn: str) -> str:
    """Return what stands last in a code, so that a slip in typing it is seen.

    Each character weighs another power of two in the field of 32 elements. So any one character that
    is wrong, and any two that changed places, give another sum.
    """
    total = 0
    for letter in drawn:
        total = _doubled(total ^ LETTERS.index(letter))
    return LETTERS[total]


def _doubled(value: int) -> int:
    """Multiply by two modulo x⁵ + x² + 1."""
    twice = value << 1
    return twice ^ 0b100101 if twice & 0b100000 else twice


def read_code(typed: str) -> str:
    """Return a code as it is kept from what was typed, in any case, or from the whole scanned link.

    O is taken for 0, I and L for 1. Raises MistypedCode.
    """
    plain = _separators.sub("", typed.strip().rpartition("/")[2]).upper().translate(_MISREAD)
    if len(plain) != LENGTH or not set(plain) <= set(LETTERS):
        raise MistypedCode(field="code")
    if check_character(plain[:DRAWN]) != plain[DRAWN]:
        raise MistypedCode("One letter or number is not right: check the code", field="code")
    return plain


def shown_code(code: str) -> str:
    """Return a code as people read it, in groups of four: "7K2M-9QRT-X4BD-HN3V8"."""
    return "-".join([code[place : place + GROUP] for place in range(0, DRAWN - GROUP, GROUP)] + [code[-5:]])
