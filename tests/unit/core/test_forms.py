"""What fields take as text."""

import pytest

from talking_together.core.forms import strip


@pytest.mark.parametrize(
    "nothing",
    ["", "   ", "\u200b", "\u200b \u200d", "\u2800", "\u3164", "\u00ad", "\ufeff", "\u034f", "\u00a0"],
)
def test_text_in_which_nothing_can_be_seen_is_no_text(nothing: str) -> None:
    assert strip(nothing) == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada ", "Ada"),
        ("e\u0301", "é"),
        ("\u200bAda", "\u200bAda"),
        ("👩\u200d⚕️", "👩\u200d⚕️"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        # Refused in words of its own, so it must reach the check.
        ("\x07", "\x07"),
        (".", "."),
    ],
)
def test_what_can_be_seen_stays_as_it_is(typed: str, kept: str) -> None:
    assert strip(typed) == kept
