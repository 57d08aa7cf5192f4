"""Join codes as they are drawn, typed and shown."""

import math

import pytest

from talking_together.accounts.sign_in_names import normal_sign_in_name, problem_with_sign_in_name
from talking_together.core.qr_codes import qr_svg
from talking_together.invitations.team_codes.codes import LENGTH, LETTERS, kept_code, new_code, shown_code


def test_a_code_has_no_letter_that_is_misread_and_is_too_long_to_guess() -> None:
    assert not set(LETTERS) & set("ILOU01AE")
    assert len(set(LETTERS)) == len(LETTERS)
    assert LENGTH * math.log2(len(LETTERS)) >= 48
    codes = {new_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert all(kept_code(code) == code for code in codes)


def test_a_code_is_shown_in_two_halves() -> None:
    assert shown_code("K7QMW3XRPT") == "K7QMW-3XRPT"


@pytest.mark.parametrize(
    "typed", ["K7QMW-3XRPT", "k7qmw3xrpt", " K7QMW 3XRPT ", "k7-qm-w3-xr-pt", "K7QMW–3XRPT"]
)
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    assert kept_code(typed) == "K7QMW3XRPT"


@pytest.mark.parametrize(
    "typed", ["", "K7QMW-3XRP", "K7QMW-3XRPTT", "K7QMW-3XRPO", "' OR 1=1 --", "\x00" * 10, "Ｋ7QMW3XRPT"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert kept_code(typed) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12345678", "12345678"),
        (" RB-123 456 ", "rb-123456"),
        ("abc/12.3_4", "abc/12.3_4"),
        (" Ada@Riverside.EXAMPLE ", "ada@riverside.example"),
        ("１２３４５", "12345"),
    ],
)
def test_a_sign_in_name_is_an_address_or_a_staff_number(typed: str, kept: str) -> None:
    assert normal_sign_in_name(typed) == kept
    assert problem_with_sign_in_name(kept) is None


@pytest.mark.parametrize(
    "typed",
    [
        "admin",
        "moderator",
        "ab",
        "1",
        "12",
        "-123",
        "123-",
        "a@b",
        "ada@",
        "12345@",
        "1" * 41,
        "é123",
        "12<b>",
    ],
)
def test_what_is_neither_is_refused_with_an_example(typed: str) -> None:
    assert "name@example.org" in (problem_with_sign_in_name(normal_sign_in_name(typed)) or "")


def test_a_qr_code_is_inline_svg_without_style_and_with_a_quiet_zone() -> None:
    drawn = qr_svg("https://ideas.example.org/join/K7QMW-3XRPT", 'To "join" <here>')
    assert drawn.startswith('<svg role="img" aria-label="To &#34;join&#34; &lt;here&gt;"')
    assert "style" not in drawn
    assert "<script" not in drawn
    assert 'fill="#fff"' in drawn
