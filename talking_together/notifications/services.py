"""Telling members what concerns them, and noting what they have read."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import String, cast, delete, literal, select, update

from talking_together.core import clock
from talking_together.core.database import dialect_name, insert_into
from talking_together.core.errors import InvalidInput
from talking_together.core.statements import run
from talking_together.extensions import db
from talking_together.notifications.groups import EMAILS, GROUPS, NEVER, groups_for
from talking_together.notifications.kinds import APART_KINDS, group_of, kinds_apart
from talking_together.notifications.models import (
    NO_CHOICE,
    Notification,
    NotificationKindPreference,
    NotificationPreference,
)
from talking_together.notifications.queries import choices_of, last_stopped

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
    telling = _telling(dialect_name())
    while some := list(islice(members, CHUNK)):
        run(telling, [{"member_id": id, "fact_key": fact_key_of(id), **told} for id in some])


@cache
def _telling(_dialect: str) -> Any:
    return insert_into(Notification).on_conflict_do_nothing(index_elements=["fact_key"])


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


def choose_emails(
    member: Any, *, emails: Mapping[str, str], kinds: Mapping[str, str | None] | None = None
) -> None:
    """Keep how a member wants to hear by email of each group, and of each kind that is chosen apart.

    None lets a kind go as its group. What is not named stays as it is. InvalidInput for what they have
    no choice about.
    """
    groups, kinds = [group.name for group in groups_for(member.role)], kinds or {}
    apart = {kind for group in groups for kind in kinds_apart(group)}
    answers = {*emails.values(), *(email for email in kinds.values() if email is not None)}
    if not set(emails) <= set(groups) or not set(kinds) <= apart or not answers <= set(EMAILS):
        raise InvalidInput("Choose one of the answers for each")
    at = clock.now()
    _write_choices(_GROUP, member.id, emails, at=at)
    _write_choices(_KIND, member.id, {kind: email for kind, email in kinds.items() if email}, at=at)
    as_group = [kind for kind, email in kinds.items() if not email]
    db.session.execute(
        delete(NotificationKindPreference)
        .where(NotificationKindPreference.member_id == member.id, _KIND.in_(as_group))
        .execution_options(synchronize_session=False)
    )


def stop_emails(member_id: int, *, names: Iterable[str]) -> None:
    """Send a member no more emails of some groups and kinds, as they asked with a link from one.

    A group stops with every kind that was chosen apart from it. What they had chosen before is kept for
    `undo_stop`, until they choose again.
    """
    asked, at = set(names), clock.now()
    kinds = asked.intersection(APART_KINDS)
    # A kind that is all of its group is the group.
    groups = {name if name in GROUPS else group_of(name).name for name in asked - kinds}
    _write_choices(_GROUP, member_id, dict.fromkeys(groups, NEVER), at=at, is_stop=True)
    _write_choices(_KIND, member_id, dict.fromkeys(kinds, NEVER), at=at, is_stop=True)
    inner = [kind for group in groups for kind in kinds_apart(group)]
    db.session.execute(
        update(NotificationKindPreference)
        .where(
            NotificationKindPreference.member_id == member_id,
            _KIND.in_(inner),
            NotificationKindPreference.email != NEVER,
        )
        .values(email=NEVER, stopped_from=NotificationKindPreference.email, chosen_at=at)
        .execution_options(synchronize_session=False)
    )


def undo_stop(member_id: int, *, names: Collection[str]) -> bool:
    """Let a member hear by email, as before, of what a link of these names stopped last.

    Returns False when there is nothing of it that they have not chosen again.
    """
    stopped_names = last_stopped(choices_of(member_id), names)
    for name in (_GROUP, _KIND):
        model = name.class_
        stopped = model.member_id == member_id, name.in_(stopped_names), model.stopped_from.is_not(None)
        for change in (
            delete(model).where(*stopped, model.stopped_from == NO_CHOICE),
            update(model).where(*stopped).values(email=model.stopped_from, stopped_from=None),
        ):
            db.session.execute(change.execution_options(synchronize_session=False))
    return bool(stopped_names)


# What a choice is about, in the table of each; a name is that of a group or of a kind, never of both.
_GROUP: Any = NotificationPreference.group_name
_KIND: Any = NotificationKindPreference.kind


def _write_choices(
    name: Any, member_id: int, emails: Mapping[str, str], *, at: datetime, is_stop: bool = False
) -> None:
    if not emails:
        return
    model = name.class_
    new = insert_into(model).values(
        [
            {
                "member_id": member_id,
                name.key: about,
                "email": email,
                "chosen_at": at,
                "stopped_from": NO_CHOICE if is_stop else None,
            }
            for about, email in sorted(emails.items())
        ]
    )
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["member_id", name.key],
            set_={
                "email": new.excluded.email,
                "chosen_at": new.excluded.chosen_at,
                "stopped_from": model.email if is_stop else None,
            },
            # A choice that stays is not a new one.
            where=model.email != new.excluded.email,
        )
    )
