"""Words for the large load: members' names, and ideas and comments put together from parts."""

import random
from itertools import product

_FIRST = [
    "Ada",
    "Aisha",
    "Alice",
    "Amir",
    "Anya",
    "Basil",
    "Beth",
    "Carys",
    "Chen",
    "Dafydd",
    "Dina",
    "Edwin",
    "Elif",
    "Esme",
    "Farid",
    "Fern",
    "Gita",
    "Hana",
    "Idris",
    "Ines",
    "Jonah",
    "Kofi",
    "Lena",
    "Leon",
    "Maya",
    "Milo",
    "Nia",
    "Noor",
    "Olga",
    "Omar",
    "Petra",
    "Rhys",
    "Rosa",
    "Sami",
    "Tara",
    "Theo",
    "Uma",
    "Vera",
    "Yara",
    "Zane",
]
_LAST = [
    "Abbott",
    "Ademola",
    "Ahmadi",
    "Ashworth",
    "Bains",
    "Barlow",
    "Bevan",
    "Castell",
    "Chowdhury",
    "Corrigan",
    "Dunmore",
    "Eze",
    "Fairhurst",
    "Fenwick",
    "Garside",
    "Ghosh",
    "Haddow",
    "Hargreave",
    "Ilves",
    "Jagger",
    "Kaczmar",
    "Kendal",
    "Lockett",
    "Mistry",
    "Novak",
    "Oakden",
    "Oyelaran",
    "Padgett",
    "Quarmby",
    "Rahim",
    "Redfern",
    "Sadler",
    "Selwyn",
    "Thapa",
    "Tinsley",
    "Usman",
    "Varley",
    "Whitlow",
    "Yeadon",
    "Zaman",
]

_WHO = (
    "community nurses",
    "ward clerks",
    "the discharge lounge",
    "social workers",
    "care homes",
    "practice pharmacists",
    "volunteers",
    "the night team",
    "reablement staff",
    "reception teams",
)
_DEED = (
    "Give {who} one number to ring",
    "Let {who} see the shared record",
    "Ask {who} before the rota is set",
    "Plan Monday mornings with {who}",
    "Send {who} tomorrow's list by 3pm",
    "Bring {who} to the morning huddle",
    "Share one calendar with {who}",
    "Pay for parking when {who} visit",
    "Keep a spare room free for {who}",
    "Write letters that {who} can use",
)
_WHERE = (
    "in Northside",
    "in Riverside",
    "on every ward",
    "at weekends",
    "from the spring",
    "in each practice",
    "after 5pm",
    "for three months",
    "at Weir House",
    "when beds are short",
)
_SAID = (
    "At the moment we find out too late, and then two people drive to the same street.",
    "It would cost nothing but an hour a week from somebody who knows the work.",
    "We tried something like it in the winter and it held for as long as one person cared.",
    "The hard part is **who owns it** when that person is away.",
    "Most of the calls we take are to ask where things have got to.",
    "A short message on the day before would be enough.",
    "I have asked four teams and all of them would try it for a month.",
    "It would help the evening staff more than anyone, and they are rarely asked.",
    "The form exists already; it only needs to go to three more places.",
    "People tell us that they repeat their story to each of us in turn.",
    "We would need to agree what happens on bank holidays.",
    "If it saves one wasted visit a week it has paid for itself.",
    "Our manager agrees, but it needs the other side to agree as well.",
    "I would rather have a message that changes than none at all.",
    "It takes ten minutes when we sit together and two days when we do not.",
    "Could the neighbourhood team choose the first place to try it?",
    "- One person to ask\n- One place to look\n- One day a week to put it right",
    "This is about how we work, so nobody's details are needed for it.",
)


def names(count: int) -> list[str]:
    """Return that many names of people, each with a letter between so that they differ."""
    pairs = [f"{first} {last}" for first, last in product(_FIRST, _LAST)]
    random.Random("names").shuffle(pairs)
    letters = ["", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    made = (pair.replace(" ", f" {letter} ") if letter else pair for letter in letters for pair in pairs)
    return [next(made) for _ in range(count)]


def titles(count: int) -> list[str]:
    """Return that many titles of ideas."""
    made = [f"{deed.format(who=who)} {where}" for deed, who, where in product(_DEED, _WHO, _WHERE)]
    random.Random("titles").shuffle(made)
    return [made[place % len(made)] for place in range(count)]


def bodies(count: int, *, least: int, most: int) -> list[str]:
    """Return that many different texts of so many sentences or lists each."""
    rng = random.Random(f"bodies:{least}:{most}")
    made: list[str] = []
    for _ in range(count):
        parts = rng.sample(_SAID, rng.randint(least, most))
        middle = len(parts) // 2
        paragraphs = [_paragraph(parts[:middle]), _paragraph(parts[middle:])]
        made.append("\n\n".join(paragraph for paragraph in paragraphs if paragraph))
    return made


def _paragraph(parts: list[str]) -> str:
    said = " ".join(part for part in parts if not part.startswith("-"))
    lists = [part for part in parts if part.startswith("-")]
    return "\n\n".join([said, *lists] if said else lists)
