"""Money as people type it."""

import pytest

from talking_together.core.money import pence_in


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("£12.50", 1250),
        (" £ 12.50 ", 1250),
        ("0", 0),
        ("50", 5000),
        ("1,200", 120_000),
        ("1,200.05", 120_005),
        *(
            (text, None)
            for text in ("", "-5", "12.5", "£1e9", "1,20", "10.999", "five", "£", "٥", "1" * 5000)
        ),
    ],
)
def test_an_amount_in_pounds_is_read_as_pence(typed: str, pence: int | None) -> None:
    assert pence_in(typed) == pence
