"""Redeeming points: the button on the reward's page, the voucher, and every reason why not."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.errors import Conflict, NotFound
from talking_together.core.formatting import reward_path
from talking_together.devtools.verify import differences
from talking_together.extensions import db
from talking_together.points.models import PointEntry
from talking_together.points.spending import NotEnoughPoints
from talking_together.rewards.models import Voucher
from talking_together.rewards.vouchers.codes import shown_code
from talking_together.rewards.vouchers.giving import give_voucher
from talking_together.rewards.vouchers.redeeming import redeem_reward
from talking_together.rewards.vouchers.refusals import (
    CeilingReached,
    LimitMet,
    OrganisationOptedOut,
    PriceChanged,
    RewardGone,
)
from tests.factories import make_member, make_organisation, viewer_of
from tests.factories.points import give_points
from tests.factories.rewards import make_gift_policy, make_reward, make_sponsor
from tests.support.client import Client
from tests.support.redeem_storm import changed_minds, last_ones, pressed_often, spent_twice


def rich(points: int = 80, **values: object) -> Member:
    member = make_member(**values)
    give_points(member.id, points)
    return member


def test_a_member_gets_a_voucher_for_points_with_one_press(client: Client) -> None:
    sponsor = make_sponsor(name="Harbour Pools")
    reward = make_reward(sponsor, title="A swim", cost=50, codes=["SWIM-1", "SWIM-2"])
    member = rich()
    page = client.sign_in(member).get(reward_path(reward), statements=5)
    assert "You have 80 points, and 30 after this." in page.text
    form = page.form(f"/rewards/{reward.id}/redeem")
    # One more than others: the sponsor's code is taken.
    page = form.submit(status=303, statements=9).follow()
    voucher = db.session.scalars(select(Voucher)).one()
    for words in ("A swim", "Harbour Pools", shown_code(voucher.code), "SWIM-1", "Good until"):
        assert words in page.text
    assert 'aria-label="QR code for the desk"' in page.html
    entry = db.session.execute(select(PointEntry).where(PointEntry.is_spending)).scalar_one()
    assert (entry.points, entry.reward_id, entry.event) == (-50, reward.id, "reward redeemed")
    db.session.expire_all()
    assert (member.points, reward.given) == (30, 1)

    # The same page pressed again leads to the same voucher and takes nothing.
    again = form.submit(status=303)
    assert again.location.endswith(f"/vouchers/{voucher.id}")
    db.session.expire_all()
    assert member.points == 30
    assert "20 more points" in client.get(reward_path(reward)).text
    assert "50 points" in client.get("/points").text
    assert client.sign_in(make_member()).get(f"/vouchers/{voucher.id}", status=404)
    assert list(differences()) == []


def test_a_price_that_changed_takes_nothing_and_is_told(client: Client) -> None:
    reward, member = make_reward(cost=50), rich()
    form = client.sign_in(member).get(reward_path(reward)).form(f"/rewards/{reward.id}/redeem")
    reward.cost = 60
    db.session.commit()
    page = form.submit(status=409)
    assert "This costs 60 points now. Nothing was taken from you." in page.text
    assert page.form(f"/rewards/{reward.id}/redeem").submit(status=303)
    db.session.expire_all()
    assert member.points == 20


CEILING = {"ceiling_pence": 1_000}


@pytest.mark.parametrize(
    ("refusal", "change"),
    [
        (NotFound, {"stage": "draft"}),
        (NotFound, {"kind": "draw"}),
        (RewardGone, {"stage": "upcoming"}),
        (RewardGone, {"stage": "ended"}),
        (RewardGone, {"stage": "closed"}),
        (RewardGone, {"stage": "gone"}),
        (LimitMet, {"per_member": 1}),
        (CeilingReached, {"face_value_pence": 1_001}),
        (PriceChanged, {"cost": 51}),
        (NotEnoughPoints, {"cost": 50}),
    ],
)
def test_every_refusal_leaves_points_and_stock(
    app: Flask, refusal: type[Exception], change: dict[str, object]
) -> None:
    organisation = make_organisation()
    make_gift_policy(organisation, **CEILING)
    member = rich(49 if refusal is NotEnoughPoints else 80, organisation=organisation)
    reward = make_reward(**{"cost": 50, **change})
    number = 1
    if refusal is LimitMet:
        give_voucher(reward=reward, member=member, cost=0, at=clock.now())
        db.session.commit()
        number = 2
    before = (reward.given, member.points)
    with pytest.raises(refusal):
        redeem_reward(viewer_of(member), reward_id=reward.id, expected_cost=50, number=number)
    db.session.commit()
    assert (reward.given, member.points) == before


def test_somebody_elses_rewards_do_not_exist_and_an_opted_out_organisation_is_told(client: Client) -> None:
    out = make_organisation()
    make_gift_policy(out)
    reward = make_reward()
    sent = {"cost": "50", "number": "1"}
    client.sign_in(rich(organisation=out))
    page = client.post(f"/rewards/{reward.id}/redeem", data=sent, status=409)
    assert str(OrganisationOptedOut()) in page.text
    elsewhere = make_reward(organisations=[make_organisation()])
    client.post(f"/rewards/{elsewhere.id}/redeem", data=sent, status=404)
    client.sign_in(rich())
    client.post(f"/rewards/{elsewhere.id}/redeem", data=sent, status=404)
    for beyond in (999_999, 99_999_999_999, 10**30):
        client.post(f"/rewards/{beyond}/redeem", data=sent, status=404)
        client.post(f"/vouchers/{beyond}/cancel", status=404)
    for bad in (
        {},
        {"cost": "-5", "number": "1"},
        {"cost": "1e9", "number": "1"},
        {"cost": "50", "number": "7"},
    ):
        client.post(f"/rewards/{reward.id}/redeem", data=bad, status=409)
    assert db.session.scalar(select(func.count()).select_from(Voucher)) == 0


def test_the_page_says_beforehand_why_not(client: Client, hold_clock: Callable[..., None]) -> None:
    hold_clock(clock.now())
    organisation = make_organisation()
    make_gift_policy(organisation, **CEILING)
    member = rich(60, organisation=organisation)
    client.sign_in(member)
    for change, words in (
        ({"cost": 90}, "You have 60 points. You need 30 more points."),
        ({"face_value_pence": 1_001}, "Your organisation allows each person gifts of £10 in a tax year."),
    ):
        page = client.get(reward_path(make_reward(**change)))
        assert words in page.text
        assert not page.query("main form")
    free = make_reward(cost=0, per_member=1)
    client.get(reward_path(free)).form(f"/rewards/{free.id}/redeem").submit(status=303)
    assert "Each person can have this once, and you have had it." in client.get(reward_path(free)).text
    # It costs nothing, so the ledger says nothing.
    assert db.session.scalar(select(func.count()).where(PointEntry.is_spending)) == 0


def test_who_hides_points_reads_no_balance_when_they_are_too_few(client: Client) -> None:
    client.sign_in(rich(7, hides_points=True))
    for kind, path, sent in (
        ("redeem", "redeem", {"cost": "50", "number": "1"}),
        ("draw", "enter", {"cost": "50", "entered": "0"}),
    ):
        page = client.post(f"/rewards/{make_reward(kind=kind).id}/{path}", sent, status=409)
        assert "You do not have enough points" in page.query('[role="alert"]')[0].text
        assert "7 points" not in page.text


def test_a_second_one_has_the_next_number(app: Flask) -> None:
    reward, member = make_reward(cost=50), rich(100)
    for number in (1, 2):
        redeem_reward(viewer_of(member), reward_id=reward.id, expected_cost=50, number=number)
    with pytest.raises(NotEnoughPoints):
        redeem_reward(viewer_of(member), reward_id=reward.id, expected_cost=50, number=3)
    with pytest.raises(Conflict):
        redeem_reward(viewer_of(member), reward_id=reward.id, expected_cost=50, number=4)
    db.session.commit()
    assert db.session.scalars(select(Voucher.number).order_by(Voucher.number)).all() == [1, 2]


def test_of_many_at_once_only_as_many_get_one_as_there_are(app: Flask) -> None:
    for codes in (False, True):
        outcome = last_ones(app, people=10, stock=3, codes=codes)
        assert outcome.is_clean, outcome
        assert (outcome.given, outcome.results) == (3, {"redeemed": 3, "RewardGone": 7})


def test_a_balance_asked_for_at_once_is_spent_once_and_many_presses_are_one(app: Flask) -> None:
    outcome = spent_twice(app, tries=4)
    assert outcome.is_clean, outcome
    assert outcome.results == {"redeemed": 1, "NotEnoughPoints": 3}
    outcome = pressed_often(app, presses=3)
    assert outcome.is_clean, outcome
    assert (outcome.given, outcome.results) == (1, {"redeemed": 3})


def test_a_voucher_cancelled_and_used_at_once_is_one_of_both(app: Flask) -> None:
    outcome = changed_minds(app, people=4, stock=4)
    assert outcome.is_clean, outcome
    ends = outcome.results
    assert ends.get("used", 0) + ends.get("cancelled", 0) == 4
    assert ends.get("WasUsed", 0) + ends.get("WasCancelled", 0) == 4
    good = select(func.count()).where(Voucher.cancelled_at.is_(None)).select_from(Voucher)
    assert db.session.scalar(good) == outcome.given
