"""What an edit changed, word by word, and that it is found in bounded time."""

import random
import time

from talking_together.ideas.differences import differences

MOST_S = 0.5


def test_words_that_went_and_came_stand_where_they_were() -> None:
    found = differences("The old list helps, often.", "The new list helps.")
    assert [tuple(piece) for piece in found] == [
        ("same", "The "),
        ("gone", "old"),
        ("new", "new"),
        ("same", " list helps"),
        ("gone", ", often"),
        ("same", "."),
    ]


def test_either_text_can_be_put_together_again() -> None:
    draw = random.Random(7)  # noqa: S311  drawn from a seed
    for _ in range(50):
        before, after = (
            " ".join(draw.choices(["a", "b", "c", "d\n\n", "é", ".", ","], k=draw.randint(0, 60)))
            for _ in range(2)
        )
        found = differences(before, after)
        assert "".join(piece.text for piece in found if piece.kind != "new") == before
        assert "".join(piece.text for piece in found if piece.kind != "gone") == after


def test_the_longest_texts_are_compared_in_bounded_time() -> None:
    draw = random.Random(7)  # noqa: S311  drawn from a seed
    every_sign = [chr(number) for number in range(33, 161)]
    for between, words in (
        (" ", ["a", "b"]),
        (" ", [str(number) for number in range(3000)]),
        ("\n", every_sign),
    ):
        texts = [between.join(draw.choices(words, k=10_000))[:20_000] for _ in range(2)]
        started = time.perf_counter()
        differences(*texts)
        assert time.perf_counter() - started < MOST_S
