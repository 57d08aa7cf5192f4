"""Naming a colleague in a text: who is meant, how it is shown, and that they are told once.

The picker writes `@[Ana Silva](member:12)`; who types `@Ana Silva` means the only member of that name.
Both count for members who can see the challenge and for nobody else: any other stays plain text, so
that no page tells who is there. What is shown is the member's own name, whatever stood in brackets.
"""

import re
from collections.abc import Collection, Iterable
from html import escape
from typing import NamedTuple

from talking_together.core import rich_text
from talking_together.ideas.people import people_named, people_with_ids
from talking_together.notifications.services import notify_many

MOST_MENTIONED = 20
_PICKED = re.compile(r"@\[([^\[\]\n]{1,120})\]\(member:([1-9][0-9]{0,8})\)")
# A name has two to four words; the longest that is somebody's is meant.
_TYPED = re.compile(r"(?<![\w@])@((?:[^\W\d_][\w'’.-]*[ ]?){2,4})")
# Characters that no text of ours means: what stands between them is the id of a member.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([0-9]{{1,9}}){_CLOSE}")


class Mentions(NamedTuple):
    """The members that texts may mention: their names by id, and their ids by a name typed whole."""

    names: dict[int, str]
    typed: dict[str, int]


NOBODY = Mentions({}, {})


def mentions_in(challenge_id: int, texts: Iterable[str]) -> Mentions:
    """Return whom the texts may mention in a challenge; nothing is read for a text without an @."""
    text = "\n".join(text for text in texts if "@" in text)
    ids = {int(found[2]) for found in _PICKED.finditer(text)}
    candidates = {name for found in _TYPED.finditer(text) for name in _names(found[1])}
    typed = people_named(challenge_id, set(sorted(candidates)[: 4 * MOST_MENTIONED]))
    names = people_with_ids(challenge_id, set(sorted(ids)[:MOST_MENTIONED]))
    return Mentions({**{id: name for name, id in typed.items()}, **names}, typed)


def render(source: str, mentions: Mentions, *, pictures: bool = False) -> str:
    """Return the HTML of Markdown text with the members it mentions shown by their names."""
    html = rich_text.render(_marked(source, mentions)[0], pictures=pictures)
    # Escaped for text and attributes alike, since a picture's words may hold a name. A mark of
    # somebody's own, written as an entity, names nobody.
    return _MARK.sub(lambda mark: f"@{escape(mentions.names.get(int(mark[1]), ''))}", html)


def mentioned(texts: Iterable[str], mentions: Mentions) -> set[int]:
    """Return the ids of the members whom the texts mention."""
    return {id for text in texts for id in _marked(text, mentions)[1]}


def tell_mentioned(
    by_id: int | None, ids: Collection[int], *, idea_id: int, comment_id: int | None = None
) -> None:
    """Tell those whom a member mentions in an idea or a comment, each once however often it is edited."""
    told = set(ids) - {by_id}
    if not told:
        return
    thing = f"comment:{comment_id}" if comment_id else f"idea:{idea_id}"
    notify_many(
        told,
        "mention",
        fact_key_of=lambda member_id: f"mention:{thing}:{member_id}",
        idea_id=idea_id,
        comment_id=comment_id,
        by_id=by_id,
    )


def _marked(source: str, mentions: Mentions) -> tuple[str, set[int]]:
    """Return the text with marks in place of mentions, and the ids that they hold."""
    ids: set[int] = set()
    source = source.replace(_OPEN, "").replace(_CLOSE, "")

    def mark(id: int) -> str:
        ids.add(id)
        return f"**{_OPEN}{id}{_CLOSE}**"

    def picked(found: re.Match[str]) -> str:
        return mark(int(found[2])) if int(found[2]) in mentions.names else f"@{found[1]}"

    def typed(found: re.Match[str]) -> str:
        for name in _names(found[1]):
            if name in mentions.typed:
                return mark(mentions.typed[name]) + found[1][len(name) :]
        return found[0]

    return _TYPED.sub(typed, _PICKED.sub(picked, source)), ids


def _names(words: str) -> list[str]:
    """Return what may be a name at the beginning of the words, the longest first."""
    parts = words.split(" ")
    spans = [" ".join(parts[:count]).strip() for count in range(min(4, len(parts)), 1, -1)]
    return list(dict.fromkeys(each for span in spans for each in (span, span.rstrip(".-'’")) if " " in each))
