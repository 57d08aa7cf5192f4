"""Team prizes: pledging together, winning once, and getting back what did not win."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.notifications.models import Notification
from talking_together.organisations.models import StaffGroup
from talking_together.points import recounts as points
from talking_together.points.spending import NotEnoughPoints
from talking_together.rewards import recounts
from talking_together.rewards.models import Pledge, Reward, TeamPrize, Voucher
from talking_together.rewards.team_prizes import services
from talking_together.rewards.team_prizes.forms import PledgeForm
from talking_together.rewards.team_prizes.sweeps import return_pledges_that_did_not_win
from talking_together.rewards.vouchers.refusals import RewardGone
from tests.factories import make_group, make_member, make_organisation, viewer_of
from tests.factories.draws import make_member_with_points, make_team_prize
from tests.support.client import Client
from tests.support.parallel import run_together


def pledging(member: Member, reward: Reward, group: StaffGroup, points: int, *, before: int = 0) -> Any:
    """Return what pledges when it is called."""
    pledge = partial(
        services.pledge_points,
        viewer_of(member),
        reward_id=reward.id,
        group_id=group.id,
        points=points,
        pledged_before=before,
    )
    return partial(in_transaction, pledge)


def pledge(member: Member, reward: Reward, group: StaffGroup, points: int, **more: Any) -> services.Pledged:
    pledged: services.Pledged = pledging(member, reward, group, points, **more)()
    return pledged


def taking_back(member: Member, reward: Reward, pledge_id: int) -> Any:
    """Return what takes a pledge back when it is called."""
    back = partial(services.take_back_pledge, viewer_of(member), reward_id=reward.id, pledge_id=pledge_id)
    return partial(in_transaction, back)


def take_back(member: Member, reward: Reward, pledge_id: int) -> int:
    return int(taking_back(member, reward, pledge_id)())


def drifts() -> list[tuple[str, Any, Any]]:
    return [*points.drift(), *recounts.drift()]


def points_of(member: Member) -> int | None:
    return db.session.scalar(select(Member.points).where(Member.id == member.id))


def pledged(reward: Reward) -> dict[int, int]:
    rows = db.session.execute(
        select(TeamPrize.group_id, TeamPrize.pledged).where(TeamPrize.reward_id == reward.id)
    )
    return {row.group_id: row.pledged for row in rows}


def test_a_group_wins_once_it_has_enough_and_pledges_no_more_than_that(app: Flask) -> None:
    nurses, reward = make_group(), make_team_prize()
    first, second = (make_member_with_points(90, groups=[nurses]) for _ in range(2))
    assert pledge(first, reward, nurses, 60) == services.Pledged(60, 40, None)
    won = pledge(second, reward, nurses, 70)
    assert won[:2] == (40, 0)
    assert points_of(second) == 50
    voucher = db.session.execute(select(Voucher.id, Voucher.member_id, Voucher.group_id, Voucher.cost)).one()
    assert voucher == (won.voucher_id, second.id, nurses.id, 0)
    assert db.session.execute(select(Notification.kind, Notification.member_id)).all() == [
        ("team prize won", first.id)
    ]
    with pytest.raises(Conflict, match="has this prize already"):
        pledge(first, reward, nurses, 1, before=60)
    with pytest.raises(Conflict, match="Your group has won"):
        take_back(first, reward, db.session.scalars(select(Pledge.id).order_by(Pledge.id)).first() or 0)
    assert return_pledges_that_did_not_win() == 0
    assert not drifts()
    # Where the voucher is cancelled afterwards, nobody has pledged for nothing.
    db.session.execute(update(Voucher).values(cancelled_at=clock.now()))
    db.session.execute(update(Reward).values(given=0))
    db.session.commit()
    assert return_pledges_that_did_not_win() == 2
    assert [points_of(each) for each in (first, second)] == [90, 90]


def test_pledges_in_parallel_never_exceed_the_cost_and_win_once(app: Flask) -> None:
    nurses, reward = make_group(), make_team_prize()
    members = [make_member_with_points(30, groups=[nurses]) for _ in range(8)]
    results = run_together(app, [pledging(member, reward, nurses, 15) for member in members])
    taken = [result.points for result in results if isinstance(result, services.Pledged)]
    assert sum(taken) == 100
    assert sum(isinstance(result, Conflict) for result in results) == 8 - len(taken)
    assert pledged(reward) == {nurses.id: 100}
    assert len(db.session.scalars(select(Voucher.id)).all()) == 1
    assert sum(points_of(member) or 0 for member in members) == 8 * 30 - 100
    assert not drifts()


def test_what_stands_against_a_pledge_is_said_and_takes_nothing(app: Flask) -> None:
    nurses, porters = make_group(), make_group()
    reward, member = make_team_prize(groups=[nurses]), make_member_with_points(40, groups=[nurses, porters])
    with pytest.raises(InvalidInput, match="one of your groups"):
        pledge(member, reward, porters, 5)
    with pytest.raises(InvalidInput, match="at least 1"):
        pledge(member, reward, nurses, 0)
    with pytest.raises(NotEnoughPoints):
        pledge(member, reward, nurses, 41)
    pledge(member, reward, nurses, 10)
    with pytest.raises(Conflict, match="since you opened"):
        pledge(member, reward, nurses, 10)
    with pytest.raises(NotFound):
        pledge(make_member_with_points(40, groups=[porters]), reward, porters, 5)
    for stage, words in (("upcoming", "can be pledged from"), ("ended", "no more pledges")):
        with pytest.raises(Conflict, match=words):
            pledge(member, make_team_prize(stage), nurses, 5)
    assert points_of(member) == 30
    assert pledged(reward) == {nurses.id: 10}


def test_a_pledge_is_taken_back_once_and_others_come_back_when_it_is_over(app: Flask) -> None:
    nurses, reward = make_group(), make_team_prize()
    member, other = (make_member_with_points(40, groups=[nurses]) for _ in range(2))
    for amount in (10, 20):
        pledge(member, reward, nurses, amount, before=amount - 10)
    pledge(other, reward, nurses, 5)
    first, second, _others = db.session.scalars(select(Pledge.id).order_by(Pledge.id)).all()
    outcomes = run_together(app, [taking_back(member, reward, first)] * 2)
    assert sorted(map(str, outcomes)) == ["10", "This pledge came back before."]
    with pytest.raises(NotFound):
        take_back(other, reward, second)
    assert pledged(reward) == {nurses.id: 25}
    assert return_pledges_that_did_not_win() == 0
    db.session.execute(update(Reward).values(ends_at=clock.now() - timedelta(seconds=1)))
    db.session.commit()
    with pytest.raises(Conflict, match="by itself"):
        take_back(member, reward, second)
    assert sorted(run_together(app, [return_pledges_that_did_not_win] * 2)) == [0, 2]
    assert [points_of(each) for each in (member, other)] == [40, 40]
    assert pledged(reward) == {nurses.id: 0}
    told = db.session.execute(select(Notification.kind, Notification.member_id)).all()
    assert sorted(told) == [("points came back", member.id), ("points came back", other.id)]
    assert not drifts()
    db.session.execute(update(TeamPrize).values(pledged=3))
    assert drifts() == [
        (f"team prize {reward.id} of group {nurses.id}", 3, 0),
        (f"team prize {reward.id} points", 3, 0),
    ]


def test_when_the_last_is_won_the_pledges_of_other_groups_come_back(app: Flask) -> None:
    nurses, porters, reward = make_group(), make_group(), make_team_prize(stock=1)
    winner = make_member_with_points(100, groups=[nurses])
    late = make_member_with_points(100, groups=[porters])
    pledge(late, reward, porters, 30)
    pledge(winner, reward, nurses, 100)
    with pytest.raises((RewardGone, Conflict)):
        pledge(late, reward, porters, 30, before=30)
    assert return_pledges_that_did_not_win() == 1
    assert points_of(late) == 100


def test_a_group_that_has_enough_because_the_price_was_lowered_wins_by_its_next_pledge(app: Flask) -> None:
    nurses, reward = make_group(), make_team_prize()
    member = make_member_with_points(90, groups=[nurses])
    pledge(member, reward, nurses, 60)
    db.session.execute(update(Reward).values(cost=50))
    db.session.commit()
    won = pledge(member, reward, nurses, 5, before=60)
    assert (won.points, won.missing) == (0, 0)
    assert won.voucher_id
    assert points_of(member) == 30


def test_a_member_pledges_on_the_page_and_sees_their_own_groups_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = make_organisation()
    nurses, porters = make_group(name="Nurses"), make_group(name="Porters")
    reward = make_team_prize(title="A cake")
    member = make_member_with_points(60, organisation, groups=[nurses])
    pledge(make_member_with_points(60, groups=[porters]), reward, porters, 30)
    pledge(make_member_with_points(60, groups=[nurses]), reward, nurses, 25)
    path = f"/rewards/{reward.id}-a-cake"
    page = client.sign_in(member).get(path, statements=4)
    assert "25 of 100 points" in page.text
    assert "Porters" not in page.text
    form = page.form(f"/rewards/{reward.id}/pledge")
    for typed in ("abc", "", "−5", "1000000000"):
        answer = form.submit(how_many=typed, status=400)
        assert "Enter a whole number from 1 to 100,000" in answer.query(".nhsuk-error-summary")[0].text
        assert answer.form(f"/rewards/{reward.id}/pledge").fields["how_many"] == typed
    assert "You do not have that many points" in form.submit(how_many="61", status=400).text
    # Spent elsewhere since the page was opened: what was not pledged is not shown as pledged.
    monkeypatch.setattr(PledgeForm, "validate_how_many", lambda _form, _field: None)
    answer = form.submit(how_many="61", status=409)
    assert "You have 60 points and this costs 61" in answer.text
    assert "of them yours" not in answer.text
    for group in ("", "abc", str(porters.id), "999999999999"):
        answer = form.submit(how_many="40", group=group, status=400)
        assert answer.form(f"/rewards/{reward.id}/pledge").fields["how_many"] == "40"
    form.submit(how_many="40", statements=8)
    page = client.get(path)
    assert "65 of 100 points, 40 of them yours" in page.text
    own = db.session.scalars(select(Pledge.id).where(Pledge.member_id == member.id)).one()
    page.form(f"/rewards/{reward.id}/pledges/{own}/take-back").submit(statements=8)
    assert "25 of 100 points" in client.get(path).text
    page = client.sign_in(make_member()).get(path)
    assert "You are in no staff group" in page.text
    assert "take a pledge back" not in page.text
    pledge(make_member_with_points(90, groups=[nurses]), reward, nurses, 75)
    assert "Your group has it." in client.sign_in(member).get(path).text
    db.session.execute(update(Voucher).values(cancelled_at=clock.now()))
    db.session.commit()
    assert "an admin cancelled the voucher" in client.get(path, statements=4).text
