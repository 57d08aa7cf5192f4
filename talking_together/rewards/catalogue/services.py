"""Setting up rewards: written, changed, published, closed and opened again, by admins."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.access import Actor, ensure_role
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.images import MadePicture
from talking_together.drafts.services import discard_draft
from talking_together.extensions import db
from talking_together.rewards.catalogue.contents import RewardContent, check_content
from talking_together.rewards.catalogue.fixed import (
    ensure_changeable,
    ensure_nobody_left_out,
    ensure_picture_changeable,
    takers_of,
)
from talking_together.rewards.catalogue.readiness import checks, missing
from talking_together.rewards.draw_seeds import publish_seed
from talking_together.rewards.locks import lock_reward
from talking_together.rewards.models import Reward, RewardGroup, RewardOrganisation, Sponsor
from talking_together.rewards.pictures import NO_WORDS, discard_picture, keep_picture

# What names the form of a new reward among the drafts that members keep.
NEW_DRAFT = "reward:new"


def draft_key(reward_id: int) -> str:
    """Return what names the form of a reward among the drafts that members keep."""
    return f"reward:{reward_id}"


class ChangedMeanwhile(Conflict):
    """Someone else saved the reward after this person opened the form."""

    message = (
        "Someone else changed this reward while you were writing. What you wrote is still here: "
        "compare it with the page in another window, then save again to replace that."
    )


class NotReady(Conflict):
    """Something is missing before the reward can be published."""


def write_reward(actor: Actor, *, content: RewardContent) -> int:
    """Add a draft and return its id; InvalidInput names the field that stands in the way."""
    ensure_role(actor, "admin")
    check_content(content)
    _ensure_sponsor(content.sponsor_id)
    now = clock.now()
    reward_id: int = db.session.execute(
        insert(Reward)
        .values(
            **content.columns(),
            stock=content.stock if content.stock_kind == "number" else 0,
            given=0,
            state="draft",
            created_by_id=actor.id,
            created_at=now,
            changed_at=now,
        )
        .returning(Reward.id)
    ).scalar_one()
    _put_audience(reward_id, content)
    discard_draft(actor, key=NEW_DRAFT)
    _log(actor, "reward written", reward_id, content.title)
    return reward_id


def change_reward(actor: Actor, *, reward_id: int, version: str, content: RewardContent) -> None:
    """Make a reward what the content says, unless someone else has changed it since `version`.

    What people have already had stays as it was given to them: a new cost, face value or length is
    for new vouchers. Raises ChangedMeanwhile, and InvalidInput naming the field of what is fixed.
    """
    ensure_role(actor, "admin")
    before = lock_reward(reward_id)
    if before.changed_at.isoformat() != version:
        raise ChangedMeanwhile()
    check_content(content)
    _ensure_sponsor(content.sponsor_id)
    now = clock.now()
    values = _with_seconds(content.columns(), before)
    if content.stock_kind == "number":
        values["stock"] = content.stock
    elif before.stock_kind == "number":
        values["stock"] = 0
    takers = takers_of(reward_id)
    ensure_changeable(before, values, takers=takers, at=now)
    ensure_nobody_left_out(reward_id, content, takers=takers)
    db.session.execute(update(Reward).where(Reward.id == reward_id).values(**values, changed_at=now))
    changes = _changes(before, values)
    if _put_audience(reward_id, content):
        changes["who may have it"] = "changed"
    discard_draft(actor, key=draft_key(reward_id))
    _log(actor, "reward changed", reward_id, content.title, details=changes)


def publish_reward(actor: Actor, *, reward_id: int) -> None:
    """Let those whom it is for see a draft, from its start; raises NotReady naming what is missing.

    A draw's seed is drawn now, and its hash is on the page from this moment. A gift without a start
    is for those who come or reach the milestone from now on.
    """
    ensure_role(actor, "admin")
    reward = lock_reward(reward_id)
    if reward.state != "draft":
        raise Conflict("This reward is published already.")
    _open(actor, reward, "reward published")


def close_reward(actor: Actor, *, reward_id: int, reason: str = "") -> None:
    """Give nothing more of a reward; vouchers that were given can still be used.

    Who entered its draw or pledged points for it gets them back, by the sweeps of those rooms.
    """
    ensure_role(actor, "admin")
    reward = lock_reward(reward_id)
    if reward.state != "published":
        raise Conflict("Only a published reward can be closed.")
    _set_state(reward_id, "closed")
    _log(actor, "reward closed", reward_id, reward.title, reason=reason)


def reopen_reward(actor: Actor, *, reward_id: int) -> None:
    """Give a closed reward again; a draw or a team prize that points came back from stays closed."""
    ensure_role(actor, "admin")
    reward = lock_reward(reward_id)
    if reward.state != "closed":
        raise Conflict("This reward is not closed.")
    if reward.kind in ("draw", "team") and takers_of(reward_id).any:
        raise Conflict("Everybody got their points back when this was closed. Set up a new one instead.")
    _open(actor, reward, "reward opened again")


def discard_reward(actor: Actor, *, reward_id: int) -> None:
    """Delete a draft."""
    ensure_role(actor, "admin")
    reward = lock_reward(reward_id)
    if reward.state != "draft":
        raise Conflict("Only a draft can be deleted. Close this reward instead.")
    if reward.stock_kind == "codes" and reward.stock:
        raise Conflict("Remove its codes first.")
    db.session.execute(delete(Reward).where(Reward.id == reward_id))
    discard_picture(reward.picture_id)
    _log(actor, "reward deleted", reward_id, reward.title)


def set_picture(
    actor: Actor, *, reward_id: int, picture: MadePicture, alternative_text: str, is_decoration: bool
) -> None:
    """Give a reward a picture in place of any other, with what is said in its place."""
    ensure_role(actor, "admin")
    reward = lock_reward(reward_id)
    ensure_picture_changeable(takers=takers_of(reward_id))
    if not alternative_text.strip() and not is_decoration:
        raise InvalidInput(NO_WORDS, field="alternative_text")
    words = "" if is_decoration else alternative_text
    _change_picture(actor, reward, keep_picture(picture, alternative_text=words))


def remove_picture(actor: Actor, *, reward_id: int) -> None:
    """Take the picture off a reward; there may be none."""
    ensure_role(actor, "admin")
    reward = lock_reward(reward_id)
    ensure_picture_changeable(takers=takers_of(reward_id))
    _change_picture(actor, reward, None)


def _open(actor: Actor, reward: Any, action: str) -> None:
    now = clock.now()
    lacking = missing(checks(_with_sponsor(reward), now))
    if lacking:
        raise NotReady("Before it can be published, it needs: " + "; ".join(each.words for each in lacking))
    starts_at = now if reward.kind == "gift" and reward.starts_at is None else reward.starts_at
    db.session.execute(
        update(Reward)
        .where(Reward.id == reward.id)
        .values(state="published", starts_at=starts_at, changed_at=now)
    )
    if reward.kind == "draw":
        publish_seed(reward.id, at=now)
    _log(actor, action, reward.id, reward.title)


def _with_sponsor(reward: Any) -> Any:
    """Return the reward with whether its sponsor is active; the sponsor is held, so they stay so."""
    statement = (
        select(Reward.__table__, Sponsor.is_active.label("sponsor_is_active"))
        .join(Sponsor, Sponsor.id == Reward.sponsor_id)
        .where(Reward.id == reward.id)
    )
    return db.session.execute(locked(statement, of=Sponsor)).one()


def _set_state(reward_id: int, state: str) -> None:
    db.session.execute(
        update(Reward).where(Reward.id == reward_id).values(state=state, changed_at=clock.now())
    )


def _change_picture(actor: Actor, reward: Any, picture_id: int | None) -> None:
    db.session.execute(update(Reward).where(Reward.id == reward.id).values(picture_id=picture_id))
    discard_picture(reward.picture_id)
    details = {"picture": "replaced" if picture_id else "taken away"}
    _log(actor, "reward changed", reward.id, reward.title, details=details)


def _ensure_sponsor(sponsor_id: int) -> None:
    if db.session.get(Sponsor, sponsor_id) is None:
        raise InvalidInput("Choose a sponsor", field="sponsor_id")


def _put_audience(reward_id: int, content: RewardContent) -> bool:
    """Make the organisations and groups those of the content; return whether they were others before."""
    everyone = content.is_for_everyone
    parts: tuple[tuple[Any, Any, frozenset[int]], ...] = (
        (RewardOrganisation, RewardOrganisation.organisation_id, content.organisation_ids),
        (RewardGroup, RewardGroup.group_id, content.group_ids),
    )
    changed = False
    for model, column, chosen in parts:
        wanted = frozenset() if everyone else chosen
        before = set(db.session.scalars(select(column).where(model.reward_id == reward_id)))
        if before == wanted:
            continue
        changed = True
        db.session.execute(delete(model).where(model.reward_id == reward_id))
        rows = [{"reward_id": reward_id, column.key: id} for id in sorted(wanted)]
        if rows:
            db.session.execute(insert(model), rows)
    return changed


def _with_seconds(values: dict[str, Any], before: Any) -> dict[str, Any]:
    """Return the values with a stored time kept where the form, which knows minutes, shows the same."""
    for name in ("starts_at", "ends_at"):
        stored: datetime | None = getattr(before, name)
        if stored and values[name] and stored.replace(second=0, microsecond=0) == values[name]:
            values[name] = stored
    return values


def _changes(before: Any, values: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, value in values.items():
        old = getattr(before, name)
        if name == "body_html" or old == value:
            continue
        changed = {"from": _plain(old), "to": _plain(value)}
        changes[name.replace("_", " ")] = "changed" if name == "body_source" else changed
    return changes


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _log(
    actor: Actor,
    action: str,
    reward_id: int,
    title: str,
    *,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    record(
        actor,
        action,
        subject_type="reward",
        subject_id=reward_id,
        subject_label=title,
        reason=reason,
        details=details,
    )
