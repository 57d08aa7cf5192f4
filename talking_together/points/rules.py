"""What events earn by default, and their words; what they earn now stands in the rules' versions."""

from typing import NamedTuple


class Rule(NamedTuple):
    """What an event earns, how many times a day it may earn, and what it is in words."""

    event: str
    points: int
    daily_cap: int | None
    words: str
    entry: str


DEFAULT_RULES = (
    Rule("joined", 50, None, "Joining", "You joined"),
    Rule("profile completed", 10, None, "Completing your profile", "You completed your profile"),
    Rule("idea published", 20, 3, "Sharing an idea", "You shared an idea"),
    Rule("comment published", 5, 5, "Writing a comment", "You wrote a comment"),
    Rule("vote cast", 1, 20, "Voting on an idea or comment", "You voted"),
    Rule("thumb up on idea", 2, 25, "Each thumb up on your idea", "Thumb up on your idea"),
    Rule("thumb up on comment", 1, 25, "Each thumb up on your comment", "Thumb up on your comment"),
    Rule(
        "comment thanked", 5, 5, "An author’s thanks for your comment", "A comment of yours helped an author"
    ),
    Rule("idea shortlisted", 50, None, "Your idea is shortlisted", "Your idea was shortlisted"),
    Rule("idea done", 100, None, "Your idea is done", "Your idea was done"),
)

# Their keys hold no more than the member, so they earn once a member.
ONCE = frozenset({"joined", "profile completed"})

IN_ORDER = [rule.event for rule in DEFAULT_RULES]
RULE_OF = {rule.event: rule for rule in DEFAULT_RULES}

REWARD_REDEEMED = "reward redeemed"
DRAW_ENTERED = "draw entered"
POINTS_PLEDGED = "points pledged"
WEEK_OF_HIDDEN_NAMES = "week of hidden names"
# Events that no rule gives points for: what is spent, and what a week under hidden names came to.
WITHOUT_RULE = {
    REWARD_REDEEMED: "You got a reward",
    DRAW_ENTERED: "You entered a prize draw",
    POINTS_PLEDGED: "You pledged points for a team prize",
    WEEK_OF_HIDDEN_NAMES: "Contributions of the week before, without your name",
}
# What stands in an entry for the version of its rule where there is none.
WITHOUT_VERSION = 0
SPENDING = frozenset({REWARD_REDEEMED, DRAW_ENTERED, POINTS_PLEDGED})

ENTRY_WORDS = {rule.event: rule.entry for rule in DEFAULT_RULES} | WITHOUT_RULE


def limit_in_words(event: str, cap: int | None) -> str:
    """Return how often an event earns, in words."""
    if event in ONCE:
        return "once"
    return "no limit" if cap is None else f"{cap:,} a day"
