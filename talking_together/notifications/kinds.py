"""Everything that a member can be told of: one table of kinds, their words, and the groups they choose by.

`lead`, `link` and `tail` make one sentence, of which `link` leads to what it is about; `subject` is that of
an email about it alone. `{who}` is the one who did it, `{idea}`, `{challenge}` and `{reward}` are titles,
and `{became}` says what the idea became as the rest of a sentence.
"""

import re
from dataclasses import dataclass

# How a member hears of a group by email.
AT_ONCE, DAILY, NEVER = "at once", "daily", "never"
EMAILS = (AT_ONCE, DAILY, NEVER)
MAX_SUBJECT = 150
# What an idea became, where its status alone is no end of a sentence.
BECAME = {
    "not now": "will not be done for now",
    "hidden": "was hidden",
    "new": "is shown again",
    "merged": "was merged into another idea",
}


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


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notification: its group and its sentence.

    `path` is where one leads that is about no idea, challenge or reward.
    """

    group: str
    subject: str
    lead: str
    link: str
    tail: str = ""
    path: str = ""

    def said(
        self, *, who: str = "", idea: str = "", challenge: str = "", reward: str = "", status: str = ""
    ) -> "Sentence":
        """Return the sentence with its gaps filled; what is not known is somebody."""
        gaps = {"{who}": who or "Somebody", "{idea}": idea, "{challenge}": challenge, "{reward}": reward}
        gaps["{became}"] = BECAME.get(status, f"is now {status}")
        return Sentence(*(_filled(part, gaps) for part in (self.lead, self.link, self.tail)))

    def subject_of(
        self, *, who: str = "", idea: str = "", challenge: str = "", reward: str = "", status: str = ""
    ) -> str:
        """Return the subject with its gaps filled, on one line."""
        gaps = {"{who}": who or "Somebody", "{idea}": idea, "{challenge}": challenge, "{reward}": reward}
        gaps["{became}"] = BECAME.get(status, f"is {status}")
        words = "".join(filter(str.isprintable, " ".join(_filled(self.subject, gaps).split())))
        return words if len(words) <= MAX_SUBJECT else words[: MAX_SUBJECT - 1] + "…"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a member is told in words: `link` is the part that leads to what it is about."""

    lead: str
    link: str
    tail: str

    def __str__(self) -> str:
        """Return the whole sentence as plain text."""
        return f"{self.lead}{self.link}{self.tail}"


def _filled(part: str, gaps: dict[str, str]) -> str:
    # In one pass: a title may hold what looks like a gap.
    return _gap.sub(lambda match: gaps[match.group()], part)


_gap = re.compile(r"\{(?:who|idea|challenge|reward|became)\}")


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

