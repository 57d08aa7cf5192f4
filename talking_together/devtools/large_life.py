"""What happened at size in a challenge that is over, and with rewards: done by the services themselves.

The two challenges that the site is measured with stay as they were loaded.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from talking_together.accounts.models import Member
from talking_together.accounts.viewers import Viewer, find_viewer
from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.challenges.moving import mark_answered
from talking_together.core import clock
from talking_together.devtools.large_load import ADDRESS, FINISHED_QUESTION
from talking_together.extensions import db
from talking_together.ideas.batches import MOST_AT_ONCE, change_statuses
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.merging.services import merge_ideas
from talking_together.results.content import filled_from
from talking_together.results.queries import facts_of, find_stored
from talking_together.results.services import publish_results, save_results
from talking_together.results.sweeps import announce_due
from talking_together.rewards.draws.services import enter_draw
from talking_together.rewards.models import Reward, Voucher
from talking_together.rewards.vouchers.redeeming import redeem_reward
from talking_together.rewards.vouchers.using import use_voucher

MODERATOR, DESK = "moderator@demo.example", "desk@demo.example"
THEMES = ("Getting about", "Records", "Rotas and rest", "Supplies", "Telling each other", "Training")
# Of all ideas, those of the most support first, the share that got each answer; some got none.
ANSWERS = (
    ("done", 0.08, "This is done. Thank you: the first teams say that it **saves them a call a day**."),
    ("in progress", 0.12, "It has begun with two teams, and the others follow in the spring."),
    ("planned", 0.15, "We will do this. It is in the plan for the next year, with money beside it."),
    ("shortlisted", 0.05, ""),
    ("under review", 0.1, ""),
    ("not now", 0.4, "Not now: it needs a change to a system that nobody of us can make alone."),
)
LOADED = ADDRESS.partition("{")[0]
MERGED = 12
REDEEMED, USED, ENTERED = 120, 70, 80
SWIM, EVENING = "A swim for one", "An evening at the theatre for two"


def write_large_life(now: datetime) -> None:
    """Answer the ideas of the challenge that is over, publish its results, and spend some points."""
    moderator, rng = _viewer(MODERATOR), random.Random("life")
    challenge_id = db.session.scalars(select(Challenge.id).where(Challenge.title == FINISHED_QUESTION)).one()
    _file(challenge_id)
    with clock.held_at(now - timedelta(days=9)):
        _answer(moderator, challenge_id)
        _merge(moderator, challenge_id, rng)
    with clock.held_at(now - timedelta(days=4)):
        mark_answered(moderator, challenge_id)
    with clock.held_at(now - timedelta(days=2)):
        _publish(moderator, challenge_id)
    _spend(rng, now)


def _file(challenge_id: int) -> None:
    """File the ideas under themes, one after the other."""
    themes = db.session.scalars(
        insert(ChallengeTheme).returning(ChallengeTheme.id),
        [{"challenge_id": challenge_id, "name": name} for name in THEMES],
    ).all()
    for place, theme_id in enumerate(themes):
        _change(
            Idea,
            Idea.challenge_id == challenge_id,
            Idea.id % len(themes) == place,
            theme_id=theme_id,
        )


def _answer(moderator: Viewer, challenge_id: int) -> None:
    ids = _by_support(challenge_id)
    count = len(ids)
    for status, share, response in ANSWERS:
        some, ids = ids[: round(share * count)], ids[round(share * count) :]
        for start in range(0, len(some), MOST_AT_ONCE):
            at_once = some[start : start + MOST_AT_ONCE]
            change_statuses(moderator, idea_ids=at_once, status=status, response=response)
    # Nobody is told by email of what they would have read weeks ago.
    _change(
        IdeaDecision,
        IdeaDecision.idea_id.in_(select(Idea.id).where(Idea.challenge_id == challenge_id)),
        told_at=clock.now(),
    )


def _merge(moderator: Viewer, challenge_id: int, rng: random.Random) -> None:
    left = db.session.scalars(
        select(Idea.id).where(Idea.challenge_id == challenge_id, Idea.status == "new").order_by(Idea.id)
    ).all()
    chosen = rng.sample(left, min(2 * MERGED, len(left) // 2 * 2))
    for survivor_id, merged_id in zip(chosen[::2], chosen[1::2], strict=True):
        merge_ideas(moderator, survivor_id=survivor_id, merged_ids=[merged_id], reason="They say the same.")


def _publish(moderator: Viewer, challenge_id: int) -> None:
    content = filled_from(facts_of(challenge_id))
    save_results(moderator, challenge_id=challenge_id, version="", content=content)
    stored = find_stored(challenge_id)
    if stored:
        publish_results(moderator, challenge_id=challenge_id, version=stored.version)
        announce_due()


def _spend(rng: random.Random, now: datetime) -> None:
    """Let members have vouchers and use them, and enter the draw that is open."""
    swim, evening = (
        db.session.execute(select(Reward.id, Reward.cost).where(Reward.title == title)).one()
        for title in (SWIM, EVENING)
    )
    able = db.session.scalars(
        select(Member.id)
        .where(
            Member.sign_in_name.startswith(LOADED),
            Member.points >= swim.cost + evening.cost,
        )
        .order_by(Member.id)
    ).all()
    desk = _viewer(DESK)
    for place, member_id in enumerate(_some(rng, able, REDEEMED)):
        member, at = _found(member_id), now - timedelta(hours=rng.uniform(30, 200))
        with clock.held_at(at):
            had = redeem_reward(member, reward_id=swim.id, expected_cost=swim.cost, number=1)
        if place < USED:
            code = db.session.scalars(select(Voucher.code).where(Voucher.id == had.voucher_id)).one()
            with clock.held_at(at + timedelta(hours=rng.uniform(2, 28))):
                use_voucher(desk, code=code)
    for member_id in _some(rng, able, ENTERED):
        with clock.held_at(now - timedelta(hours=rng.uniform(1, 200))):
            enter_draw(_found(member_id), reward_id=evening.id, expected_cost=evening.cost, entries_before=0)


def _by_support(challenge_id: int) -> Sequence[int]:
    ideas = select(Idea.id).where(Idea.challenge_id == challenge_id)
    return db.session.scalars(ideas.order_by(Idea.wilson.desc(), Idea.id)).all()


def _some(rng: random.Random, ids: Sequence[int], count: int) -> list[int]:
    return rng.sample(ids, min(count, len(ids)))


def _change(model: Any, *which: Any, **values: Any) -> None:
    db.session.execute(
        update(model).where(*which).values(**values).execution_options(synchronize_session=False)
    )


def _viewer(sign_in_name: str) -> Viewer:
    return _found(db.session.scalars(select(Member.id).where(func.lower(Member.email) == sign_in_name)).one())


def _found(member_id: int) -> Viewer:
    found = find_viewer(member_id)
    if found is None:
        raise LookupError(f"member {member_id} is not active")
    return found
