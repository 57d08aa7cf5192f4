"""The rewards that a member sees."""

from datetime import timedelta

import pytest

from talking_together.core import clock
from talking_together.core.formatting import reward_path
from talking_together.milestones.models import Milestone
from talking_together.rewards.catalogue import queries
from tests.factories import make_group, make_member, make_organisation, viewer_of
from tests.factories.rewards import make_gift_policy, make_reward, make_sponsor, make_voucher
from tests.factories.rows import saved
from tests.support.client import Client
from tests.support.plans import plans_of


def test_a_member_sees_what_they_can_have_first_and_nothing_that_they_cannot(client: Client) -> None:
    home, nurses = make_organisation(), make_group()
    sponsor = make_sponsor(name="Five Pools")
    member = make_member(home, groups=[nurses], points=60)
    make_reward(sponsor, "upcoming", title="A sauna", cost=10)
    make_reward(sponsor, title="A dinner", cost=80)
    make_reward(sponsor, title="A weekend", kind="draw", cost=5, organisations=[home])
    make_reward(sponsor, title="A swim", cost=50, stock=12, given=9, groups=[nurses])
    make_reward(sponsor, title="A cake for all", kind="team", cost=400)
    make_reward(sponsor, title="A book", kind="gift", given_for="first idea")
    for stage in ("draft", "ended", "gone", "closed"):
        make_reward(sponsor, stage, title=f"Not this: {stage}")
    make_reward(sponsor, title="Not this: others", organisations=[make_organisation()])
    make_reward(sponsor, title="Not this: joined", kind="gift")
    had = make_reward(sponsor, title="Not this: had", per_member=1)
    make_voucher(had, member)
    make_reward(sponsor, title="Not this: reached", kind="gift", given_for="idea done")
    saved(Milestone(member_id=member.id, kind="idea done", reached_at=clock.now()))

    page = client.sign_in(member).get("/rewards", statements=3)
    assert [section.query("h2")[0].text for section in page.query("main section")] == [
        "You can have now",
        "With more points",
        "Together with your group",
        "Comes by itself",
        "Coming",
    ]
    titles = [title.text for title in page.query(".card__title")]
    assert titles == ["A weekend", "A swim", "A dinner", "A cake for all", "A book", "A sauna"]
    words = [card.text for card in page.query(".reward")]
    assert "3 left" in words[1]
    assert "50 points" in words[1]
    assert "20 more points" in words[2]
    assert "400 points together" in words[3]
    assert "From Five Pools" in words[1]
    assert "You have 60 points" in page.text

    others = client.sign_in(make_member(points=1_000)).get("/rewards").query(".card__title")
    assert [title.text for title in others][:3] == ["Not this: had", "A dinner", "A book"]


def test_who_hides_points_is_not_told_how_many_they_have(client: Client) -> None:
    group = make_group()
    client.sign_in(make_member(groups=[group], points=61, hides_points=True))
    rewards = [make_reward(kind=kind, cost=80) for kind in ("redeem", "draw", "team")]
    for path in ("/rewards", *map(reward_path, rewards)):
        page = client.get(path)
        assert "80 points" in page.text
        assert "61 points" not in page.text
        assert "19 more points" not in page.text


def test_a_page_without_rewards_says_why(client: Client) -> None:
    out = make_organisation()
    make_gift_policy(out)
    assert "No rewards at this moment" in client.sign_in(make_member()).get("/rewards", statements=4).text
    make_reward()
    page = client.sign_in(make_member(out)).get("/rewards", statements=4)
    assert "Your organisation does not take part in rewards" in page.text
    assert not page.query(".reward")


def test_pages_of_rewards_hold_each_once_in_one_order(client: Client) -> None:
    sponsor = make_sponsor()
    made = [make_reward(sponsor, cost=cost).id for cost in (30, 10, 90, 10, 20, 95)]
    viewer = viewer_of(make_member(points=50))
    found, after = [], None
    while True:
        page = queries.rewards_for(viewer, after=after, size=2)
        found += [card.id for card in page.rows]
        after = page.next_cursor
        if after is None:
            break
    assert found == [made[place] for place in (1, 3, 4, 0, 2, 5)]
    client.sign_in(make_member()).get("/rewards?after=nonsense", status=404)


@pytest.mark.parametrize("kind", ["redeem", "draw", "team", "gift"])
def test_a_reward_has_a_page_of_its_own(client: Client, kind: str) -> None:
    sponsor = make_sponsor(name="Five Pools", words="Along the river", link="https://pools.example/")
    reward = make_reward(sponsor, kind=kind, title="A swim", ends_at=clock.now() + timedelta(days=3))
    client.sign_in(make_member())
    assert client.get(f"/rewards/{reward.id}", status=301).location == f"/rewards/{reward.id}-a-swim"
    page = client.get(f"/rewards/{reward.id}-a-swim", statements=5)
    assert page.heading == "A swim"
    assert page.query(".prose strong")[0].text == "Bring a towel."
    assert page.query('a[href="https://pools.example/"]')
    assert "Along the river" in page.text
    assert "Until" in page.text


def test_what_is_not_for_a_member_has_no_page(client: Client) -> None:
    out, home = make_organisation(), make_organisation()
    make_gift_policy(out)
    reward = make_reward(organisations=[home])
    draft, everybody = make_reward(stage="draft"), make_reward()
    for member, missing, there in (
        (make_member(home), [draft], [reward, everybody]),
        (make_member(), [draft, reward], [everybody]),
        (make_member(out), [draft, reward, everybody], []),
        (make_member(role="admin", organisation_id=None), [draft, reward, everybody], []),
    ):
        client.sign_in(member)
        for each in missing:
            client.get(f"/rewards/{each.id}", status=404)
        for each in there:
            client.get(f"/rewards/{each.id}", status=301)
    client.get(f"/rewards/{2**40}", status=404)


@pytest.mark.parametrize("stage", ["upcoming", "gone", "ended", "closed"])
def test_the_page_of_a_reward_says_where_it_stands(client: Client, stage: str) -> None:
    words = {
        "upcoming": "You can have it from",
        "gone": "All of these have been given",
        "ended": "This has ended",
        "closed": "This is no longer given",
    }
    reward = make_reward(stage=stage, title="A swim")
    page = client.sign_in(make_member()).get(f"/rewards/{reward.id}-a-swim")
    assert words[stage] in page.text


def test_the_list_and_a_page_are_read_by_indexes(client: Client) -> None:
    reward = make_reward()
    viewer = viewer_of(make_member())
    listed = plans_of(lambda: queries.rewards_for(viewer), as_if_large=True)
    one = plans_of(lambda: queries.get_reward(viewer, reward.id), as_if_large=True)
    assert (len(listed), len(one)) == (1, 1)
    assert "ix_rewards_state" in listed[0]
    for plan in (*listed, *one):
        for scan in ("Seq Scan", "SCAN rewards", "SCAN vouchers", "SCAN draw_entries"):
            assert scan not in plan, plan