TABLE: dict[str, Kind] = {
    "comment on your idea": Kind(
        "mine", "{who} commented on your idea: {idea}", "{who} wrote ", "a comment on your idea “{idea}”", ""
    ),
    "reply to your comment": Kind(
        "mine",
        "{who} replied to your comment: {idea}",
        "{who} wrote ",
        "a reply to your comment on “{idea}”",
        "",
    ),
    "status of your idea": Kind(
        "mine",
        "Your idea {became}: {idea}",
        "",
        "Your idea “{idea}”",
        " {became}",
    ),
    "status of an idea you follow": Kind(
        "followed answers",
        "An idea you follow {became}: {idea}",
        "",
        "“{idea}”",
        ", which you follow, {became}",
    ),
    "status of an idea you commented on": Kind(
        "joined in",
        "An idea you commented on {became}: {idea}",
        "",
        "“{idea}”",
        ", which you commented on, {became}",
    ),
    "status of an idea you voted on": Kind(
        "joined in",
        "An idea you voted on {became}: {idea}",
        "",
        "“{idea}”",
        ", which you voted on, {became}",
    ),
    "comment on an idea you follow": Kind(
        "followed talk",
        "A comment on an idea you follow: {idea}",
        "{who} wrote ",
        "a comment on “{idea}”",
        ", which you follow",
    ),
    "mention": Kind("asked", "{who} mentioned you: {idea}", "{who} mentioned you in ", "“{idea}”", ""),
    "co-author asked": Kind(
        "asked",
        "{who} asks you to be a co-author: {idea}",
        "{who} asks you to be a co-author of ",
        "“{idea}”",
        "",
    ),
    "co-author answered": Kind(
        "asked",
        "{who} answered about being a co-author: {idea}",
        "{who} answered whether to be a co-author of ",
        "your idea “{idea}”",
        "",
    ),
    "idea approved": Kind(
        "mine",
        "Your idea was approved: {idea}",
        "",
        "Your idea “{idea}”",
        " was approved, and everyone can see it now",
    ),
    "idea sent back": Kind(
        "mine",
        "Your idea was sent back to you: {idea}",
        "",
        "Your idea “{idea}”",
        " was sent back to you, with the reason",
    ),
    "answer owed": Kind(
        "duty",
        "An answer is owed: {idea}",
        "An answer is owed to ",
        "“{idea}”",
        ", and you are the one to give it",
    ),
    "answer overdue": Kind(
        "duty",
        "An answer is overdue: {idea}",
        "The answer to ",
        "“{idea}”",
        " is overdue, and you are the one to give it",
    ),
    "idea merged": Kind(
        "mine",
        "Your idea was put together with another: {idea}",
        "Two ideas were put together in ",
        "“{idea}”",
        ", and one of them is yours",
    ),
    "merge undone": Kind(
        "mine", "A merge was undone: {idea}", "", "“{idea}”", " stands by itself again: the merge was undone"
    ),
    "merge proposal settled": Kind(
        "asked",
        "Your proposal was settled: {idea}",
        "Your proposal to put ideas together was settled: see ",
        "“{idea}”",
        "",
    ),
    "challenge dates changed": Kind(
        "challenges", "New dates: {challenge}", "The dates of ", "“{challenge}”", " have changed"
    ),
    "challenge paused": Kind(
        "challenges", "Paused for now: {challenge}", "", "“{challenge}”", " is paused for now"
    ),
    "challenge reopened": Kind(
        "challenges", "Open again: {challenge}", "", "“{challenge}”", " is open again"
    ),
    "results published": Kind(
        "challenges", "The results are there: {challenge}", "There are results of ", "“{challenge}”", ""
    ),
    "comment thanked": Kind(
        "mine",
        "Thank you for your comment: {idea}",
        "An author thanked you for ",
        "your comment on “{idea}”",
        "",
    ),
    **{
        f"milestone {name}": Kind(
            "milestones",
            f"You reached a milestone: {words}",
            "You reached ",
            "a milestone",
            f": {words}",
            path="/me#milestones",
        )
        for name, words in (
            ("first idea", "your first idea"),
            ("first votes", "ten ideas had their first vote from you"),
            ("comment helped", "a comment of yours helped an author"),
            ("idea done", "an idea of yours was done"),
            ("colleague joined", "a colleague joined by your word"),
        )
    },
    "voucher cancelled": Kind(
        "rewards",
        "Your voucher was cancelled: {reward}",
        "",
        "Your voucher “{reward}”",
        " was cancelled: see why",
    ),
    "voucher expires soon": Kind(
        "rewards",
        "Your voucher ends soon: {reward}",
        "",
        "Your voucher “{reward}”",
        " can be used for a few more days",
    ),
    "draw won": Kind("rewards", "You won: {reward}", "You won in the prize draw: ", "“{reward}”", ""),
    "draw not won": Kind(
        "rewards",
        "The prize draw is over: {reward}",
        "The prize draw ",
        "“{reward}”",
        " is over, and your numbers were not among the winners",
    ),
    "gift given": Kind("rewards", "A gift for you: {reward}", "A gift for you: ", "“{reward}”", ""),
    "team prize won": Kind(
        "rewards", "Your group did it: {reward}", "Your group pledged enough: ", "“{reward}”", " is yours"
    ),
    "points came back": Kind(
        "rewards", "Your points came back: {reward}", "Your points came back from ", "“{reward}”", ""
    ),
    "votes set aside": Kind(
        "fairness",
        "Set aside: some of your votes",
        "A moderator set some of your votes aside: ",
        "see which and why",
        path="/me/votes-set-aside",
    ),
    "thumbs set aside": Kind(
        "fairness",
        "Set aside: some thumbs up for you",
        "A moderator found that some thumbs up for what you wrote were not given fairly, and set them aside. "
        "This says nothing against you. ",
        "See your points",
        path="/points",
    ),
    "votes brought back": Kind(
        "fairness",
        "Brought back: votes that were set aside",
        "Votes that a moderator had set aside count again, and their points are back: ",
        "see your points",
        path="/points",
    ),
}
KINDS = tuple(TABLE)
# Who may be told of a change of status, the closest concern first: of several, this is the one told.
STATUS_KINDS = (
    "status of your idea",
    "status of an idea you follow",
    "status of an idea you commented on",
    "status of an idea you voted on",
)


def groups_for(role: str) -> list[Group]:
    """Return the groups that a member of the role can choose about."""
    own = [GROUPS[name] for name in EMAIL_GROUPS]
    return [group for group in own if group.role == "staff" or role != "staff"]


def group_of(kind: str) -> Group:
    """Return the group that a kind is switched with."""
    return GROUPS[TABLE[kind].group]
