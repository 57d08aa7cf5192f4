"""What changed between two wordings, word by word."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Matching takes time by the product of the lengths: a longer text is compared line by line.
MOST_WORDS = 6_000
# Of more lines than people write, the whole text went and came.
MOST_LINES = 2_000


class Piece(NamedTuple):
    """A run of words: "same", "gone" or "new"."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Return the text as runs of words that stayed, went and came, in reading order."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
        if len(old) + len(new) > MOST_LINES:
            old, new = [before], [after]
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=True).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("gone", "".join(old[a:b])))
        if d > c:
            pieces.append(Piece("new", "".join(new[c:d])))
    return pieces


def text_of(body: str, answers: Sequence[Mapping[str, Any]]) -> str:
    """Return all that an idea says below its title, as one text to compare."""
    return "\n\n".join([body, *(f"{answer['words']}\n{answer['source']}" for answer in answers)])
