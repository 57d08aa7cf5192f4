"""Everything that a member can be told of: one table of kinds, their words, and how each comes by email.

`lead`, `link` and `tail` make one sentence, of which `link` leads to what it is about; `subject` is that of
an email about it alone. `{who}` is the one who did it, `{idea}`, `{challenge}` and `{reward}` are titles,
`{became}` says what the idea became as the rest of a sentence, `{answered}` what somebody said who was
asked to be a co-author, and `{drawn}` what became of numbers that won nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from talking_together.notifications.groups import EMAIL_GROUPS, GROUPS, Group

MAX_SUBJECT = 150
# What an idea became, where its status alone is no end of a sentence.
BECAME = {
    "not now": "will not be done for now",
    "hidden": "was hidden",
    "new": "is shown again",
    "merged": "was merged into another idea",
}
# What somebody said who was asked; one whose answer no longer stands has answered.
ANSWERED = {"accepted": "agreed to be", "declined": "chose not to be"}
# What became of the numbers of somebody who won nothing in a draw.
NOT_DRAWN = "your numbers were not among the winners"
PASSED_OVER = "one of your numbers was drawn and passed over: see why"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notification: its group and its sentence.

    `path` is where one leads that is about no idea, challenge or reward. `label` names it where a member
    chooses, in their own words.
    """

    group: str
    subject: str
    lead: str
    link: str
    tail: str = ""
    path: str = ""
    label: str = ""

    def said(
        self,
        *,
        who: str = "",
        idea: str = "",
        challenge: str = "",
        reward: str = "",
        status: str = "",
        answer: str = "",
        passed_over: bool = False,
    ) -> "Sentence":
        """Return the sentence with its gaps filled; what is not known is somebody."""
        gaps = _gaps(who, idea, challenge, reward, answer)
        gaps["{became}"] = BECAME.get(status, f"is now {status}")
        gaps["{drawn}"] = PASSED_OVER if passed_over else NOT_DRAWN
        return Sentence(*(_filled(part, gaps) for part in (self.lead, self.link, self.tail)))

    def subject_of(
        self,
        *,
        who: str = "",
        idea: str = "",
        challenge: str = "",
        reward: str = "",
        status: str = "",
        answer: str = "",
    ) -> str:
        """Return the subject with its gaps filled, on one line."""
        gaps = _gaps(who, idea, challenge, reward, answer)
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


def _gaps(who: str, idea: str, challenge: str, reward: str, answer: str) -> dict[str, str]:
    return {
        "{who}": who or "Somebody",
        "{idea}": idea,
        "{challenge}": challenge,
        "{reward}": reward,
        "{answered}": ANSWERED.get(answer, "answered whether to be"),
    }


def _filled(part: str, gaps: dict[str, str]) -> str:
    # In one pass: a title may hold what looks like a gap.
    return _gap.sub(lambda match: gaps[match.group()], part)


_gap = re.compile(r"\{(?:who|idea|challenge|reward|became|answered|drawn)\}")


