"""Prize draws: entering, withdrawing, and making them once by their published rule."""

import re
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict, NotFound
from talking_together.extensions import db
from talking_together.notifications.models import Notification
from talking_together.notifications.queries import notifications_of
from talking_together.points import recounts as points
from talking_together.points.spending import NotEnoughPoints
from talking_together.rewards import recounts
from talking_together.rewards.draw_seeds import hash_of
from talking_together.rewards.draws import policies, queries, services
from talking_together.rewards.draws.order import in_order
from talking_together.rewards.draws.sweeps import make_due_draws, return_called_off_entries
from talking_together.rewards.models import Draw, DrawEntry, DrawWinner, Reward, Voucher
from talking_together.rewards.vouchers.refusals import CeilingReached, LimitMet
from tests.factories import make_admin, make_member, make_moderator, make_organisation, viewer_of
from tests.factories.draws import make_draw, make_member_with_points, make_team_prize
from tests.factories.rewards import make_gift_policy
from tests.support.client import Client
from tests.support.parallel import run_together
from tests.support.plans import plans_of
from tests.support.statements import recorded_statements

SCRIPT = re.search(
    r"```python\n(.*?)```",
    (Path(__file__).parents[3] / "docs" / "draws.md").read_text(encoding="utf-8"),
    re.DOTALL,
)


def entering(member: Member, reward: Reward, *, before: int = 0, cost: int | None = None) -> Any:
    """Return what enters the member when it is called."""
    entry = partial(
        services.enter_draw,
        viewer_of(member),
        reward_id=reward.id,
        expected_cost=reward.cost if cost is None else cost,
        entries_before=before,
    )
    return partial(in_transaction, entry)


def enter(member: Member, reward: Reward, **more: Any) -> int:
    return int(entering(member, reward, **more)())


def withdraw(member: Member, reward: Reward, number: int) -> int:
    return in_transaction(
        partial(services.withdraw_entry, viewer_of(member), reward_id=reward.id, number=number)
    )


def end(reward: Reward) -> None:
    db.session.execute(
        update(Reward).where(Reward.id == reward.id).values(ends_at=clock.now() - timedelta(seconds=1))
    )
    db.session.commit()


def drifts() -> list[tuple[str, Any, Any]]:
    return [*points.drift(), *recounts.drift()]


def points_of(member: Member) -> int | None:
    return db.session.scalar(select(Member.points).where(Member.id == member.id))


def winners_of(reward: Reward) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(DrawWinner.number, DrawWinner.passed_over)
        .where(DrawWinner.reward_id == reward.id)
        .order_by(DrawWinner.place)
    )
    return [(row.number, row.passed_over) for row in rows]


def test_entering_costs_points_and_a_withdrawn_number_is_never_given_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    reward = make_draw(per_member=2)
    first, second = make_member_with_points(120), make_member_with_points(60)
    assert enter(first, reward) == 1
    assert enter(second, reward) == 2
    assert points_of(first) == 70
    assert withdraw(first, reward, 1) == 50
    assert points_of(first) == 120
    assert enter(first, reward, before=1) == 3
    with pytest.raises(Conflict, match="withdrawn before"):
        withdraw(first, reward, 1)
    with pytest.raises(NotFound):
        withdraw(first, reward, 2)
    monkeypatch.setattr(policies, "MOST_WITHDRAWN", 1)
    with pytest.raises(Conflict, match="withdrawn from this draw 1 time"):
        enter(first, reward, before=2)
    assert not drifts()
    db.session.execute(
        update(DrawEntry).where(DrawEntry.number == 3).values(number=5, withdrawn_at=clock.now())
    )
    assert drifts() == [(f"draw {reward.id} numbers", 5, 3), (f"draw {reward.id} points", 50, 100)]


def test_what_stands_against_entering_is_said_and_takes_nothing(app: Flask) -> None:
    reward, member = make_draw(), make_member_with_points(120)
    with pytest.raises(Conflict, match="A place costs 50 points now"):
        enter(member, reward, cost=40)
    enter(member, reward)
    with pytest.raises(services.EnteredMeanwhile):
        enter(member, reward)
    with pytest.raises(LimitMet):
        enter(member, reward, before=1)
    assert points_of(member) == 70
    with pytest.raises(NotEnoughPoints):
        enter(make_member_with_points(49), reward)
    with pytest.raises(NotFound):
        enter(member, make_draw(organisations=[make_organisation()]))
    modest = make_organisation()
    make_gift_policy(modest, opted_out=False, ceiling_pence=100)
    with pytest.raises(CeilingReached):
        enter(make_member_with_points(120, modest), reward)
    for stage, error in (
        ("upcoming", "opens on"),
        ("ended", "no more entries"),
        ("closed", "no more entries"),
    ):
        with pytest.raises(Conflict, match=error):
            enter(member, make_draw(stage))
    end(reward)
    with pytest.raises(Conflict, match="numbers stand"):
        withdraw(member, reward, 1)


