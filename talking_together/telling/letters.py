"""What an email about notifications says: everything that is due, in the words of those who wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import nh3
from flask import current_app
from markupsafe import Markup

from talking_together.accounts.bylines import byline_of
from talking_together.core import rich_text
from talking_together.core.addresses import slug_path
from talking_together.core.formatting import moment
from talking_together.mail.models import BULK
from talking_together.mail.outbox import Email
from talking_together.mail.rendering import render_email
from talking_together.notifications.groups import GROUPS, Group
from talking_together.notifications.kinds import STATUS_KINDS, TABLE, Sentence, group_of, label_of
from talking_together.telling.links import link_to, token_of, unsubscribe_headers, what_of

PURPOSE = "notifications"
# More than this nobody reads in an email; the page has them all.
MOST_ITEMS = 20
COMMENT_LENGTH = 600
# So many kinds are named beside the way out of them; its page names them all.
MOST_NAMED = 3
_ORDER = list(GROUPS)
_ANSWERED = {
    "status of your idea": "{} of your ideas were answered",
    "status of an idea you follow": "{} ideas you follow were answered",
    "status of an idea you commented on": "{} ideas you commented on were answered",
    "status of an idea you voted on": "{} ideas you voted on were answered",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is told: its sentence, its place, and the words that came with it."""

    kind: str
    is_answer: bool
    subject: str
    sentence: Sentence
    url: str
    signed: str
    quote: str
    quote_html: Markup


@dataclass(frozen=True, slots=True)
class Section:
    """The items of one group, with the reason why they come by email."""

    group: Group
    items: list[Item]


def letter_to(to: str, name: str, member_id: int, rows: Sequence[Any]) -> Email:
    """Return the one email about everything that is due to a member."""
    rows = _latest(rows)
    items = [_item(row) for row in rows[:MOST_ITEMS]]
    sections = _sections(items)
    kinds = list(dict.fromkeys(row.kind for row in rows))
    token = token_of(member_id, what_of(kinds))
    subject = subject_of(items, len(rows))
    email = render_email(
        "notifications",
        subject=subject,
        member_name=name,
        sections=sections,
        more=len(rows) - len(items),
        stop_link=link_to(token),
        stops="; ".join(map(label_of, kinds)) if len(kinds) <= MOST_NAMED else "",
    )
    return Email(
        purpose=PURPOSE,
        to=to,
        subject=email.subject,
        body_text=email.text,
        body_html=email.html,
        ref_id=member_id,
        headers=unsubscribe_headers(token),
        priority=BULK,
    )


def subject_of(items: Sequence[Item], count: int) -> str:
    """Return what the email is about: the one thing, or how many answers, or the first and how many more."""
    if count == 1:
        return items[0].subject
    kinds = {item.kind for item in items}
    if all(item.is_answer for item in items):
        words = _ANSWERED[kinds.pop()] if len(kinds) == 1 else "{} ideas were answered"
        return words.format(count)
    return f"{items[0].subject}, and {count - 1} more"


def _latest(rows: Sequence[Any]) -> list[Any]:
    """Return the rows by group and time, of several answers to one idea only the last."""
    last = {(row.idea_id, row.kind): row.id for row in rows if row.kind in STATUS_KINDS}
    kept = [row for row in rows if last.get((row.idea_id, row.kind), row.id) == row.id]
    return sorted(kept, key=lambda row: (_ORDER.index(group_of(row.kind).name), row.id))


def _sections(items: Sequence[Item]) -> list[Section]:
    groups: dict[str, Section] = {}
    for item in items:
        group = group_of(item.kind)
        groups.setdefault(group.name, Section(group, [])).items.append(item)
    return list(groups.values())


def _item(row: Any) -> Item:
    is_decision = row.kind in STATUS_KINDS
    who = byline_of(row).name if row.who_id else ""
    gaps: dict[str, Any] = {
        "who": who,
        "idea": row.idea_title or "",
        "challenge": row.challenge_title or "",
        "status": (row.to_status or row.idea_status or "") if row.idea_id else "",
        "answer": row.answer or "",
    }
    quote, html = _quoted(row)
    role = row.decided_as if is_decision else ""
    signed = f"{who}{f', {role}' if role else ''}" if quote and who else ""
    kind = TABLE[row.kind]
    return Item(
        kind=row.kind,
        is_answer=is_decision and gaps["status"] != "merged",
        subject=kind.subject_of(**gaps),
        sentence=kind.said(**gaps),
        url=_url(row),
        signed=signed,
        quote=quote,
        quote_html=html,
    )


def _quoted(row: Any) -> tuple[str, Markup]:
    """Return the words that came with it, as plain text and as HTML that every mail program shows."""
    base = _base()
    if row.decision_id and row.response_html:
        # No pictures, which only those who are signed in may see; what is left was cleaned when it was saved.
        html = nh3.clean(
            row.response_html, tags=rich_text.TAGS, attributes={"a": {"href"}, "ol": {"start"}}, link_rel=None
        )
        words = row.response_source.replace("](/", f"]({base}/")
        return words, Markup(html.replace('href="/', f'href="{base}/'))
    if row.comment_source:
        words = rich_text.excerpt_of(row.comment_source, COMMENT_LENGTH)
        return words, Markup("<p>{}</p>").format(words)
    if row.kind == "challenge dates changed" and row.closes_at:
        words = f"Ideas until {moment(row.closes_at)}."
        if row.voting_closes_at:
            words += f" Votes and comments until {moment(row.voting_closes_at)}."
        return words, Markup("<p>{}</p>").format(words)
    return "", Markup("")


def _url(row: Any) -> str:
    if row.comment_id:
        return f"{_base()}/comments/{row.comment_id}"
    if row.idea_id:
        if row.kind == "co-author asked":
            return f"{_base()}/ideas/{row.idea_id}/co-author"
        return _base() + slug_path("ideas", row.idea_id, row.idea_title)
    path = slug_path("challenges", row.challenge_id, row.challenge_title)
    return f"{_base()}{path}/results" if row.kind == "results published" else _base() + path


def _base() -> str:
    return str(current_app.config["BASE_URL"]).rstrip("/")
