"""A member's word: what a colleague says when they join, so that it is known who told them.

It opens nothing. Whoever guesses one has named a colleague whom they do not know, no more.
"""

import re
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from talking_together.accounts.models import Member
from talking_together.accounts.word_list import FIRST, SECOND
from talking_together.core.access import ROLES
from talking_together.core.database import locked
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MAX_WORD = 40
# With two digits there are 729,000 words: of twenty thousand members, one draw in forty meets another's.
_PARTS = re.compile(r"[a-z]+|[0-9]+")
LEAST_NUMBER, MOST_NUMBER = 10, 99
UNKNOWN = "We do not know this word. Ask your colleague how it is spelt, or leave this empty"
OWN = "This is your own word. Leave this empty unless a colleague told you of the site"


def give_word(viewer: "Viewer") -> str:
    """Give the viewer a word of their own, and return it; who has one keeps it."""
    word = db.session.scalar(locked(select(Member.word).where(Member.id == viewer.id)))
    if word is not None:
        return word
    word = _drawn()
    while db.session.scalar(select(Member.id).where(Member.word == word)) is not None:
        word = _drawn()
    # Should somebody draw the same at the same moment, the database refuses, and all begins anew.
    db.session.execute(update(Member).where(Member.id == viewer.id).values(word=word))
    return word


def plain_word(typed: str) -> str:
    """Return what somebody typed as words are kept: "Kind Otter 27" is "kind-otter-27"."""
    return "-".join(_PARTS.findall(typed.lower()))


def member_of_word(typed: str) -> int | None:
    """Return the id of the colleague whose word it is, None for nothing; InvalidInput if nobody has it."""
    word = plain_word(typed)
    if not word:
        if typed.strip():
            raise InvalidInput(UNKNOWN, field="word")
        return None
    found = db.session.scalar(
        select(Member.id).where(Member.word == word, Member.is_active, Member.role.in_(ROLES))
    )
    if found is None:
        raise InvalidInput(UNKNOWN, field="word")
    return found


def _drawn() -> str:
    number = LEAST_NUMBER + secrets.randbelow(MOST_NUMBER - LEAST_NUMBER + 1)
    return f"{secrets.choice(FIRST)}-{secrets.choice(SECOND)}-{number}"
