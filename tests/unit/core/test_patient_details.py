"""Valid NHS numbers are found however they are written; other numbers are left alone."""

import pytest

from talking_together.core.patient_details import has_nhs_number

# From the range that is set aside for tests and belongs to nobody.
VALID = "9990548609"


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        "999 054 8609",
        "999-054-8609",
        "999\u00a0054\u00a08609",
        f"The number is {VALID}.",
        f"({VALID})",
        f"Seen twice\n\n- {VALID}\n",
        f"![{VALID}](/files/1/499bd8923c4d1325534803cbe71e2fdf#900x600)",
        f"![A ward](/files/1/499bd8923c4d1325534803cbe71e2fdf#900x600) {VALID}",
        f"/files/1/{VALID}",
    ],
)
def test_a_valid_number_is_found(text: str) -> None:
    assert has_nhs_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9990548608",  # the check digit is wrong
        "0161 496 0000",  # a phone number
        "01614960000",
        "99905486091",
        "1,999,054,8609",
        "In 2026 about 1234567890 steps",
        "£999 054",
        "12-999-054-8609",
        # The key of a picture happens to hold one.
        "![The board](/files/1/499bd8923c4d1325534803cbe71e2fdf#900x600)",
        f"![The board](/files/{VALID}/499bd8923c4d13a5534803cbe71e2fdf)",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not has_nhs_number(text)


def test_ten_as_a_check_digit_is_never_valid() -> None:
    # 1 × 10 + 1 × 2 makes 12, and 11 − 1 is 10.
    assert not any(has_nhs_number(f"10000000{digit}{last}") for digit in "1" for last in range(10))
