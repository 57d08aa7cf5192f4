"""A member's vouchers: what they show, cancelling them, and a word before they expire."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from talking_together.devtools.verify import differences
from talking_together.extensions import db
from talking_together.notifications.models import Notification
from talking_together.rewards.models import Pledge, Reward, RewardCode, Voucher
from talking_together.rewards.recounts import drift
from talking_together.rewards.vouchers import queries
from talking_together.rewards.vouchers.cancelling import cancel_own_voucher, cancel_voucher
from talking_together.rewards.vouchers.codes import shown_code
from talking_together.rewards.vouchers.redeeming import redeem_reward
from talking_together.rewards.vouchers.refusals import WasUsed
from talking_together.rewards.vouchers.sweeps import remind_of_vouchers
from tests.factories import make_admin, make_group, make_member, viewer_of
from tests.factories.points import give_points
from tests.factories.rewards import make_reward, make_sponsor, make_voucher
from tests.factories.rows import saved
from tests.support.client import Client
from tests.support.plans import plans_of

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def rich() -> Member:
    member = make_member()
    give_points(member.id, 50)
    return member


def redeemed(reward: Reward, member: Member, number: int = 1) -> int:
    return redeem_reward(viewer_of(member), reward_id=reward.id, expected_cost=50, number=number).voucher_id


def test_a_member_cancels_for_the_points_and_somebody_else_can_have_it(client: Client) -> None:
    reward, member = make_reward(cost=50, stock=1), rich()
    voucher_id = redeemed(reward, member)
    page = client.sign_in(member).get(f"/vouchers/{voucher_id}")
    page = page.form(f"/vouchers/{voucher_id}/cancel").submit(status=303, statements=8).follow()
    assert "Voucher cancelled: 50 points came back" in page.text
    assert "Cancelled on" in page.text
    assert "QR code" not in page.html
    again = client.post(f"/vouchers/{voucher_id}/cancel", status=409)
    assert "This was cancelled on" in again.text
    db.session.expire_all()
    assert (member.points, reward.given) == (50, 0)
    assert redeemed(reward, rich())
    # The old page of the member's leads to the old voucher, a new one to the next.
    assert redeemed(reward, member) == voucher_id
    reward.stock = 2
    assert redeemed(reward, member, number=2) != voucher_id
    db.session.commit()
    assert list(differences()) == []
    assert not db.session.scalars(select(AuditEntry)).all()


def test_what_was_used_won_or_holds_a_code_is_not_cancelled_by_its_member(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    sponsor = make_sponsor(name="Harbour Pools")
    member = rich()
    me = viewer_of(member)
    used = make_voucher(make_reward(sponsor), member)
    use_voucher_of(sponsor.id, used)
    with pytest.raises(WasUsed):
        cancel_own_voucher(me, voucher_id=used.id)
    won = make_voucher(make_reward(kind="draw"), member)
    with pytest.raises(Conflict, match="You won this voucher"):
        cancel_own_voucher(me, voucher_id=won.id)
    given = make_voucher(make_reward(kind="gift"), member)
    with pytest.raises(Conflict, match="You spent no points on this voucher"):
        cancel_own_voucher(me, voucher_id=given.id)
    coded = redeemed(make_reward(sponsor, cost=50, codes=["SWIM-1"]), member)
    with pytest.raises(Conflict, match="Harbour Pools knows the code on this voucher"):
        cancel_own_voucher(me, voucher_id=coded)
    with pytest.raises(NotFound):
        cancel_own_voucher(viewer_of(make_member()), voucher_id=won.id)
    old = make_voucher(make_reward(), member)
    hold_clock(NOON + timedelta(days=14))
    with pytest.raises(Conflict, match="could be cancelled until Thursday 10 December at midday"):
        cancel_own_voucher(me, voucher_id=old.id)
    hold_clock(NOON + timedelta(days=100))
    with pytest.raises(Conflict, match="has expired"):
        cancel_own_voucher(me, voucher_id=old.id)


def use_voucher_of(sponsor_id: int, voucher: Voucher) -> None:
    # Written by hand: factories' codes are no real ones.
    voucher.used_at, voucher.used_by_id = clock.now(), voucher.member_id
    db.session.commit()


def test_an_admin_cancels_any_unused_voucher_for_a_reason_its_member_reads(client: Client) -> None:
    reward, member, admin = make_reward(cost=50, codes=["SWIM-1"]), rich(), make_admin()
    voucher_id = redeemed(reward, member)
    code = db.session.scalars(select(Voucher.code)).one()
    page = client.sign_in(admin).get(f"/admin/rewards/vouchers/{voucher_id}", statements=3)
    assert code not in page.html
    assert "SWIM-1" not in page.html
    assert "Enter why you cancel it" in page.form().submit(status=422, reason=" ").text
    page.form().submit(status=303, reason="The pool is shut").follow()
    page.form().submit(status=409, reason="Once more")
    db.session.expire_all()
    # The code was seen, so nobody else gets it.
    assert (member.points, reward.given) == (50, 1)
    assert db.session.scalars(select(RewardCode.voucher_id)).one() == voucher_id
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.reason, entry.actor_id) == (
        "cancelled a voucher",
        "The pool is shut",
        admin.id,
    )
    told = db.session.scalars(select(Notification)).one()
    assert (told.member_id, told.kind, told.voucher_id) == (member.id, "voucher cancelled", voucher_id)
    assert list(differences()) == []
    client.sign_in(member)
    assert "was cancelled: see why" in client.get("/notifications").text
    page = client.get(f"/vouchers/{voucher_id}")
    assert "Cancelled by an admin: “The pool is shut”" in page.text
    assert page.query("del")[0].text == shown_code(code)


def test_cancelling_for_others_takes_an_admin_and_a_reason(app: Flask) -> None:
    voucher = make_voucher(make_reward(), rich())
    with pytest.raises(NotAllowed):
        cancel_voucher(viewer_of(make_member()), voucher_id=voucher.id, reason="Mine")
    admin = viewer_of(make_admin())
    with pytest.raises(InvalidInput):
        cancel_voucher(admin, voucher_id=voucher.id, reason="")
    with pytest.raises(NotFound):
        cancel_voucher(admin, voucher_id=999_999, reason="Gone")


def test_own_vouchers_stand_in_order_page_by_page_and_nobody_elses(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    member = make_member()

    def given(days_ago: int, title: str, **values: object) -> Voucher:
        at = NOON - timedelta(days=days_ago)
        return make_voucher(make_reward(), member, given_at=at, reward_title=title, **values)

    given(1, "used", used_at=NOON, used_by_id=member.id)
    given(2, "new")
    given(3, "old")
    given(400, "expired", expires_at=NOON)
    given(4, "cancelled", cancelled_at=NOON)
    make_voucher(make_reward(), make_member(), reward_title="not mine")
    page = client.sign_in(member).get("/vouchers", statements=3)
    assert [title.text for title in page.query(".card__title")] == [
        "new",
        "old",
        "used",
        "cancelled",
        "expired",
    ]
    assert [title.text for title in page.query("h2")] == ["Ready to use", "Used, expired or cancelled"]
    seen, after = [], None
    while True:
        some = queries.vouchers_of(viewer_of(member), after=after, size=2)
        seen += [row.title for row in some.rows]
        after = some.next_cursor
        if after is None:
            break
    assert seen == ["new", "old", "used", "cancelled", "expired"]
    assert "Expired: it was good until" in client.get(f"/vouchers/{page_id(member, 'expired')}").text
    assert "Used on Thursday 26 November at midday" in client.get(f"/vouchers/{page_id(member, 'used')}").text
    client.get("/vouchers?after=bm9uc2Vuc2U", status=404)
    client.get("/vouchers/99999999999", status=404)
    empty = client.sign_in(make_member()).get("/vouchers")
    assert "No vouchers yet" in empty.text


def page_id(member: Member, title: str) -> int:
    return db.session.scalars(
        select(Voucher.id).where(Voucher.member_id == member.id, Voucher.reward_title == title)
    ).one()


def test_what_a_group_won_is_seen_by_those_who_pledged(client: Client) -> None:
    group = make_group(name="Night porters")
    holder, pledger, other, took_back = (make_member(groups=[group]) for _ in range(4))
    reward = make_reward(kind="team", cost=100)
    voucher = make_voucher(reward, holder, group_id=group.id)
    for member, returned_at in ((pledger, None), (took_back, clock.now())):
        saved(
            Pledge(
                reward_id=reward.id,
                group_id=group.id,
                member_id=member.id,
                points=50,
                pledged_at=clock.now(),
                returned_at=returned_at,
            )
        )
    for member in (holder, pledger):
        client.sign_in(member)
        assert "For everybody in Night porters who pledged" in client.get(f"/vouchers/{voucher.id}").text
        assert len(client.get("/vouchers").query(".card")) == 1
    for member in (other, took_back):
        client.sign_in(member).get(f"/vouchers/{voucher.id}", status=404)
        assert not client.get("/vouchers").query(".card")


def test_members_are_told_once_before_a_voucher_expires(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    month_ago, soon = NOON - timedelta(days=30), NOON + timedelta(days=3)
    reward, member = make_reward(), make_member()
    due = make_voucher(reward, member, given_at=month_ago, expires_at=soon)
    for values in (
        {"expires_at": soon + timedelta(seconds=1)},
        {"expires_at": NOON},
        {"used_at": NOON},
        {"cancelled_at": NOON},
        {"given_at": NOON - timedelta(days=1)},
    ):
        make_voucher(reward, member, **{"given_at": month_ago, "expires_at": soon, **values})
    assert [remind_of_vouchers(), remind_of_vouchers()] == [1, 0]
    told = db.session.scalars(select(Notification)).one()
    assert (told.kind, told.voucher_id, told.email_state) == ("voucher expires soon", due.id, "none")


def test_a_recount_tells_what_is_not_so(app: Flask) -> None:
    reward, member = make_reward(cost=50, codes=["SWIM-1", "SWIM-2"]), rich()
    redeemed(reward, member)
    db.session.commit()
    assert list(drift()) == []
    reward.given, reward.stock = 2, 3
    db.session.scalars(select(RewardCode).where(RewardCode.voucher_id.is_not(None))).one().voucher_id = None
    db.session.scalars(select(Voucher)).one().cost = 40
    db.session.commit()
    assert {label.split(" ", 2)[2] for label, _, _ in drift()} == {"given", "codes", "has its code", "points"}


def test_own_vouchers_reminders_and_what_decides_are_found_by_an_index(app: Flask) -> None:
    member, reward_id = viewer_of(make_member()), make_reward().id
    [*_, own] = plans_of(lambda: queries.vouchers_of(member), as_if_large=True)
    assert "ix_vouchers_member" in own
    [reminding, *_] = [plan for plan in plans_of(remind_of_vouchers, as_if_large=True) if "vouchers" in plan]
    assert "ix_vouchers_ending" in reminding
    [*_, deciding] = plans_of(lambda: queries.offer_of(member, reward_id), as_if_large=True)
    for index in ("ix_vouchers_member_year", "ix_reward_codes_free"):
        assert index in deciding
