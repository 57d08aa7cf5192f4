"""What the outbox refuses, before any database is asked."""

from typing import Any

import pytest

from talking_together.core.errors import InvalidInput
from talking_together.mail.addresses import domain_of, is_address, normal_address
from talking_together.mail.outbox import enqueue

MESSAGE: dict[str, Any] = {
    "purpose": "test",
    "to": "sam@riverside.example",
    "subject": "Hello",
    "body_text": "Hello",
}


@pytest.mark.parametrize(
    "change",
    [
        {"to": "sam@riverside.example\r\nBcc: all@riverside.example"},
        {"to": "sam@riverside.example\n"},
        {"to": "Sam <sam@riverside.example>"},
        {"to": "sam@riverside.example, other@riverside.example"},
        {"to": ""},
        {"subject": "Hello\r\nBcc: all@riverside.example"},
        {"subject": "Hello\nthere"},
        {"subject": "Hello\x00"},
        {"subject": "Hello\u2028there"},
        {"subject": ""},
        {"subject": "x" * 201},
        {"from_name": "Trust\r\nX: y"},
        {"from_name": "x" * 101},
        {"reply_to": "reply@riverside.example\nX: y"},
        {"headers": {"X-Thing": "a\r\nBcc: all@riverside.example"}},
        {"headers": {"X-Thing\r\nBcc": "all@riverside.example"}},
        {"headers": {"Bcc": "all@riverside.example"}},
        {"headers": {"Message-ID": "<mine>"}},
    ],
)
def test_nothing_typed_can_add_a_header_or_an_address(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        enqueue(**{**MESSAGE, **change})


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("sam@riverside.example", True),
        ("sam.o'neil+ward@mail.riverside.example", True),
        ("s@r.ex", True),
        ("sam@riverside", False),
        ("sam@@riverside.example", False),
        (".sam@riverside.example", False),
        ("sam..x@riverside.example", False),
        ("sam@-riverside.example", False),
        ("sam@riverside..example", False),
        ("sam @riverside.example", False),
        ("sämi@riverside.example", False),
        (f"{'x' * 65}@riverside.example", False),
        (f"sam@{'x.' * 130}example", False),
    ],
)
def test_an_address_is_one_person_at_a_domain(text: str, fits: bool) -> None:
    assert is_address(text) is fits


def test_addresses_are_compared_without_case_and_spaces() -> None:
    assert normal_address("  Sam@Riverside.Example ") == "sam@riverside.example"
    assert domain_of("sam@Mail.Riverside.Example") == "mail.riverside.example"
