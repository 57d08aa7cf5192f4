"""Reads of what a member was told."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Integer, String, column, select, table

from talking_together.accounts.bylines import Author, AuthorOrganisation, byline_columns
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.notifications.kinds import GROUPS
from talking_together.notifications.models import Notification, NotificationPreference

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 30
# Named, not imported: ideas and rewards are rooms above this one, and what was decided and what a
# reward is called belong in the one statement that the page is read with.
_decisions = table("idea_decisions", column("id", BigInteger), column("to_status", String))
_rewards = table("rewards", column("id", Integer), column("title", String))


def notifications_of(member: "Viewer", *, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of what the member was told, newest first, in one statement."""
    statement = (
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
            _rewards.c.title.label("reward_title"),
            *byline_columns(),
        )
        .outerjoin(_decisions, _decisions.c.id == Notification.decision_id)
        .outerjoin(_rewards, _rewards.c.id == Notification.reward_id)
        .outerjoin(Author, Author.id == Notification.by_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(Notification.member_id == member.id)
        .order_by(Notification.id.desc())
        .limit(size + 1)
    )
    if cursor := decode_cursor(after, (int,)):
        statement = statement.where(Notification.id < cursor[0])
    rows = db.session.execute(statement).all()
    return page_of(rows, size, lambda row: encode_cursor(row.id))


def emails_chosen(member_id: int) -> dict[str, str]:
    """Return how a member hears of each group by email: as they chose, or by default."""
    return {**_DEFAULTS, **emails_chosen_by([member_id]).get(member_id, {})}


def emails_chosen_by(member_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Return what members chose themselves, by member and group."""
    chosen: dict[int, dict[str, str]] = {}
    rows = db.session.execute(
        select(
            NotificationPreference.member_id,
            NotificationPreference.group_name,
            NotificationPreference.email,
        ).where(NotificationPreference.member_id.in_(member_ids))
    )
    for row in rows:
        chosen.setdefault(row.member_id, {})[row.group_name] = row.email
    return chosen


_DEFAULTS = {group.name: group.default for group in GROUPS.values()}