TABLE: dict[str, Kind] = {
    "comment on your idea": Kind(
        "mine",
        "{who} commented on your idea: {idea}",
        "{who} wrote ",
        "a comment on your idea “{idea}”",
        "",
        label="Comments on my ideas",
    ),
    "reply to your comment": Kind(
        "mine",
        "{who} replied to your comment: {idea}",
        "{who} wrote ",
        "a reply to your comment on “{idea}”",
        "",
        label="Replies to my comments",
    ),
    "status of your idea": Kind(
        "mine",
        "Your idea {became}: {idea}",
        "",
        "Your idea “{idea}”",
        " {became}",
        label="Answers to my ideas",
    ),
    "status of an idea you follow": Kind(
        "followed answers",
        "An idea you follow {became}: {idea}",
        "",
        "“{idea}”",
        ", which you follow, {became}",
        label="Answers to ideas I follow",
    ),
    "status of an idea you commented on": Kind(
        "joined in",
        "An idea you commented on {became}: {idea}",
        "",
        "“{idea}”",
        ", which you commented on, {became}",
        label="Answers to ideas I commented on",
    ),
    "status of an idea you voted on": Kind(
        "joined in",
        "An idea you voted on {became}: {idea}",
        "",
        "“{idea}”",
        ", which you voted on, {became}",
        label="Answers to ideas I voted on",
    ),
    "comment on an idea you follow": Kind(
        "followed talk",
        "A comment on an idea you follow: {idea}",
        "{who} wrote ",
        "a comment on “{idea}”",
        ", which you follow",
        label="New comments on ideas I follow",
    ),
    "mention": Kind(
        "asked",
        "{who} mentioned you: {idea}",
        "{who} mentioned you in ",
        "“{idea}”",
        "",
        label="Somebody mentions me",
    ),
    "co-author asked": Kind(
        "asked",
        "{who} asks you to be a co-author: {idea}",
        "{who} asks you to be a co-author of ",
        "“{idea}”",
        "",
        label="Somebody asks me to be a co-author",
    ),
    "co-author answered": Kind(
        "asked",
        "{who} {answered} a co-author: {idea}",
        "{who} {answered} a co-author of ",
        "your idea “{idea}”",
        "",
        label="Answers of those I asked to be co-authors",
    ),
    "idea approved": Kind(
        "mine",
        "Your idea was approved: {idea}",
        "",
        "Your idea “{idea}”",
        " was approved, and everyone can see it now",
        label="An idea of mine is approved",
    ),
    "idea sent back": Kind(
        "mine",
        "Your idea was sent back to you: {idea}",
        "",
        "Your idea “{idea}”",
        " was sent back to you, with the reason",
        label="An idea of mine is sent back to me",
    ),
    "answer owed": Kind(
        "duty",
        "An answer is owed: {idea}",
        "An answer is owed to ",
        "“{idea}”",
        ", and you are the one to give it",
        label="Ideas that begin to wait for my answer",
    ),
    "answer overdue": Kind(
        "duty",
        "An answer is overdue: {idea}",
        "The answer to ",
        "“{idea}”",
        " is overdue, and you are the one to give it",
        label="Answers of mine that are overdue",
    ),
    "idea merged": Kind(
        "mine",
        "Your idea was put together with another: {idea}",
        "Two ideas were put together in ",
        "“{idea}”",
        ", and one of them is yours",
        label="An idea of mine is put together with another",
    ),
    "merge undone": Kind(
        "mine",
        "A merge was undone: {idea}",
        "",
        "“{idea}”",
        " stands by itself again: the merge was undone",
        label="An idea of mine stands by itself again",
    ),
    "merge proposal settled": Kind(
        "asked",
        "Your proposal was settled: {idea}",
        "Your proposal to put ideas together was settled: see ",
        "“{idea}”",
        "",
        label="What became of my proposals to put ideas together",
    ),
    "challenge dates changed": Kind(
        "challenges",
        "New dates: {challenge}",
        "The dates of ",
        "“{challenge}”",
        " have changed",
        label="New dates of challenges I follow",
    ),
    "challenge paused": Kind(
        "challenges",
        "Paused for now: {challenge}",
        "",
        "“{challenge}”",
        " is paused for now",
        label="A challenge I follow is paused",
    ),
    "challenge reopened": Kind(
        "challenges",
        "Open again: {challenge}",
        "",
        "“{challenge}”",
        " is open again",
        label="A challenge I follow is open again",
    ),
    "results published": Kind(
        "challenges",
        "The results are there: {challenge}",
        "There are results of ",
        "“{challenge}”",
        "",
        label="Results of challenges I follow",
    ),
    "comment thanked": Kind(
        "mine",
        "Thank you for your comment: {idea}",
        "An author thanked you for ",
        "your comment on “{idea}”",
        "",
        label="Thanks for my comments",
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
        " is over, and {drawn}",
    ),
    "draw called off": Kind(
        "rewards",
        "The prize draw was called off: {reward}",
        "The prize draw ",
        "“{reward}”",
        " was called off, so nobody won",
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
# Those that email has a choice about, and of them those that are more than all of their group.
EMAIL_KINDS = tuple(name for name, kind in TABLE.items() if kind.group in EMAIL_GROUPS)
APART_KINDS = tuple(
    name for name in EMAIL_KINDS if [kind.group for kind in TABLE.values()].count(TABLE[name].group) > 1
)


def group_of(kind: str) -> Group:
    """Return the group that a kind is switched with."""
    return GROUPS[TABLE[kind].group]


def kinds_apart(group: str) -> tuple[str, ...]:
    """Return the kinds of a group that can be chosen apart from it: none where it has but one."""
    return tuple(kind for kind in APART_KINDS if TABLE[kind].group == group)


def label_of(name: str) -> str:
    """Return what a group or a kind is called where a member chooses."""
    return GROUPS[name].label if name in GROUPS else TABLE[name].label


def email_of(kind: str, chosen: Mapping[str, str]) -> str:
    """Return how a kind comes by email: as chosen for it, else for its group, else by default.

    `chosen` holds what a member chose, by the names of kinds and groups.
    """
    group = group_of(kind)
    return chosen.get(kind) or chosen.get(group.name) or group.default
