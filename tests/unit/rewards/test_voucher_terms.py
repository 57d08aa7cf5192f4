"""Codes that cannot be guessed or mistaken, tax years, and how long a voucher is good for."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from talking_together.rewards.vouchers.codes import (
    DRAWN,
    LETTERS,
    MistypedCode,
    check_character,
    new_code,
    read_code,
    shown_code,
)
from talking_together.rewards.vouchers.policies import can_cancel_own, state_of
from talking_together.rewards.vouchers.refusals import CeilingReached
from talking_together.rewards.vouchers.terms import expiry_of, tax_year_in_words, tax_year_of

CODE = "7K2M9QRTX4BDHN31" + check_character("7K2M9QRTX4BDHN31")


def test_a_code_holds_at_least_eighty_bits_and_no_two_are_alike() -> None:
    assert len(LETTERS) == 32
    assert len(set(LETTERS)) == 32
    assert DRAWN * 5 >= 80
    assert len({new_code() for _ in range(500)}) == 500


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        shown_code(CODE),
        f"  {shown_code(CODE).replace('-', ' ')} ",
        CODE.replace("1", "l"),
        CODE.replace("1", "I"),
        f"https://ideas.example/desk/vouchers/{CODE}",
        f"https://ideas.example/desk/vouchers/{shown_code(CODE)}",
        shown_code(CODE).replace("-", "\u2011"),
    ],
)
def test_a_code_is_read_however_it_is_written(typed: str) -> None:
    assert read_code(typed) == CODE


def test_every_single_slip_and_every_swap_of_two_is_seen() -> None:
    for place in range(len(CODE)):
        for letter in set(LETTERS) - {CODE[place]}:
            with pytest.raises(MistypedCode):
                read_code(CODE[:place] + letter + CODE[place + 1 :])
        for other in range(place):
            swapped = list(CODE)
            swapped[place], swapped[other] = swapped[other], swapped[place]
            if "".join(swapped) != CODE:
                with pytest.raises(MistypedCode):
                    read_code("".join(swapped))


@pytest.mark.parametrize("typed", ["", " ", "7K2M", "U" * 17, CODE + "0", "é" * 17, "9" * 5000, "https://x/"])
def test_what_is_no_code_is_told_from_a_code(typed: str) -> None:
    with pytest.raises(MistypedCode):
        read_code(typed)


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2026, 4, 5, 22, 59, tzinfo=UTC), 2025),
        # Half past midnight on 6 April in London, where the clocks are ahead.
        (datetime(2026, 4, 5, 23, 0, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, tzinfo=UTC), 2026),
        (datetime(2027, 1, 1, tzinfo=UTC), 2026),
    ],
)
def test_a_tax_year_begins_on_6_april_in_london(at: datetime, year: int) -> None:
    assert tax_year_of(at) == year


def test_a_tax_year_is_written_as_people_write_it() -> None:
    assert (tax_year_in_words(2026), tax_year_in_words(2099)) == ("2026/27", "2099/00")


def test_a_voucher_is_good_until_the_end_of_its_last_london_day() -> None:
    # Given in winter, good until a day in summer.
    assert expiry_of(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), 30) == datetime(2026, 3, 31, 23, tzinfo=UTC)


def test_a_ceiling_is_told_with_its_figures() -> None:
    assert str(CeilingReached(ceiling=5_000, had=4_250, worth=1_000, tax_year=2026)) == (
        "Your organisation allows each person gifts of £50 in a tax year. In 2026/27 you have had £42.50, "
        "and this is worth £10."
    )


GIVEN, DAY_13, DAY_14, OVER = (datetime(2026, 5, day, 12, tzinfo=UTC) for day in (1, 14, 15, 20))


@pytest.mark.parametrize(
    ("change", "at", "state", "can_cancel"),
    [
        ({}, DAY_13, "good", True),
        ({}, DAY_14, "good", False),
        ({}, OVER, "expired", False),
        ({"expires_at": DAY_13}, DAY_13, "expired", False),
        ({"used_at": GIVEN}, DAY_13, "used", False),
        ({"used_at": GIVEN}, OVER, "used", False),
        ({"cancelled_at": GIVEN}, DAY_13, "cancelled", False),
        ({"kind": "draw"}, DAY_13, "good", False),
        ({"sponsor_code": "SWIM-1"}, DAY_13, "good", False),
        ({"member_id": 8}, DAY_13, "good", False),
    ],
)
def test_states_of_a_voucher_and_until_when_its_member_may_cancel(
    change: dict[str, object], at: datetime, state: str, can_cancel: bool
) -> None:
    voucher = SimpleNamespace(
        **{
            "member_id": 7,
            "kind": "redeem",
            "given_at": GIVEN,
            "expires_at": OVER,
            "used_at": None,
            "cancelled_at": None,
            "sponsor_code": None,
            **change,
        }
    )
    assert (state_of(voucher, at), can_cancel_own(7, voucher, at)) == (state, can_cancel)
