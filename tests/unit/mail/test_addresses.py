"""Addresses as they are typed, kept and shown."""

import pytest

from talking_together.mail.addresses import is_address, normal_address, readable_address


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Zoe@Riverside.Example ", "zoe@riverside.example"),
        ("zoe@RÄDER.example", "zoe@xn--rder-loa.example"),
        ("zoe@ｒäder。example", "zoe@xn--rder-loa.example"),
        ("zoe@почта.рф", "zoe@xn--80a1acny.xn--p1ai"),
    ],
)
def test_an_international_domain_is_kept_in_ascii(typed: str, kept: str) -> None:
    assert normal_address(typed) == kept
    assert is_address(kept)


@pytest.mark.parametrize(
    "typed", ["zöe@riverside.example", "zoe@\u200d.example", "zoe@ä..example", "ä" * 300]
)
def test_what_has_no_ascii_form_is_no_address(typed: str) -> None:
    assert not is_address(normal_address(typed))


def test_a_kept_address_is_shown_as_people_write_it() -> None:
    assert readable_address("zoe@xn--rder-loa.example") == "zoe@räder.example"
    assert readable_address("xn--rder-loa.example") == "räder.example"
    assert readable_address("zoe@riverside.example") == "zoe@riverside.example"
    assert readable_address("zoe@xn--99zzzz9.example") == "zoe@xn--99zzzz9.example"
