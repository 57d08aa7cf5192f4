"""The shapes that the demo content is written in."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from textwrap import dedent
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_STARTS_A_LINE = re.compile(r"^(\s*[-*] |\s*\d+\. |#|>)")


@dataclass(frozen=True, slots=True)
class When:
    """A moment told from the day on which the demo is loaded."""

    day: int
    hour: int
    minute: int
    hours_ago: int | None = None

    def seen_from(self, now: datetime) -> datetime:
        """The moment in UTC, for a demo loaded at `now` (an aware time)."""
        if self.hours_ago is not None:
            moment = now - timedelta(hours=self.hours_ago, minutes=self.minute)
            return moment.astimezone(UTC)
        date = now.astimezone(LONDON).date() + timedelta(days=self.day)
        local = datetime.combine(date, time(self.hour, self.minute), tzinfo=LONDON)
        return local.astimezone(UTC)


def at(day: int, hour: int, minute: int = 0) -> When:
    """So many days after loading (before it when negative), at that time in London."""
    return When(day=day, hour=hour, minute=minute)


def hours_ago(hours: int, minute: int = 0) -> When:
    """So many hours and minutes before the moment of loading."""
    return When(day=0, hour=0, minute=minute, hours_ago=hours)


def prose(text: str) -> str:
    """Markdown as its author would have typed it: one line a paragraph or list item."""
    blocks = []
    for block in re.split(r"\n\s*\n", dedent(text).strip()):
        lines: list[str] = []
        for line in block.splitlines():
            if lines and not _STARTS_A_LINE.match(line):
                lines[-1] += " " + line.strip()
            else:
                lines.append(line.rstrip())
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A partner, with the email domains and headcount of its staff."""

    key: str
    name: str
    short_name: str
    colour: str
    email_domains: tuple[str, ...]
    headcount: int


@dataclass(frozen=True, slots=True)
class StaffGroup:
    """A group of staff; one without an organisation reaches across the partners."""

    key: str
    name: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A member: `key` is first.last; `left` is set for someone who has gone."""

    key: str
    name: str
    email: str
    organisation: str
    groups: tuple[str, ...]
    job_title: str
    role: str
    on_leaderboard: bool
    joined: When
    left: When | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question; no audience named means everyone."""

    key: str
    question: str
    summary: str
    brief: str
    author: str
    stage: str
    opens: When
    closes: When
    voting_closes: When | None = None
    audience_organisations: tuple[str, ...] = ()
    audience_groups: tuple[str, ...] = ()
    answered: When | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A change of an idea's status by a moderator, with the response if there is one."""

    status: str
    when: When
    by: str
    response: str = ""


@dataclass(frozen=True, slots=True)
class Idea:
    """An answer to a challenge.

    `reach` is the share of those who could vote that did; `appeal` is the share of
    those votes that were thumbs up.
    """

    key: str
    challenge: str
    author: str
    title: str
    body: str
    posted: When
    appeal: float
    reach: float
    steps: tuple[Step, ...] = ()
    draft: bool = False
    withdrawn: When | None = None
    merged: When | None = None

    @property
    def status(self) -> str:
        """Where the idea stands on the day of loading."""
        if self.draft:
            return "draft"
        if self.withdrawn:
            return "withdrawn"
        if self.merged:
            return "merged"
        return self.steps[-1].status if self.steps else "new"


@dataclass(frozen=True, slots=True)
class Ask:
    """How a challenge asks: for whom, with which prompts and themes, answered by whom.

    `scenery` holds the colours that its cover is drawn in, from the front to the sky.
    """

    sponsor: tuple[str, str]
    prompts: tuple[str, ...]
    themes: tuple[str, ...]
    moderators: tuple[str, ...]
    scenery: tuple[int, int, int]
    scenery_words: str
    answer_votes: int | None = None
    answer_days: int = 14


@dataclass(frozen=True, slots=True)
class Filing:
    """What stands beside an idea's text: its theme, its tags, and answers in the prompts' order."""

    theme: str
    tags: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """That one idea went into another."""

    survivor: str
    merged: str
    when: When
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Follow:
    """That somebody follows a challenge or an idea."""

    member: str
    kind: str
    key: str
    when: When


@dataclass(frozen=True, slots=True)
class Beside:
    """That an author asked somebody to be a co-author, who accepted."""

    idea: str
    by: str
    member: str
    asked: When
    accepted: When


@dataclass(frozen=True, slots=True)
class Rush:
    """Thumbs up that one member gave within seconds: to ideas, and to comments of (idea, place)."""

    member: str
    began: When
    ideas: tuple[str, ...]
    comments: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What a moderator wrote on an idea for other moderators."""

    idea: str
    by: str
    when: When
    body: str


@dataclass(frozen=True, slots=True)
class Duty:
    """That somebody was asked to answer an idea by a day."""

    idea: str
    owner: str
    by: str
    when: When
    due: When


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who does something about an idea, and by when."""

    by_whom: str
    by_when: str


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a challenge, where a person's words took the place of the facts'."""

    challenge: str
    by: str
    written: When
    published: When
    heard: str
    closing: str
    outcomes: dict[str, Outcome]


@dataclass(frozen=True, slots=True)
class Edit:
    """That a comment was changed, and what it said before."""

    when: When
    earlier_body: str


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said under an idea, with the replies to it."""

    author: str
    body: str
    posted: When
    replies: tuple["Comment", ...] = ()
    edit: Edit | None = None
    removed: When | None = None
    appeal: float = 0.9
    reach: float = 0.025


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One line of a staff list, as an organisation would send it."""

    name: str
    email: str
    organisation: str
    groups: tuple[str, ...]
    job_title: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """One person's place in a phase.

    `member` is the key of whoever joined by it; `answer` is what the mail server said when a
    message failed or its outcome is not known.
    """

    row: StaffRow
    state: str
    sent: When | None = None
    member: str | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """A wave of invitations, with the staff list that it was made from.

    `starts` is the time that it is scheduled for; one that is neither started nor scheduled is a
    draft. `reminders` holds the days after which people are reminded.
    """

    key: str
    name: str
    list_name: str
    filename: str
    author: str
    subject: str
    message: str
    state: str
    created: When
    started: When | None = None
    finished: When | None = None
    starts: When | None = None
    expires_days: int = 30
    hourly_rate: int | None = None
    all_hours: bool = False
    from_name: str = ""
    reply_to: str = ""
    challenge: str | None = None
    reminders: tuple[int, ...] = ()
    not_joined_from: str | None = None
    invitations: tuple[Invitation, ...] = field(default_factory=tuple)
