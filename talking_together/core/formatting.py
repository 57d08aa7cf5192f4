"""How times, counts and addresses read on a page: the template filters."""

import re
from datetime import datetime, timedelta
from typing import Protocol

from flask import Flask
from markupsafe import Markup, escape

from talking_together.core import clock, rich_text
from talking_together.core.addresses import slug_of, slug_path

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_ends_of_parts = re.compile(r"(?<=[@.])(?=.)")
_written_moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")


class Addressed(Protocol):
    """A row that has an address of its own: an id and a title."""

    @property
    def id(self) -> int: ...

    @property
    def title(self) -> str: ...


def init_formatting(app: Flask) -> None:
    """Make the filters available in templates."""
    app.jinja_env.filters.update(
        when=when,
        day=day,
        moment=moment,
        time_of_day=time_of_day,
        hour_of_day=hour_of_day,
        local_input=local_input,
        time_left=time_left,
        logged=logged,
        count_of=count_of,
        number=number,
        pounds=pounds,
        file_size=file_size,
        outlined=outlined,
        breakable=breakable,
        slug=slug_of,
        idea_path=idea_path,
        challenge_path=challenge_path,
        reward_path=reward_path,
    )


def breakable(address: str) -> Markup:
    """Return an email address that a narrow page breaks behind its @ or a full stop, before any letter."""
    parts = _ends_of_parts.split(address)
    # In one element: where the parts of a row stand side by side, each element is one of them.
    return (
        Markup("<span>{}</span>").format(Markup("<wbr>").join(parts)) if len(parts) > 1 else escape(address)
    )


def outlined(html: str, level: int) -> Markup:
    """Return what members wrote, as it was cleaned when it was saved, with headings that fit the page."""
    return Markup(rich_text.outlined(html, level))


def when(at: datetime | None) -> str:
    """Return how long ago it was, as a `time` element that carries the exact moment."""
    if at is None:
        return ""
    # Every part is our own text, so nothing needs escaping.
    return Markup(f'<time datetime="{at.isoformat()}" title="{moment(at)}">{ago(at)}</time>')


def ago(at: datetime) -> str:
    """Return how long ago it was in words: "2 hours ago", "yesterday", "3 November"."""
    now = clock.now()
    seconds = (now - at).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return count_of(int(seconds // _MINUTE), "minute") + " ago"
    if seconds < _DAY:
        return count_of(int(seconds // _HOUR), "hour") + " ago"
    local = clock.to_london(at)
    today = clock.to_london(now).date()
    days = (today - local.date()).days
    if days <= 1:
        return "yesterday"
    if days < 7:
        return f"{days} days ago"
    words = f"{local.day} {MONTHS[local.month - 1]}"
    return words if local.year == today.year else f"{words} {local.year}"


def day(at: datetime | None) -> str:
    """Return the London day in words, "Friday 28 November", with the year unless it is this one."""
    if at is None:
        return ""
    local = clock.to_london(at)
    words = f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"
    return words if local.year == clock.today().year else f"{words} {local.year}"


def moment(at: datetime | None) -> str:
    """Return the London day and time in words, "Friday 28 November at 5pm"."""
    if at is None:
        return ""
    return f"{day(at)} at {time_of_day(at)}"


def time_of_day(at: datetime) -> str:
    """Return the London time in words: "5pm", "2:02pm", "midday"."""
    local = clock.to_london(at)
    return hour_of_day(local.hour, local.minute)


def hour_of_day(hour: int, minute: int = 0) -> str:
    """Return the time that a clock on the wall shows in words; hour 24 is the midnight that ends the day."""
    if minute == 0 and hour % 12 == 0:
        return "midday" if hour == 12 else "midnight"
    minutes = f":{minute:02}" if minute else ""
    return f"{hour % 12 or 12}{minutes}{'am' if hour % 24 < 12 else 'pm'}"


def local_input(at: datetime | None) -> str:
    """Return the London wall time as a `datetime-local` input takes it."""
    return "" if at is None else clock.to_london(at).strftime("%Y-%m-%dT%H:%M")


def logged(value: object) -> str:
    """Return a detail of the audit log in words, with its moments in London time."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {logged(each)}" for name, each in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(logged(each) for each in value) or "none"
    if isinstance(value, str) and _written_moment.fullmatch(value):
        return moment(datetime.fromisoformat(value))
    return "none" if value in (None, "") else str(value)


def time_left(until: datetime | None) -> str:
    """Return how long is left until a moment in words, "6 days left", or "closed" after it."""
    if until is None:
        return ""
    seconds = int((until - clock.now()) / timedelta(seconds=1))
    if until <= clock.now():
        return "closed"
    if seconds >= 2 * _DAY:
        return f"{seconds // _DAY} days left"
    if seconds >= _DAY:
        return "1 day left"
    if seconds >= _HOUR:
        return count_of(seconds // _HOUR, "hour") + " left"
    if seconds >= _MINUTE:
        return count_of(seconds // _MINUTE, "minute") + " left"
    return "less than a minute left"


def count_of(count: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun: "1 comment", "1,204 comments", "2 people", "−1 point"."""
    return f"{number(count)} {noun if abs(count) == 1 else plural or noun + 's'}"


def file_size(size: int) -> str:
    """Return the size of a file in words: "340 KB", "1.2 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB"


def number(value: int) -> str:
    """Return a whole number with thousands separators, and a minus sign where it is below zero."""
    return f"{value:,}".replace("-", "−")


def pounds(pence: int) -> str:
    """Return an amount of pence in pounds: "£4.50", "£1,200"."""
    whole, rest = divmod(pence, 100)
    return f"£{whole:,}.{rest:02}" if rest else f"£{whole:,}"


def idea_path(idea: Addressed) -> str:
    """Return the address of an idea."""
    return slug_path("ideas", idea.id, idea.title)


def challenge_path(challenge: Addressed) -> str:
    """Return the address of a challenge."""
    return slug_path("challenges", challenge.id, challenge.title)


def reward_path(reward: Addressed) -> str:
    """Return the address of a reward."""
    return slug_path("rewards", reward.id, reward.title)
