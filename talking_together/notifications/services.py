"""Telling members what concerns them, and noting what they have read."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import String, cast, delete, literal, select, update

from talking_together.core import clock
from talking_together.core.database import insert_into
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.notifications.kinds import EMAILS, NEVER, group_of, groups_for
from talking_together.notifications.models import Notification, NotificationPreference

# What is read in the site within this time is not sent by email, and what comes close together goes
# in one email.
HOLD = timedelta(minutes=2)
CHUNK = 1_000


def notify(
    member_id: int,
    kind: str,
    *,
    fact_key: str,
    idea_id: int | None = None,
    comment_id: int | None = None,
    challenge_id: int | None = None,
    decision_id: int | None = None,
    reward_id: int | None = None,
    voucher_id: int | None = None,
    by_id: int | None = None,
) -> None:
    """Tell a member something once: a second call with the same fact key does nothing."""
    notify_many(
        [member_id],
        kind,
        # A single fact has its own key, without the member's id.
        fact_key_of=lambda _: fact_key,
        idea_id=idea_id,
        comment_id=comment_id,
        challenge_id=challenge_id,
        decision_id=decision_id,
        reward_id=reward_id,
        voucher_id=voucher_id,
        by_id=by_id,
    )


def notify_many(
    member_ids: Iterable[int],
    kind: str,
    *,
    fact_key_of: Callable[[int], str],
    idea_id: int | None = None,
    comment_id: int | None = None,
    challenge_id: int | None = None,
    decision_id: int | None = None,
    reward_id: int | None = None,
    voucher_id: int | None = None,
    by_id: int | None = None,
) -> None:
    """Tell each of many members something once, in one statement for each thousand of them."""
    at = clock.now()
    told = {
        "kind": kind,
        "idea_id": idea_id,
        "comment_id": comment_id,
        "challenge_id": challenge_id,
        "decision_id": decision_id,
        "reward_id": reward_id,
        "voucher_id": voucher_id,
        "by_id": by_id,
        "at": at,
        "email_state": "none" if group_of(kind).in_site_only else "due",
        "email_after": at + HOLD,
    }
    # In one order, so that two who tell the same people wait for each other instead of locking up.
    members = iter(sorted(set(member_ids)))
    while some := list(islice(members, CHUNK)):
        db.session.execute(
            insert_into(Notification)
            .values([{"member_id": id, "fact_key": fact_key_of(id), **told} for id in some])
            .on_conflict_do_nothing(index_elements=["fact_key"])
        )


def notify_everybody_in(
    members: Any, kind: str, *, fact_key: str, reward_id: int, voucher_id: int | None = None
) -> None:
    """Tell everybody whose id a SELECT returns something about a reward once, in one statement.

    The fact key is followed by the member's id.
    """
    at, found = clock.now(), members.subquery("found")
    id = next(iter(found.c))
    in_site_only = group_of(kind).in_site_only
    told = {
        "member_id": id,
        "fact_key": literal(f"{fact_key}:member:") + cast(id, String()),
        "kind": literal(kind),
        "reward_id": literal(reward_id),
        "voucher_id": literal(voucher_id, Notification.voucher_id.type),
        "at": literal(at, Notification.at.type),
        "email_state": literal("none" if in_site_only else "due"),
        "email_after": literal(at + HOLD, Notification.at.type),
    }
    db.session.execute(
        insert_into(Notification)
        .from_select(list(told), select(*told.values()).order_by(id))
        .on_conflict_do_nothing(index_elements=["fact_key"])
    )


def take_back(fact_keys: Collection[str]) -> None:
    """Unsay what was told by these keys, because what it told of was undone."""
    db.session.execute(
        delete(Notification)
        .where(Notification.fact_key.in_(fact_keys))
        .execution_options(synchronize_session=False)
    )


def unsay_unheard(fact_keys: Collection[str]) -> None:
    """Unsay what was told by these keys as far as nobody has read it, here or in an email."""
    db.session.execute(
        delete(Notification)
        .where(
            Notification.fact_key.in_(fact_keys),
            Notification.read_at.is_(None),
            Notification.email_state != "sent",
        )
        .execution_options(synchronize_session=False)
    )


def mark_all_read(member: Any, *, up_to: int) -> None:
    """Mark a member's notifications as read up to an id, so that later ones stay unread."""
    db.session.execute(
        update(Notification)
        .where(
            Notification.member_id == member.id,
            Notification.id <= up_to,
            Notification.read_at.is_(None),
        )
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def choose_emails(member: Any, *, emails: Mapping[str, str]) -> None:
    """Keep how a member wants to hear of each group by email; what is not named stays as it is."""
    known = {group.name for group in groups_for(member.role)}
    if not set(emails) <= known or not set(emails.values()) <= set(EMAILS):
        raise InvalidInput("Choose one of the answers for each")
    _write_choices(member.id, emails)


def stop_emails(member_id: int, *, groups: Iterable[str]) -> None:
    """Send a member no more emails of the groups, as they asked with a link from one."""
    _write_choices(member_id, dict.fromkeys(groups, NEVER))


def _write_choices(member_id: int, emails: Mapping[str, str]) -> None:
    if not emails:
        return
    at = clock.now()
    new = insert_into(NotificationPreference).values(
        [
            {"member_id": member_id, "group_name": group, "email": email, "chosen_at": at}
            for group, email in sorted(emails.items())
        ]
    )
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["member_id", "group_name"],
            set_={"email": new.excluded.email, "chosen_at": new.excluded.chosen_at},
            # A choice that stays is not a new one.
            where=NotificationPreference.email != new.excluded.email,
        )
    )
