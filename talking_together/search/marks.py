"""What was found, marked within text that is otherwise shown as it stands."""

import re

from markupsafe import Markup, escape

from talking_together.search.hits import BEGIN, END

# A database cuts an excerpt by its words, and what has hardly any may be as long as the text it is of.
LONGEST = 600
# So much of it comes before what was found.
BEFORE = 150

_found = re.compile(f"{BEGIN}([^{BEGIN}{END}]*){END}")
_others = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
# The signs of Markdown that would only disturb a line of an excerpt.
_links = re.compile(r"!?\[([^\[\]\n]*)\]\([^)\s]*\)?")
_signs = re.compile(r"(?:^|(?<=\n))[ \t]*(?:#{1,6}|>|[-+*]|\d{1,9}[.)])[ \t]+|[*`~]+|\\(?=[^\w\s])|\b_+|_+\b")


def marked(text: str) -> Markup:
    """Return the text escaped, with a `mark` around what was found."""
    parts = _found.split(text)
    # What was found stands at every second place.
    shown = [escape(_others.sub("", part)) for part in parts]
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if place % 2 else part for place, part in enumerate(shown)
    )


def marked_words(source: str) -> Markup:
    """Return Markdown text as words on one line, with a `mark` around what was found."""
    plain = _signs.sub("", _links.sub(r"\1", _bounded(source)))
    return marked(" ".join(plain.split(" ")).replace("\n", " ").strip())


def _bounded(source: str) -> str:
    """Return as much of an excerpt as a page has room for, with the first of what was found."""
    if len(source) <= LONGEST:
        return source
    start = max(0, source.find(BEGIN) - BEFORE)
    end = start + LONGEST
    return f"{'…' if start else ''}{source[start:end]}{'…' if end < len(source) else ''}"
