"""What the check of every page makes of addresses that run."""

import pytest

from tests.support.markup import faults_of, parsed

REFUSED = '<span class="nhsuk-error-message">No</span><input type="url" aria-label="Link" value="{}">'


def faults(inside: str) -> list[str]:
    root, _errors = parsed(f'<form action="/x">{inside}</form>', fragment=True)
    return faults_of(root, fragment=True)


@pytest.mark.parametrize(
    ("inside", "is_fault"),
    [
        (REFUSED.format("javascript:alert(1)"), False),
        (REFUSED.format("") + '<input aria-label="Name" value="javascript:alert(1)">', False),
        ('<input type="url" aria-label="Link" value="javascript:alert(1)">', True),
        (REFUSED.format("") + '<input type="hidden" name="next" value="javascript:alert(1)">', True),
        (REFUSED.format("") + '<a href="javascript:alert(1)">Away</a>', True),
        (REFUSED.format("") + '<a href=" java&#10;script:alert(1)">Away</a>', True),
        (REFUSED.format("") + '<button formaction="JavaScript:alert(1)">Go</button>', True),
        (REFUSED.format("") + '<img alt="" src="javascript:alert(1)">', True),
    ],
)
def test_a_script_in_an_address_stands_only_where_it_was_typed_and_refused(
    inside: str, is_fault: bool
) -> None:
    assert any("has a script in" in fault for fault in faults(inside)) == is_fault
