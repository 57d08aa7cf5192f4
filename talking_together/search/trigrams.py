"""How alike two words or texts look, by the runs of three letters that they share."""

from functools import lru_cache


@lru_cache(maxsize=4_096)
def trigrams_of(word: str) -> frozenset[str]:
    """Return the trigrams of a word, its beginning and end marked as PostgreSQL marks them."""
    padded = f"  {word} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))


def similarity(one: str, other: str) -> float:
    """Return the share of trigrams that two words have in common, from 0 to 1."""
    return _share(trigrams_of(one), trigrams_of(other))


def similarity_of_texts(one: list[str], other: list[str]) -> float:
    """Return the share of trigrams that the words of two texts have in common, from 0 to 1."""
    return _share(_all_of(one), _all_of(other))


def _all_of(words: list[str]) -> frozenset[str]:
    return frozenset().union(*map(trigrams_of, words))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0
