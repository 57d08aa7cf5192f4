"""Gifts: given by themselves to those who came by them, once, within what organisations allow."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.core import clock
from talking_together.extensions import db
from talking_together.milestones.models import Milestone
from talking_together.notifications.models import Notification
from talking_together.rewards.gifts.queries import left_out_count
from talking_together.rewards.gifts.sweeps import give_gifts
from talking_together.rewards.models import Voucher
from tests.factories import make_admin, make_member, make_organisation
from tests.factories.rewards import make_gift_policy, make_reward, make_voucher
from tests.factories.rows import saved
from tests.support.client import Client
from tests.support.parallel import run_together


def holders() -> list[int]:
    return sorted(db.session.scalars(select(Voucher.member_id)))


def test_who_joined_within_the_period_and_may_have_it_is_given_a_gift_once(
    app: Flask, client: Client
) -> None:
    now = clock.now()
    home, leaving, modest = (make_organisation() for _ in range(3))
    make_gift_policy(leaving)
    make_gift_policy(modest, opted_out=False, ceiling_pence=549)
    gift = make_reward(kind="gift", given_for="joined", organisations=[home, leaving, modest])
    wanted = [make_member(home) for _ in range(2)]
    make_member(home, joined_at=now - timedelta(days=8))
    make_member(home, is_active=False)
    make_member(organisation_id=None, role="sponsor")
    make_member()
    for _ in range(2):
        make_member(leaving)
    make_member(modest)
    assert sorted(run_together(app, [give_gifts] * 2)) == [0, 2]
    assert give_gifts() == 0
    assert holders() == [member.id for member in wanted]
    assert db.session.execute(select(Voucher.number, Voucher.cost, Voucher.kind).distinct()).all() == [
        (1, 0, "gift")
    ]
    told = db.session.execute(select(Notification.member_id, Notification.kind)).all()
    assert sorted(told) == [(member.id, "gift given") for member in wanted]
    assert left_out_count(gift.id, at=now) == 3
    page = client.sign_in(make_admin()).get(f"/admin/rewards/{gift.id}")
    assert "3 people came by it and are not given it" in page.text
    # A gift that was cancelled is not given again.
    db.session.execute(update(Voucher).values(cancelled_at=now))
    db.session.commit()
    assert give_gifts() == 0


def test_what_a_group_won_keeps_no_gift_from_anybody_though_the_group_is_gone(app: Flask) -> None:
    home = make_organisation()
    make_gift_policy(home, opted_out=False, ceiling_pence=550)
    member = make_member(home)
    make_voucher(make_reward(kind="team", face_value_pence=9_000), member, group_id=None)
    make_reward(kind="gift", given_for="joined")
    assert give_gifts() == 1


def test_a_milestone_brings_its_gift_while_there_are_any_and_taking_it_back_leaves_it(app: Flask) -> None:
    now = clock.now()
    make_reward(kind="gift", given_for="first idea", stock=2, ends_at=now + timedelta(minutes=5))
    members = [make_member() for _ in range(5)]
    for member, days, taken_back in zip(members, (1, 8, 2, 1, 3), (None, None, now, None, None), strict=True):
        at = now - timedelta(days=days)
        saved(Milestone(member_id=member.id, kind="first idea", reached_at=at, taken_back_at=taken_back))
    saved(Milestone(member_id=members[4].id, kind="idea done", reached_at=now))
    assert give_gifts() == 2
    assert holders() == [members[0].id, members[3].id]
    db.session.execute(update(Milestone).values(taken_back_at=now))
    db.session.commit()
    assert give_gifts() == 0
    assert holders() == [members[0].id, members[3].id]


@pytest.mark.parametrize(
    ("stage", "ended_ago", "given"),
    [("draft", None, 0), ("upcoming", None, 0), ("closed", None, 0), ("ended", 2, 0), ("ended", 0.5, 1)],
)
def test_a_gift_is_given_in_its_time_and_a_day_after_for_what_was_reached_in_it(
    app: Flask, stage: str, ended_ago: float | None, given: int
) -> None:
    dates = {} if ended_ago is None else {"ends_at": clock.now() - timedelta(days=ended_ago)}
    make_reward(stage=stage, kind="gift", given_for="joined", **dates)
    make_member(joined_at=clock.now() - timedelta(days=3))
    make_member()
    assert give_gifts() == given


def test_the_page_of_a_gift_says_what_it_is_for(client: Client) -> None:
    gift = make_reward(kind="gift", given_for="first idea", title="A book")
    page = client.sign_in(make_member()).get(f"/rewards/{gift.id}-a-book", statements=3)
    assert "For the milestone “First idea”." in page.text
