"""What a person typed, as words to look for: never as a language of its own.

No sign has a meaning here. What stands between two spaces is looked for as it stands: "A&E" and
"follow-up" are phrases of two words. The last word may be the beginning of one.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST_CHARACTERS = 300
MOST_WORDS = 10
LONGEST_WORD = 40
# A beginning shorter than this would find nearly everything.
SHORTEST_BEGINNING = 2

# Words that say nothing of what is looked for, left out where others are left.
STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being both but by can
    could did do does doing done each for from further had has have having he her here hers him his
    how i if in into is it its itself just let like may me might more most my no nor not of off on
    once only or other our out over own per please same shall she should so some such than that the
    their them then there these they this those through to too under until up very was we were what
    when where which while who whom why will with wo would you your ca sha
    """.split()  # noqa: SIM905 - a list of so many strings reads worse
)

_ascii_words = re.compile("[a-z0-9]+")
_accents = re.compile("[\u0300-\u036f]")
# Words that proposals of any matter are written with: rare ones among them tell little of this one.
GENERAL_WORDS = frozenset(
    """
    able access achieve act action add address allow always another approach area areas aspect available
    aware based become began believe benefit benefits better big bring build call cannot case cause change
    changes choose clear come common complete consider continue control create current decision decisions
    develop different difference during easier easy effective encourage engage enough ensure even every
    everyone example existing far feel find first focus get give go going good great group groups happen
    help hold idea ideas identify improve include including increase instead issue issues keep key know
    large last lead learn less like little local long look lot main maintain make makes making many
    means measure method methods much must need needed needs never new nothing now number often old opinion
    opportunity part people perspective place plan play possible prevent priority problem problems process
    programme promote proper properly protect provide public put reflect regular require resources result
    right role roles run see serve set share simple small someone something start stop strategy strong
    stronger support system take things think time together try understand use used using value values want
    way ways whole within work works would year years
    """.split()  # noqa: SIM905 - a list of so many strings reads worse
)

# What hangs on a word by an apostrophe: the patient's, isn't, we've.
_hangs_on = re.compile(r"(?:n['’‘`]t|['’‘`](?:s|d|m|ll|re|ve))\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question: each is one word, or several that follow each other.

    `cut` says that more was typed than is looked for.
    """

    words: tuple[str, ...]
    cut: bool = False

    def __bool__(self) -> bool:
        """Return whether there is anything to look for."""
        return bool(self.words)


def words_asked(text: str) -> Asked:
    """Return what to look for in whatever was typed."""
    chunks = [_letters_of(chunk) for chunk in _plain(text[:MOST_CHARACTERS]).split()]
    found = list(dict.fromkeys(chunk for chunk in chunks if chunk))
    telling = [chunk for chunk in found if chunk not in STOP_WORDS] or found
    return Asked(tuple(telling[:MOST_WORDS]), cut=len(text) > MOST_CHARACTERS or len(telling) > MOST_WORDS)


def words_of(text: str) -> list[str]:
    """Return the single words of a text in order, without those that say nothing."""
    plain = _plain(text)
    pieces = _ascii_words.findall(plain) if plain.isascii() else _letters_in(plain).split()
    return [piece for piece in pieces if piece not in STOP_WORDS]


def _plain(text: str) -> str:
    """Return the text in small letters without accents, as both indexes read it."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _accents.sub("", unicodedata.normalize("NFD", text)))
    return _hangs_on.sub("", text.lower())


def _letters_of(chunk: str) -> str:
    """Return the letters and digits, with a space for each run of other signs."""
    return " ".join(piece[:LONGEST_WORD] for piece in _letters_in(chunk).split()[:MOST_WORDS])


def _letters_in(text: str) -> str:
    return "".join(character if _belongs_to_words(character) else " " for character in text)


def _belongs_to_words(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN" or unicodedata.category(character) in ("Mn", "Mc")


def match_of(asked: Asked, *, any_word: bool = False) -> str:
    """Return the words for FTS5, all needed or any; each is quoted, so that none is an operator."""
    parts = [f'"{word}"' for word in asked.words]
    if _may_go_on(asked.words[-1]):
        parts[-1] += "*"
    return (" OR " if any_word else " AND ").join(parts)


def tsquery_of(asked: Asked, *, any_word: bool = False) -> str:
    """Return the words for PostgreSQL's `to_tsquery`, all needed or any, and each quoted."""
    parts = [f"'{word}'" for word in asked.words]
    if _may_go_on(asked.words[-1]):
        parts[-1] += ":*"
    return (" | " if any_word else " & ").join(parts)


def _may_go_on(word: str) -> bool:
    return len(word) >= SHORTEST_BEGINNING and " " not in word
