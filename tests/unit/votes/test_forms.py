"""What a vote may be sent as."""

import pytest

from talking_together.core.errors import InvalidInput
from talking_together.votes.forms import sent_value


@pytest.mark.parametrize(("sent", "value"), [("1", 1), ("-1", -1), ("0", 0)])
def test_the_three_values_are_taken(sent: str, value: int) -> None:
    assert sent_value([sent]) == value


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [""],
        ["2"],
        ["-5"],
        ["1.5"],
        ["+1"],
        ["01"],
        [" 1"],
        ["1\n"],
        ["१"],
        ["up"],
        ["1", "1"],
        ["1", "-1"],
        ["99999999999999999999"],
    ],
)
def test_anything_else_is_refused(sent: list[str]) -> None:
    with pytest.raises(InvalidInput):
        sent_value(sent)