def test_nobody_enters_or_leaves_a_draw_that_was_made_by_a_server_whose_clock_is_ahead(app: Flask) -> None:
    reward, member, late = make_draw(), make_member_with_points(120), make_member_with_points(120)
    enter(member, reward)
    with clock.held_at(clock.now() + timedelta(days=60)):
        assert make_due_draws() == 1
    for attempt in (lambda: enter(late, reward), lambda: withdraw(member, reward, 1)):
        with pytest.raises(Conflict, match="has been made"):
            attempt()
    assert not drifts()


def test_a_draw_is_made_once_by_two_sweeps_at_once_and_the_script_of_the_docs_repeats_it(
    app: Flask, tmp_path: Path
) -> None:
    reward = make_draw(cost=0)
    members = [make_member() for _ in range(12)]
    jobs = [entering(member, reward) for member in members]
    # More at once than the site has connections would only wait for those.
    numbers = run_together(app, jobs)
    assert sorted(numbers) == list(range(1, 13))
    by_number = dict(zip(numbers, members, strict=True))
    withdraw(by_number[4], reward, 4)
    hash_before = queries.get_draw(viewer_of(members[0]), reward.id)
    assert hash_before.seed is None
    end(reward)
    assert sorted(run_together(app, [make_due_draws] * 3)) == [0, 0, 1]
    assert make_due_draws() == 0

    page = queries.get_draw(viewer_of(members[0]), reward.id)
    assert page.seed is not None
    assert hash_of(page.seed) == page.seed_hash == hash_before.seed_hash
    expected = in_order(page.seed, [number for number in range(1, 13) if number != 4])[:3]
    assert [each.number for each in page.drawn] == expected
    vouchers = db.session.execute(select(Voucher.member_id, Voucher.cost, Voucher.kind)).all()
    assert sorted(vouchers) == sorted((by_number[number].id, 0, "draw") for number in expected)

    assert SCRIPT is not None
    script = tmp_path / "check_draw.py"
    script.write_text(SCRIPT.group(1), encoding="utf-8")
    asked = [page.seed, str(page.last), page.withdrawn, str(len(page.drawn))]
    printed = subprocess.run(
        [sys.executable, str(script), *asked], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert printed == [
        f"Hash of the seed: {page.seed_hash}",
        f"Hash of the numbers: {page.entries_hash}",
        f"Order: {', '.join(map(str, expected))}",
    ]
    assert db.session.scalars(select(AuditEntry.action)).all() == ["draw made"]
    told = db.session.execute(select(Notification.kind, Notification.member_id)).all()
    assert sorted(told) == sorted(
        ("draw won" if number in expected else "draw not won", member.id)
        for number, member in by_number.items()
        if number != 4
    )


def test_who_cannot_have_the_prize_is_passed_over_with_the_reason(app: Flask) -> None:
    modest, leaving = make_organisation(), make_organisation()
    reward = make_draw(cost=10, per_member=None, stock=2)
    twice = make_member_with_points(100)
    left, bound = make_member_with_points(100), make_member_with_points(100, modest)
    out, plain = make_member_with_points(100, leaving), make_member_with_points(100)
    holders = {enter(member, reward): member for member in (left, bound, out, plain, twice)}
    holders[enter(twice, reward, before=1)] = twice
    crowd = [make_member_with_points(10, modest) for _ in range(12)]
    holders |= {enter(member, reward): member for member in crowd}
    left.is_active = False
    make_gift_policy(modest, opted_out=False, ceiling_pence=100)
    make_gift_policy(leaving)
    end(reward)
    with recorded_statements(app) as statements:
        make_due_draws()
    # Who is passed over costs none of their own.
    assert len(statements) <= 20, "\n".join(statements)
    seed = db.session.scalars(select(Draw.seed)).one()
    winners: list[Member] = []
    for number, reason in winners_of(reward):
        member = holders[number]
        expected = {
            left.id: "no longer among those it is for",
            **{each.id: "above the organisation's ceiling" for each in (bound, *crowd)},
            out.id: "the organisation does not take part",
        }.get(member.id, "won with another number" if member in winners else "")
        assert reason == expected
        winners += [] if reason else [member]
    assert {member.id for member in winners} == {twice.id, plain.id}
    assert [number for number, _reason in winners_of(reward)] == in_order(seed, range(1, 19))[
        : len(winners_of(reward))
    ]
    assert points_of(bound) == 90
    assert not drifts()
    passed_over = {holders[number].id for number, reason in winners_of(reward) if reason}
    for member in (bound, out, *crowd):
        [row] = notifications_of(viewer_of(member)).rows
        assert (row.kind, bool(row.passed_over)) == ("draw not won", member.id in passed_over)


def test_a_reward_closed_before_its_draw_gives_everybody_their_points_back(app: Flask) -> None:
    reward, member = make_draw(per_member=2), make_member_with_points(120)
    enter(member, reward)
    enter(member, reward, before=1)
    assert return_called_off_entries() == 0
    db.session.execute(update(Reward).values(state="closed"))
    end(reward)
    assert make_due_draws() == 0
    assert run_together(app, [return_called_off_entries] * 2) in ([2, 0], [0, 2])
    assert points_of(member) == 120
    assert db.session.scalars(select(Notification.kind)).all() == ["points came back"]
    assert not drifts()


def test_what_the_winning_number_cost_comes_back_with_a_prize_that_an_admin_cancels(client: Client) -> None:
    reward, member = make_draw(per_member=2, stock=1), make_member_with_points(120)
    enter(member, reward)
    enter(member, reward, before=1)
    end(reward)
    make_due_draws()
    page = client.sign_in(make_admin()).get(
        f"/admin/rewards/vouchers/{db.session.scalars(select(Voucher.id)).one()}"
    )
    assert "What the winning number cost goes back" in page.text
    page.form().submit(status=303, reason="The hotel is shut").follow()
    # The other number took part and did not win.
    assert points_of(member) == 70
    assert make_due_draws() == 0
    assert not drifts()


def test_a_prize_that_was_cancelled_before_its_cost_came_back_is_no_drift(app: Flask) -> None:
    reward, member = make_draw(stock=1), make_member_with_points(120)
    enter(member, reward)
    end(reward)
    make_due_draws()
    db.session.execute(update(Voucher).values(cancelled_at=clock.now(), cancelled_by_id=make_admin().id))
    db.session.execute(update(Reward).values(given=0))
    db.session.commit()
    assert (points_of(member), drifts()) == (70, [])


def test_an_admin_outside_its_audience_sees_a_draw_and_cannot_enter_it(client: Client) -> None:
    reward = make_draw(title="A day out", cost=0, organisations=[make_organisation()])
    path = f"/rewards/{reward.id}-a-day-out/draw"
    admin = client.sign_in(make_admin())
    assert admin.get(f"/admin/rewards/{reward.id}").query(f"a[href='{path}']")
    page = admin.get(path, statements=4)
    assert "you cannot enter it" in page.text
    assert page.query(f"a.back[href='/admin/rewards/{reward.id}']")
    admin.post(f"/rewards/{reward.id}/enter", {"cost": "0", "entered": "0"}, status=404)
    admin.get(f"/rewards/{make_draw('draft').id}/draw", status=404)
    client.sign_in(make_moderator()).get(path, status=404)


def test_nobody_learns_by_a_press_of_a_draw_or_a_team_prize_for_others(client: Client) -> None:
    others = [make_organisation()]
    client.sign_in(make_member())
    for stage in ("upcoming", "open", "ended", "closed"):
        draw, prize = make_draw(stage, organisations=others), make_team_prize(stage, organisations=others)
        client.post(f"/rewards/{draw.id}/enter", {"cost": "50", "entered": "0"}, status=404)
        client.post(
            f"/rewards/{prize.id}/pledge", {"how_many": "5", "group": "1", "pledged": "0"}, status=404
        )


def test_who_entered_a_free_draw_is_told_once_that_it_was_called_off(app: Flask) -> None:
    reward, member, other = make_draw(cost=0, per_member=2), make_member(), make_member()
    for before in (0, 1):
        enter(member, reward, before=before)
    number = enter(other, reward)
    withdraw(other, reward, number)
    db.session.execute(update(Reward).values(state="closed"))
    db.session.commit()
    assert (return_called_off_entries(), return_called_off_entries()) == (2, 0)
    told = db.session.execute(select(Notification.kind, Notification.member_id)).all()
    assert told == [("draw called off", member.id)]
    assert not drifts()


def test_a_member_enters_on_the_page_and_sees_the_draw(client: Client) -> None:
    reward, member = make_draw(title="A weekend"), make_member_with_points(60)
    path = f"/rewards/{reward.id}-a-weekend"
    page = client.sign_in(member).get(path, statements=4)
    page.form(f"/rewards/{reward.id}/enter").submit(statements=8)
    page = client.get(path)
    published = db.session.scalars(select(Draw.seed_hash)).one()
    assert [code.text for code in page.query("details code")] == [published]
    assert "Your number is 1" in page.text
    assert not page.query(f"form[action='/rewards/{reward.id}/enter']")
    client.post(f"/rewards/{reward.id}/enter", {"cost": "50", "entered": "1"}, status=409)
    client.post(f"/rewards/{reward.id}/enter", {"cost": "−5", "entered": "x"}, status=400)
    page.form(f"/rewards/{reward.id}/entries/1/withdraw").submit(statements=8)
    client.get(path).form(f"/rewards/{reward.id}/enter").submit()
    page = client.get(f"{path}/draw", statements=4)
    assert "1–2, without 1" in page.text
    assert "Secret until it is drawn" in page.text
    seed = db.session.scalars(select(Draw.seed)).one()
    assert seed not in page.text
    end(reward)
    make_due_draws()
    page = client.get(f"{path}/draw", statements=5)
    assert seed in page.text
    assert "2: won" in page.text
    assert page.query("pre code")[0].text == " ".join(SCRIPT.group(1).split()) if SCRIPT else False
    assert "You won with number 2" in client.get(path).text
    stranger = client.sign_in(make_member(organisation_id=None))
    stranger.get(f"{path}/draw", status=404)
    client.sign_in(make_member()).get(f"/rewards/{make_draw('draft').id}/draw", status=404)


def test_who_entered_comes_back_for_it_when_their_organisation_has_opted_out(client: Client) -> None:
    reward, home = make_draw(title="A day out"), make_organisation()
    member, colleague = make_member_with_points(120, home), make_member(home)
    staying = make_member_with_points(60, home)
    enter(member, reward)
    enter(staying, reward)
    make_gift_policy(home)
    client.sign_in(member)
    path = f"/rewards/{reward.id}-a-day-out"
    assert client.get("/points").query(f"a[href='{path}']")
    # Drawn, they would be passed over, and what it cost be gone.
    client.get(path, statements=6).form(f"/rewards/{reward.id}/entries/1/withdraw").submit()
    assert points_of(member) == 120
    page = client.post(f"/rewards/{reward.id}/enter", {"cost": "50", "entered": "1"}, status=409)
    assert "does not take part in rewards" in page.text
    client.sign_in(colleague).get(path, status=404)
    # Their page may have been open since before.
    page = client.post(f"/rewards/{reward.id}/enter", {"cost": "50", "entered": "0"}, status=409)
    assert "does not take part in rewards" in page.text
    end(reward)
    make_due_draws()
    page = client.sign_in(staying).get(path)
    assert "Number 2 was drawn and passed over: the organisation does not take part." in page.text


def test_the_numbers_of_a_draw_are_read_along_its_key(app: Flask) -> None:
    reward, member = make_draw(), viewer_of(make_member())
    plans = plans_of(lambda: queries.get_draw(member, reward.id), as_if_large=True)
    entries = [line for plan in plans for line in plan.splitlines() if "draw_entries" in line]
    assert entries
    for line in entries:
        assert "Seq Scan" not in line, plans
        assert not line.startswith("SCAN"), plans


@pytest.mark.parametrize("withdrawn", [False, True])
def test_an_entry_is_one_row_of_its_number(app: Flask, *, withdrawn: bool) -> None:
    reward, member = make_draw(), make_member_with_points(60)
    enter(member, reward)
    if withdrawn:
        withdraw(member, reward, 1)
    rows = db.session.execute(select(DrawEntry.number, DrawEntry.withdrawn_at.is_not(None))).all()
    assert rows == [(1, withdrawn)]
