"""Words that members are told by: easy to say, and read however they are typed."""

import re

import pytest

from talking_together.accounts.word_list import FIRST, SECOND
from talking_together.accounts.words import MAX_WORD, plain_word


@pytest.mark.parametrize("words", [FIRST, SECOND])
def test_words_are_plain_short_and_each_stands_once(words: tuple[str, ...]) -> None:
    assert len(set(words)) == len(words) == 90
    assert all(re.fullmatch("[a-z]{3,10}", word) for word in words)
    assert max(map(len, FIRST)) + max(map(len, SECOND)) + len("--99") <= MAX_WORD


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("kind-otter-27", "kind-otter-27"),
        ("  Kind Otter 27 ", "kind-otter-27"),
        ("KIND_OTTER27", "kind-otter-27"),
        ("kind – otter – 27", "kind-otter-27"),
        ("“kind-otter-27”.", "kind-otter-27"),
        ("", ""),
        ("?!", ""),
    ],
)
def test_a_word_is_read_however_it_is_typed(typed: str, kept: str) -> None:
    assert plain_word(typed) == kept
