"""What was found, marked in a line of bounded length, whatever signs somebody fills a text with."""

import time

import pytest

from talking_together.search.hits import BEGIN, END
from talking_together.search.marks import BEFORE, LONGEST, marked, marked_words

MOST_S = 0.1


def test_what_was_found_is_marked_and_everything_else_is_text() -> None:
    assert marked(f"<b>{BEGIN}bus{END}</b>\x00") == "&lt;b&gt;<mark>bus</mark>&lt;/b&gt;"
    assert marked(f"{BEGIN}<i>{END} {BEGIN}open") == "<mark>&lt;i&gt;</mark> open"


def test_the_signs_of_markdown_are_left_out() -> None:
    source = f"# A **{BEGIN}bus{END}**\n- by _night_, see [the plan](https://plan.test/x) ![Bus](/files/1/a)"
    assert marked_words(source) == "A <mark>bus</mark> by night, see the plan Bus"


@pytest.mark.parametrize("sign", ["[", "![", "[a](", "a_", "_", "*", "(", "\n- ", "\\", "`"])
def test_a_text_of_signs_alone_is_shown_in_bounded_time_and_length(sign: str) -> None:
    signs = (sign * 20_000)[:20_000]
    began = time.perf_counter()
    shown = marked_words(f"{signs}b {BEGIN}bus{END} a{signs}b")
    assert time.perf_counter() - began < MOST_S
    assert "<mark>bus</mark>" in shown
    assert len(shown) <= LONGEST + BEFORE
