"""The groups that a member chooses by how they hear of things by email."""

from dataclasses import dataclass

# How a member hears by email.
AT_ONCE, DAILY, NEVER = "at once", "daily", "never"
EMAILS = (AT_ONCE, DAILY, NEVER)


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that a member switches together; `default` is how they go by email until chosen.

    What is told `in_site_only` goes by no email, so there is nothing to choose about it.
    """

    name: str
    label: str
    hint: str
    because: str
    default: str
    role: str = "staff"
    in_site_only: bool = False


GROUPS = {
    group.name: group
    for group in (
        Group(
            "mine",
            "My ideas and comments",
            "Answers to your ideas, comments on them, replies to you",
            "you wrote the idea or the comment that it is about",
            AT_ONCE,
        ),
        Group(
            "followed answers",
            "Answers to ideas I follow",
            "When it is decided what becomes of an idea",
            "you follow the idea",
            AT_ONCE,
        ),
        Group(
            "followed talk",
            "New comments on ideas I follow",
            "What others add to them",
            "you follow the idea",
            DAILY,
        ),
        Group(
            "joined in",
            "Answers to ideas I voted or commented on",
            "When it is decided what becomes of an idea that you do not follow",
            "you voted or commented on the idea",
            DAILY,
        ),
        Group(
            "asked",
            "Mentions and requests",
            "When somebody mentions you, asks you to be a co-author, or answers you",
            "somebody mentioned, asked or answered you",
            AT_ONCE,
        ),
        Group(
            "challenges",
            "News of challenges I follow",
            "Dates that change, pauses, and results",
            "you follow the challenge",
            AT_ONCE,
        ),
        Group(
            "duty",
            "Answers that I owe",
            "Ideas that wait for your answer as a moderator",
            "you are the one who answers the idea",
            DAILY,
            role="moderator",
        ),
        Group(
            "milestones",
            "Milestones",
            "When you reach one",
            "you reached it",
            NEVER,
            in_site_only=True,
        ),
        Group(
            "rewards",
            "Rewards",
            "Vouchers, prize draws and team prizes",
            "you took part",
            NEVER,
            in_site_only=True,
        ),
        Group(
            "fairness",
            "Votes set aside",
            "When a moderator sets votes aside, or brings them back",
            "the votes or the points are yours",
            NEVER,
            in_site_only=True,
        ),
    )
}
# Those that email has a choice about.
EMAIL_GROUPS = tuple(name for name, group in GROUPS.items() if not group.in_site_only)


def groups_for(role: str) -> list[Group]:
    """Return the groups that a member of the role can choose about."""
    own = [GROUPS[name] for name in EMAIL_GROUPS]
    return [group for group in own if group.role == "staff" or role != "staff"]
