"""What goes with the main text: tags as they are typed, and answers that outlive their prompts."""

import pytest

from talking_together.core.errors import InvalidInput
from talking_together.ideas.details import FORGOTTEN_PROMPT, Prompt, answers_after, tags_in, usable_tags_in

WHOM = {"prompt": 1, "words": "Who would it help?", "source": "Porters"}


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("", []),
        (" , ,", []),
        ("Transport", ["transport"]),
        ("#Transport,  night   shift ,transport", ["transport", "night shift"]),
        ("x-ray, ward 7, patients' choice", ["x-ray", "ward 7", "patients' choice"]),
        ("Cafe\u0301", ["caf\u00e9"]),
    ],
)
def test_tags_become_plain_words_in_lower_case(typed: str, tags: list[str]) -> None:
    assert tags_in(typed) == tags


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("a, b, c, d, e, f", "at most 5 tags"),
        ("x" * 41, "40 characters or fewer"),
        ("<script>", "cannot be a tag"),
        ("a;b", "cannot be a tag"),
        ("100%", "cannot be a tag"),
    ],
)
def test_what_is_no_tag_is_refused_in_words(typed: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        tags_in(typed)
    assert refused.value.field == "tags"


def test_of_tags_half_typed_the_usable_ones_are_kept() -> None:
    assert usable_tags_in("beds, <oops, night shift") == ["beds", "night shift"]


def test_an_answer_is_kept_with_the_words_it_was_asked_in() -> None:
    assert answers_after({1: " Porters "}, [Prompt(1, "Who would it help?")], []) == [WHOM]


def test_an_answer_to_a_reworded_prompt_keeps_its_words_until_it_changes() -> None:
    reworded = [Prompt(1, "Who gains from it?")]
    assert answers_after({1: "Porters"}, reworded, [WHOM]) == [WHOM]
    changed = answers_after({1: "Porters and cooks"}, reworded, [WHOM])
    assert changed == [{"prompt": 1, "words": "Who gains from it?", "source": "Porters and cooks"}]


def test_an_answer_outlives_its_prompt_and_goes_only_when_it_is_emptied() -> None:
    assert answers_after({}, [], [WHOM]) == [WHOM]
    assert answers_after({1: "Nurses"}, [], [WHOM]) == [{**WHOM, "source": "Nurses"}]
    assert answers_after({1: "  "}, [], [WHOM]) == []


def test_a_prompt_that_vanished_while_the_form_was_open_loses_no_answer() -> None:
    assert answers_after({9: "All of us"}, [], []) == [
        {"prompt": 9, "words": FORGOTTEN_PROMPT, "source": "All of us"}
    ]
