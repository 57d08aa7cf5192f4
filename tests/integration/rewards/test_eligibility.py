"""Who may have a reward."""

import pytest
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.rewards.eligibility import is_open, may_have
from talking_together.rewards.models import Reward
from talking_together.rewards.policies import STAGES, reward_stage
from tests.factories.members import make_member
from tests.factories.organisations import make_group, make_organisation
from tests.factories.rewards import make_gift_policy, make_reward, make_sponsor

pytestmark = pytest.mark.usefixtures("app")


def test_a_reward_is_for_its_organisations_and_groups_or_for_everybody() -> None:
    home, other, out = make_organisation(), make_organisation(), make_organisation()
    make_gift_policy(out)
    nurses = make_group()
    people = {
        "home": make_member(home),
        "other": make_member(other),
        "nurse": make_member(other, groups=[nurses]),
        "opted out": make_member(out, groups=[nurses]),
        "nowhere": make_member(organisation_id=None, groups=[nurses]),
    }
    rewards = {
        "all": make_reward(),
        "home": make_reward(organisations=[home, out]),
        "nurses": make_reward(groups=[nurses]),
        "both": make_reward(organisations=[home], groups=[nurses]),
    }
    expected = {
        "all": {"home", "other", "nurse"},
        "home": {"home"},
        "nurses": {"nurse"},
        "both": {"home", "nurse"},
    }
    for name, reward in rewards.items():
        one_by_one = {
            key
            for key, member in people.items()
            if db.session.scalar(
                select(Reward.id).where(Reward.id == reward.id, may_have(member.id, member.organisation_id))
            )
        }
        at_once = set(
            db.session.scalars(
                select(Member.id)
                .select_from(Member)
                .join(Reward, Reward.id == reward.id)
                .where(may_have(Member.id, Member.organisation_id))
            )
        )
        assert one_by_one == expected[name], name
        assert at_once == {people[key].id for key in expected[name]}, name


def test_the_condition_of_being_open_is_that_of_the_stages() -> None:
    sponsor, at = make_sponsor(), clock.now()
    rewards = {stage: make_reward(sponsor, stage) for stage in STAGES}
    assert {stage: reward_stage(reward, at) for stage, reward in rewards.items()} == {s: s for s in STAGES}
    found = db.session.scalars(select(Reward.id).where(is_open(at))).all()
    assert found == [rewards["open"].id]
