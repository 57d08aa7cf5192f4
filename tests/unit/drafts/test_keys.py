"""Which keys name a form."""

import pytest

from talking_together.core.errors import NotFound
from talking_together.drafts.keys import ensure_key


@pytest.mark.parametrize("key", ["challenge:new", "challenge:12", "idea-edit:7", "idea:9223372036854775807"])
def test_a_key_names_a_form(key: str) -> None:
    ensure_key(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "challenge",
        "challenge:",
        "challenge:0",
        "challenge:012",
        "challenge:-1",
        "Challenge:1",
        "challenge:1:2",
        "challenge:newer",
        "challenge:new\n",
        "challenge:12345678901234567890",
        "idea--edit:7",
        "é:1",
        "a" * 60 + ":1",
    ],
)
def test_anything_else_is_no_key(key: str) -> None:
    with pytest.raises(NotFound):
        ensure_key(key)
