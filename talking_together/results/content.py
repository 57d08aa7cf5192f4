"""What the editor of results holds, and what the facts fill it with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from talking_together.accounts.bylines import Byline
from talking_together.core.clock import to_london
from talking_together.core.formatting import MONTHS, count_of
from talking_together.results.figures import Figures, people_in_words
from talking_together.results.models import LISTS, SECTIONS

MOST_SUPPORTED = 10
MOST_LISTED = 40
MAX_SECTION = 6_000
MAX_WORDS = 2_000

WILL_DO = ("planned", "in progress", "done")
WILL_NOT = ("not now",)


@dataclass(frozen=True, slots=True)
class IdeaFacts:
    """An idea as the results may speak of it."""

    id: int
    title: str
    status: str
    up_count: int
    down_count: int
    comments_count: int
    response: str
    byline: Byline


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a challenge and goes into its results."""

    title: str
    summary: str
    opens_at: datetime | None
    ends_at: datetime | None
    figures: Figures
    answered: int
    themes: tuple[tuple[str, int], ...]
    lists: Mapping[str, tuple[IdeaFacts, ...]]


@dataclass(frozen=True, slots=True)
class Section:
    """A part in words, with what a person had written before it was filled in again."""

    source: str
    replaced: str = ""
    filled: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An idea in one of the lists, with the words, the owner and the date beside it."""

    idea_id: int
    source: str = ""
    by_whom: str = ""
    by_when: str = ""
    shown: bool = True
    filled: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """The words and lists of results, in their order."""

    sections: Mapping[str, Section]
    lists: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)


def filled_from(facts: Facts) -> Content:
    """Return the content that the facts make by themselves."""
    words = _words(facts)
    return Content(
        {section: Section(words[section], filled=words[section]) for section in SECTIONS},
        {name: tuple(_entry(name, idea) for idea in facts.lists.get(name, ())) for name in LISTS},
    )


def filled_again(content: Content, part: str, facts: Facts, stored: Content | None) -> Content:
    """Return the content with one part as the facts make it now; what a person wrote is kept.

    A section's edited words stand beside it as `replaced`. In a list only words that nobody edited
    are renewed; new ideas come last, and what has moved away and was never edited goes.
    """
    fresh = filled_from(facts)
    if part in SECTIONS:
        old, new = content.sections[part], fresh.sections[part]
        known = {new.source, stored.sections[part].filled if stored else new.source, ""}
        kept = old.replaced if old.source in known else old.source
        return replace(content, sections={**content.sections, part: replace(new, replaced=kept)})
    filled = {entry.idea_id: entry.filled for entry in (stored.lists.get(part, ()) if stored else ())}
    now = {entry.idea_id: entry for entry in fresh.lists[part]}
    entries = []
    for entry in content.lists.get(part, ()):
        new_entry = now.pop(entry.idea_id, None)
        untouched = entry.source in ("", filled.get(entry.idea_id, new_entry.source if new_entry else ""))
        if new_entry and untouched:
            entries.append(replace(entry, source=new_entry.source, filled=new_entry.source))
        elif new_entry or not untouched or entry.by_whom or entry.by_when:
            entries.append(entry)
    return replace(content, lists={**content.lists, part: (*entries, *now.values())})


def put_back(content: Content, section: str) -> Content:
    """Return the content with the words back that filling in again had replaced."""
    old = content.sections[section]
    if not old.replaced:
        return content
    swapped = replace(old, source=old.replaced, replaced=old.source)
    return replace(content, sections={**content.sections, section: swapped})


def moved(content: Content, name: str, idea_id: int, by: int) -> Content:
    """Return the content with an idea moved up (-1) or down (1) in its list."""
    entries = list(content.lists.get(name, ()))
    place = next((place for place, entry in enumerate(entries) if entry.idea_id == idea_id), None)
    if place is not None and 0 <= place + by < len(entries):
        entries[place], entries[place + by] = entries[place + by], entries[place]
    return replace(content, lists={**content.lists, name: tuple(entries)})


def _entry(name: str, idea: IdeaFacts) -> Entry:
    # What was best supported speaks for itself; what was decided needs the words of the answer.
    words = "" if name == "supported" else _shortened(idea.response)
    return Entry(idea.id, words, filled=words)


def _shortened(text: str) -> str:
    if len(text) <= MAX_WORDS:
        return text
    return text[: MAX_WORDS - 1].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def _words(facts: Facts) -> dict[str, str]:
    figures = facts.figures
    between = _between(facts.opens_at, facts.ends_at)
    asked = "\n\n".join(filter(None, (f"**{facts.title}**", facts.summary, between)))
    people = (
        f"{people_in_words(figures)} took part. They shared {count_of(figures.ideas, 'idea')}, "
        f"wrote {count_of(figures.comments, 'comment')} and cast {count_of(figures.votes, 'vote')}."
    )
    heard = []
    if facts.themes:
        named = [f"{name} ({count_of(count, 'idea')})" for name, count in facts.themes]
        heard.append(f"Most was said about {_listed(named)}.")
    if figures.ideas:
        heard.append(
            f"{facts.answered:,} of {count_of(figures.ideas, 'idea')} "
            f"{'has' if facts.answered == 1 else 'have'} been answered so far."
        )
    closing = "Thank you to everybody who took part. Each idea has its answer on its own page."
    return {"asked": asked, "people": people, "heard": "\n\n".join(heard), "next": closing}


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _between(start: datetime | None, end: datetime | None) -> str:
    if start is None or end is None:
        return ""
    return f"The challenge was open from {_day(start)} to {_day(end)}."


def _day(at: Any) -> str:
    local = to_london(at)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"
