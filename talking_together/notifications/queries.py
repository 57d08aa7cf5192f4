"""Reads of what a member was told."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, Integer, String, and_, column, select, table, type_coerce, union_all

from talking_together.accounts.bylines import Author, AuthorOrganisation, byline_columns
from talking_together.accounts.models import Member
from talking_together.core.addresses import MAX_ID
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.notifications.groups import GROUPS
from talking_together.notifications.kinds import TABLE
from talking_together.notifications.models import (
    Notification,
    NotificationKindPreference,
    NotificationPreference,
)

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 30
# Named, not imported: ideas and rewards are rooms above this one, and what was decided and what a
# reward is called belong in the one statement that the page is read with.
_decisions = table("idea_decisions", column("id", BigInteger), column("to_status", String))
_rewards = table("rewards", column("id", Integer), column("title", String))
_co_authors = table(
    "idea_co_authors",
    column("idea_id", BigInteger),
    column("member_id", Integer),
    column("state", String),
    column("settled_at", Notification.at.type),
)
_entries = table(
    "draw_entries", column("reward_id", Integer), column("number", Integer), column("member_id", Integer)
)
_drawn = table(
    "draw_winners", column("reward_id", Integer), column("number", Integer), column("passed_over", String)
)


def notifications_of(member: "Viewer", *, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of what the member was told, newest first, in one statement."""
    cursor = decode_cursor(after, (int,))
    values = {"member_id": member.id, "before": cursor[0] if cursor else MAX_ID, "rows": size + 1}
    return page_of(run(_told(), values).all(), size, lambda row: encode_cursor(row.id))


@cache
def _told() -> Any:
    return (
        select(
            Notification.id,
            Notification.kind,
            Notification.idea_id,
            Notification.comment_id,
            Notification.challenge_id,
            Notification.reward_id,
            Notification.voucher_id,
            Notification.by_id,
            Notification.at,
            Notification.read_at,
            _decisions.c.to_status,
            answer_column(),
            passed_over_column(),
            _rewards.c.title.label("reward_title"),
            *byline_columns(),
        )
        .outerjoin(_decisions, _decisions.c.id == Notification.decision_id)
        .outerjoin(_rewards, _rewards.c.id == Notification.reward_id)
        .outerjoin(Author, Author.id == Notification.by_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(
            Notification.member_id == given("member_id", Member.id),
            Notification.id < given("before", Notification.id),
        )
        .order_by(Notification.id.desc())
        .limit(given("rows", Notification.id))
    )


def answer_column() -> Any:
    """Return what somebody who was asked to be a co-author said, for who is told of it.

    It is NULL where they said something else later, or left.
    """
    answer = select(_co_authors.c.state).where(
        Notification.kind == "co-author answered",
        _co_authors.c.idea_id == Notification.idea_id,
        _co_authors.c.member_id == Notification.by_id,
        _co_authors.c.settled_at <= Notification.at,
    )
    return answer.scalar_subquery().correlate(Notification).label("answer")


def passed_over_column() -> Any:
    """Return whether a number of the member's was passed over, for who is told that they won nothing."""
    numbers = (
        select(_entries.c.number)
        .join(_drawn, and_(_drawn.c.reward_id == _entries.c.reward_id, _drawn.c.number == _entries.c.number))
        .where(
            Notification.kind == "draw not won",
            _entries.c.reward_id == Notification.reward_id,
            _entries.c.member_id == Notification.member_id,
            _drawn.c.passed_over != "",
        )
    )
    return numbers.correlate(Notification).exists().label("passed_over")


class Choice(NamedTuple):
    """What a member chose about the group or the kind of a name; see the models for `stopped_from`."""

    name: str
    email: str
    chosen_at: datetime
    stopped_from: str | None


def emails_chosen(member_id: int) -> dict[str, str]:
    """Return how a member hears of each group by email, as they chose or by default, and of kinds apart."""
    return {**_DEFAULTS, **emails_chosen_by([member_id]).get(member_id, {})}


def emails_chosen_by(member_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Return what members chose themselves, by member and by the names of groups and kinds."""
    chosen: dict[int, dict[str, str]] = {}
    for row in db.session.execute(_choices_of(member_ids)):
        chosen.setdefault(row.member_id, {})[row.name] = row.email
    return chosen


def choices_of(member_id: int) -> list[Choice]:
    """Return everything that a member chose about groups and kinds."""
    return [Choice(*row[1:]) for row in db.session.execute(_choices_of([member_id]))]


def last_stopped(choices: Sequence[Choice], names: Collection[str]) -> list[str]:
    """Return what was stopped together last with a link in an email, and was not chosen since.

    `names` are the groups and kinds of the link in hand, of which some must be among it.
    """
    wanted = {*names, *(TABLE[name].group for name in names if name in TABLE)}
    stopped = [choice for choice in choices if choice.stopped_from]
    own = [
        choice.chosen_at
        for choice in stopped
        if choice.name in wanted or (choice.name in TABLE and TABLE[choice.name].group in names)
    ]
    return [choice.name for choice in stopped if own and choice.chosen_at == max(own)]


def _choices_of(member_ids: Collection[int]) -> Any:
    """Select what members chose about groups and about kinds, in one statement."""
    return union_all(
        *(
            select(
                model.member_id,
                type_coerce(name, String).label("name"),
                model.email,
                model.chosen_at,
                model.stopped_from,
            ).where(model.member_id.in_(member_ids))
            for model, name in (
                (NotificationPreference, NotificationPreference.group_name),
                (NotificationKindPreference, NotificationKindPreference.kind),
            )
        )
    )


_DEFAULTS = {group.name: group.default for group in GROUPS.values()}
