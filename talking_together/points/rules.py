"""What events earn by default; the table `point_rules` starts from this and may be changed."""

from typing import NamedTuple


class Rule(NamedTuple):
    """What an event earns, how many times a day it may earn, and what it is in words."""

    event: str
    points: int
    daily_cap: int | None
    words: str


DEFAULT_RULES = (
    Rule("joined", 50, None, "Joining Talking Together"),
    Rule("profile completed", 10, None, "Completing your profile"),
    Rule("idea published", 20, 3, "Sharing an idea"),
    Rule("comment published", 5, 5, "Writing a comment"),
    Rule("vote cast", 1, 20, "Voting on an idea or a comment"),
    Rule("thumb up on idea", 2, 25, "A thumb up on your idea"),
    Rule("thumb up on comment", 1, 25, "A thumb up on your comment"),
    Rule("idea shortlisted", 50, None, "Your idea is shortlisted"),
    Rule("idea done", 100, None, "Your idea is done"),
)

# Joining and completing a profile happen once a member, by their keys.
ONCE = frozenset({"joined", "profile completed"})

WORDS = {rule.event: rule.words for rule in DEFAULT_RULES}
