"""Giving vouchers and using them at the desk: what is written, and every refusal."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.viewers import Viewer
from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.errors import NotAllowed, NotFound
from talking_together.extensions import db
from talking_together.organisations.models import Organisation
from talking_together.rewards.models import DeskMember, Reward, RewardCode, Sponsor
from talking_together.rewards.vouchers.codes import shown_code
from talking_together.rewards.vouchers.giving import give_voucher
from talking_together.rewards.vouchers.refusals import (
    CeilingReached,
    HasExpired,
    NotGiven,
    NotOfThisDesk,
    NotUsable,
    NotYours,
    OrganisationOptedOut,
    RewardGone,
    UnknownCode,
    WasCancelled,
    WasUsed,
)
from talking_together.rewards.vouchers.using import undo_use, use_voucher
from tests.factories import make_group, make_member, make_organisation, viewer_of
from tests.factories.rewards import make_gift_policy, make_reward, make_sponsor
from tests.factories.rows import saved

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def desk_of(sponsor: Sponsor) -> Viewer:
    member = make_member(organisation_id=None, role="sponsor")
    saved(DeskMember(member_id=member.id, sponsor_id=sponsor.id))
    return viewer_of(member)


def test_a_voucher_keeps_what_the_register_asks_for(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    member, sponsor = make_member(), make_sponsor(name="Harbour Pools")
    reward = make_reward(sponsor, title="A swim", cost=50, face_value_pence=550, valid_days=30)
    first = give_voucher(reward=reward, member=member, cost=50, at=NOON)
    second = give_voucher(reward=reward, member=member, cost=0, at=NOON)
    kept = (first.number, first.donor, first.reward_title, first.face_value_pence, first.tax_year, first.cost)
    assert kept == (1, "Harbour Pools", "A swim", 550, 2026, 50)
    assert (first.organisation_id, first.kind, first.sponsor_code) == (member.organisation_id, "redeem", None)
    assert first.expires_at == datetime(2026, 12, 27, tzinfo=UTC)
    assert (second.number, second.cost, second.code != first.code) == (2, 0, True)
    db.session.expire_all()
    assert reward.given == 2


def test_each_voucher_takes_a_code_of_its_own(app: Flask) -> None:
    reward = make_reward(codes=["SWIM-1", "SWIM-2"])
    vouchers = [give_voucher(reward=reward, member=make_member(), cost=0, at=NOON) for _ in range(2)]
    taken = db.session.execute(select(RewardCode.code, RewardCode.voucher_id).order_by(RewardCode.id)).all()
    assert [tuple(row) for row in taken] == [(each.sponsor_code, each.id) for each in vouchers]
    with pytest.raises(RewardGone):
        give_voucher(reward=reward, member=make_member(), cost=0, at=NOON)


def _of(organisation: Organisation, **values: object) -> Reward:
    return make_reward(organisations=[organisation], **values)


@pytest.mark.parametrize(
    ("refusal", "prepare"),
    [
        (NotYours, lambda _: make_reward(organisations=[make_organisation()])),
        (RewardGone, lambda _: make_reward(stage="gone")),
        (OrganisationOptedOut, lambda org: make_gift_policy(org) and make_reward()),
        (CeilingReached, lambda org: make_gift_policy(org, ceiling_pence=549) and _of(org)),
    ],
)
def test_a_refusal_says_why_and_writes_nothing(
    app: Flask, refusal: type[NotGiven], prepare: Callable[[Organisation], Reward]
) -> None:
    organisation = make_organisation()
    reward = prepare(organisation)
    given = reward.given
    member = make_member(organisation)
    with pytest.raises(refusal):
        give_voucher(reward=reward, member=member, cost=0, at=NOON)
    assert not db.session.new
    db.session.expire_all()
    assert reward.given == given


def test_a_ceiling_counts_what_was_given_this_tax_year_and_was_not_cancelled(app: Flask) -> None:
    organisation, group = make_organisation(), make_group()
    make_gift_policy(organisation, ceiling_pence=1_000)
    member, reward = make_member(organisation), make_reward(face_value_pence=400)

    def give(at: datetime = NOON, group_id: int | None = None) -> None:
        give_voucher(reward=reward, member=member, cost=0, at=at, group_id=group_id)

    give(at=NOON - timedelta(days=365))
    cancelled = give_voucher(reward=reward, member=member, cost=0, at=NOON)
    cancelled.cancelled_at = NOON
    db.session.flush()
    give(group_id=group.id)
    give()
    give()
    with pytest.raises(CeilingReached, match=r"£10 in a tax year\. In 2026/27 you have had £8,"):
        give()
    # What a group wins is nobody's own.
    give(group_id=group.id)


def test_a_voucher_is_used_once_and_each_refusal_says_what_is_so(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    sponsor = make_sponsor()
    reward, desk, other = make_reward(sponsor, valid_days=1), desk_of(sponsor), desk_of(make_sponsor())
    voucher, late, cancelled = (
        give_voucher(reward=reward, member=make_member(), cost=0, at=NOON) for _ in range(3)
    )
    cancelled.cancelled_at = NOON
    db.session.commit()
    with pytest.raises(NotOfThisDesk):
        use_voucher(other, code=voucher.code)
    assert use_voucher(desk, code=shown_code(voucher.code).lower()).id == voucher.id
    with pytest.raises(WasUsed, match="This was used on Thursday 26 November at midday"):
        use_voucher(desk, code=voucher.code)
    with pytest.raises(WasCancelled, match="Thursday 26 November"):
        use_voucher(desk, code=cancelled.code)
    with pytest.raises(UnknownCode):
        use_voucher(desk, code="0" * 17)
    with pytest.raises(NotAllowed):
        use_voucher(viewer_of(make_member()), code=voucher.code)
    hold_clock(NOON + timedelta(days=2))
    with pytest.raises(HasExpired, match="good until the end of Friday 27 November"):
        use_voucher(desk, code=late.code)


def test_a_slip_at_the_desk_is_taken_back_within_ten_minutes_and_logged(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    sponsor = make_sponsor()
    desk = desk_of(sponsor)
    voucher = give_voucher(reward=make_reward(sponsor), member=make_member(), cost=0, at=NOON)
    use_voucher(desk, code=voucher.code)
    with pytest.raises(NotFound):
        undo_use(desk_of(make_sponsor()), voucher_id=voucher.id)
    undo_use(desk, voucher_id=voucher.id)
    with pytest.raises(NotUsable, match="not marked"):
        undo_use(desk, voucher_id=voucher.id)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert entry.action == "took back that a voucher was used"
    assert voucher.code not in entry.subject_label
    use_voucher(desk, code=voucher.code)
    hold_clock(clock.now() + timedelta(minutes=11))
    with pytest.raises(NotUsable, match="more than ten minutes ago"):
        undo_use(desk, voucher_id=voucher.id)
