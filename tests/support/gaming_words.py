"""What simulated members write: ideas about what they know, and one idea said again in other words."""

import random
from typing import NamedTuple


class Topic(NamedTuple):
    """Something to improve, with words of its own."""

    thing: str
    words: tuple[str, ...]


TOPICS = (
    Topic("a shared list of who goes home", ("discharge", "pharmacy", "morning round", "bed managers")),
    Topic("bicycle parking at the main entrance", ("racks", "shower", "commuters", "rain cover")),
    Topic("quiet hours on the ward at night", ("sleep", "noise", "trolley wheels", "lights")),
    Topic("hot meals for the night shift", ("canteen", "vending", "microwave", "porters")),
    Topic("one phone number for the rota", ("switchboard", "swaps", "sickness", "managers")),
    Topic("a library of things to lend", ("ladders", "projector", "tools", "booking")),
    Topic("plain letters to patients", ("jargon", "reading age", "appointments", "large print")),
    Topic("a buddy for everybody who is new", ("induction", "first week", "questions", "lunch")),
    Topic("video visits for relatives far away", ("tablets", "families", "headphones", "time slots")),
    Topic("less plastic in the kitchen", ("cups", "cutlery", "recycling", "dishwasher")),
    Topic("a garden where people can rest", ("benches", "raised beds", "volunteers", "fresh air")),
    Topic("labels that can be read on store shelves", ("cupboards", "stock", "barcodes", "colours")),
    Topic("a minibus between the two sites", ("timetable", "parking", "drivers", "fuel")),
    Topic("walking meetings", ("steps", "agenda", "corridors", "fresh thinking")),
    Topic("training in short films", ("ten minutes", "phones", "certificates", "captions")),
    Topic("a board of thanks in the corridor", ("cards", "praise", "photographs", "teams")),
    Topic("lockers for agency staff", ("keys", "bags", "changing room", "coins")),
    Topic("a repair hour for broken chairs", ("estates", "wheels", "spare parts", "skips")),
)
OPENINGS = ("Let us have", "We need", "Start with", "Please give us", "It is time for", "How about", "Try")
PLACES = (
    "in the east wing", "at Riverside", "in outpatients", "on the third floor", "for community teams",
    "at the health centre", "in theatres", "for the whole trust", "in the laboratory", "at the front desk",
)  # fmt: skip
SENTENCES = (
    "Today {word} costs us an hour on most days and nobody knows why.",
    "The colleagues who look after {word} asked for this last spring.",
    "With {word} we could try it for a month and count what changes.",
    "At my last place it was done with {word}, and people still speak of it.",
    "It needs somebody who cares about {word}, a small budget and a date.",
    "Those who deal with {word} would save time, and so would everybody they serve.",
    "We asked around: {word} is what annoys people most.",
)
OTHER_WORDS = {
    "need": "want", "costs": "takes", "hour": "hour or more", "asked": "called", "colleagues": "people",
    "month": "few weeks", "small": "modest", "annoys": "bothers", "most": "very often", "save": "win",
    "Please": "Do", "Start": "Begin", "Today": "At present", "changes": "happens",
}  # fmt: skip


class Writer:
    """Writes ideas from a stream of draws."""

    def __init__(self, draws: random.Random) -> None:
        self.random = draws
        self.known: dict[int, list[Topic]] = {}
        self.written: dict[int, int] = {}

    def idea(self, author: int) -> tuple[str, str]:
        """Return title and text of another idea of an author, about one of the things that they know."""
        known = self.known.setdefault(author, self.random.sample(TOPICS, len(TOPICS)))
        # Now and then somebody writes of the same for another place: a series, not a copy.
        again = author in self.written and self.random.random() < 0.15
        turn = self.written[author] = self.written.get(author, -1) + (not again)
        topic = known[turn % len(known)]
        title = f"{self.random.choice(OPENINGS)} {topic.thing} {self.random.choice(PLACES)}"
        chosen = self.random.sample(SENTENCES, self.random.randint(2, 3))
        words = self.random.sample(topic.words, len(chosen))
        sentences = (each.format(word=word) for each, word in zip(chosen, words, strict=True))
        return title, f"{topic.thing.capitalize()}. {' '.join(sentences)}"

    def again(self, title: str, text: str) -> tuple[str, str]:
        """Return an idea said again: an opening or a place changed, and some words for others."""
        if self.random.random() < 0.5:
            opening = next((each for each in OPENINGS if title.startswith(each)), "")
            title = title.replace(opening, self.random.choice(OPENINGS), 1)
        if self.random.random() < 0.4:
            place = next((each for each in PLACES if title.endswith(each)), "")
            title = title.replace(place, self.random.choice(PLACES)) if place else title
        for word in self.random.sample(sorted(OTHER_WORDS), self.random.randint(2, 8)):
            text = text.replace(word, OTHER_WORDS[word])
        return title, text
