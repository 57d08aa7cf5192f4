"""Cursors that are ours are read back; all others are no page."""

import base64

import pytest

from talking_together.core.errors import NotFound
from talking_together.core.pagination import decode_cursor, encode_cursor, page_of


def test_a_cursor_gives_its_values_back() -> None:
    assert decode_cursor(encode_cursor(1.5, 7, "x"), (float, int, str)) == (1.5, 7, "x")
    assert decode_cursor(None, (int,)) is None
    assert decode_cursor("", (int,)) is None


def coded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "!" * 10,
        "a" * 500,
        coded("[1]"),
        coded("[1,2,3]"),
        coded('{"a":1}'),
        coded('["1",2]'),
        coded("[true,2]"),
        coded("[1,null]"),
        coded("[1,99999999999999999999999]"),
        coded("[1,-99999999999999999999999]"),
        coded("[" * 150),
    ],
)
def test_an_altered_cursor_is_no_page(cursor: str) -> None:
    with pytest.raises(NotFound):
        decode_cursor(cursor, (int, int))


@pytest.mark.parametrize("text", ["[1e400]", "[NaN]", "[-Infinity]", "[1]"])
def test_a_number_without_bounds_is_no_page(text: str) -> None:
    with pytest.raises(NotFound):
        decode_cursor(coded(text), (float,))


def test_a_nul_in_a_cursor_is_no_page() -> None:
    with pytest.raises(NotFound):
        decode_cursor(encode_cursor("a\x00"), (str,))


def test_a_page_knows_whether_there_is_more() -> None:
    page = page_of([1, 2, 3], 2, encode_cursor)
    assert page.rows == [1, 2]
    assert decode_cursor(page.next_cursor, (int,)) == (2,)
    assert page_of([1, 2], 2, encode_cursor).next_cursor is None
