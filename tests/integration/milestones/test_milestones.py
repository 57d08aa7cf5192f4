"""What facts let a member reach, and what becomes of it when the facts go."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from talking_together.accounts.models import Member
from talking_together.accounts.services import deactivate_member, reactivate_member
from talking_together.challenges.models import Challenge
from talking_together.comments import services as comments
from talking_together.comments.thanks import thank
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.ideas import co_authors, decisions, undoing
from talking_together.ideas import services as ideas
from talking_together.ideas.models import Idea
from talking_together.merging.services import merge_ideas, undo_merge
from talking_together.milestones import recounts
from talking_together.milestones.facts import differing
from talking_together.milestones.models import Milestone, MilestoneCheck
from talking_together.milestones.sweeps import settle_all_milestones, settle_due_milestones
from talking_together.notifications.models import Notification
from talking_together.points.milestone_checks import ask_for_milestones
from talking_together.telling.facts import tell_settled
from talking_together.votes.services import cast_vote
from tests.factories import (
    make_admin,
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_vote,
    viewer_of,
)
from tests.factories.decisions import make_decision
from tests.factories.ideas import make_co_author
from tests.factories.milestones import reached_by
from tests.support.client import Client
from tests.support.parallel import run_together
from tests.support.statements import recorded_statements


@dataclass
class Scene:
    """A member, somebody who wrote beside them, and what they act on."""

    member: Member
    other: Member
    moderator: Member
    idea: Idea
    kept: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Return a member with an idea that others wrote on."""
    member, other = make_member(), make_member()
    idea = make_idea(make_challenge("open"), member)
    return Scene(member, other, make_moderator(), idea)


def share(scene: Scene) -> None:
    written = ideas.submit_idea(
        viewer_of(scene.member), challenge_id=scene.idea.challenge_id, title="One list", body="We share one."
    )
    scene.kept["idea"] = written.id
    # The one that the scene began with is none that the ledger told of.
    db.session.execute(update(Idea).where(Idea.id == scene.idea.id).values(author_id=scene.other.id))


def withdraw(scene: Scene) -> None:
    ideas.withdraw_idea(viewer_of(scene.member), idea_id=scene.kept["idea"])


def restore(scene: Scene) -> None:
    ideas.restore_idea(viewer_of(scene.member), idea_id=scene.kept["idea"])


def hide(scene: Scene) -> None:
    scene.kept["act"] = _decide(scene, scene.kept["idea"], "hidden")


def undo(scene: Scene) -> None:
    undoing.undo_act(viewer_of(scene.moderator), act_id=scene.kept["act"].act_id)


def be_thanked(scene: Scene) -> None:
    if "comment" not in scene.kept:
        theirs = make_idea(make_challenge("open"), scene.other)
        scene.kept |= {"comment": make_comment(theirs, scene.member).id, "idea": theirs.id}
    thank(viewer_of(scene.other), comment_id=scene.kept["comment"], value=1)


def be_thanked_no_more(scene: Scene) -> None:
    thank(viewer_of(scene.other), comment_id=scene.kept["comment"], value=0)


def delete_comment(scene: Scene) -> None:
    comments.delete_comment(viewer_of(scene.member), comment_id=scene.kept["comment"])


def restore_comment(scene: Scene) -> None:
    comments.restore_comment(viewer_of(scene.member), comment_id=scene.kept["comment"])


def have_it_done(scene: Scene) -> None:
    make_decision(scene.idea, "done", by=scene.moderator, response="It is done.")
    tell_settled()


def have_it_done_together(scene: Scene) -> None:
    db.session.execute(update(Idea).where(Idea.id == scene.idea.id).values(author_id=scene.other.id))
    make_co_author(scene.idea, scene.member, settled_at=clock.now() - timedelta(hours=1))
    have_it_done(scene)


def leave(scene: Scene) -> None:
    co_authors.leave(viewer_of(scene.member), idea_id=scene.idea.id)


def do_something_else(scene: Scene) -> None:
    _decide(scene, scene.idea.id, "in progress")


def merge_it(scene: Scene) -> None:
    into = make_idea(db.session.get_one(Challenge, scene.idea.challenge_id), scene.other)
    made = merge_ideas(
        viewer_of(scene.moderator), survivor_id=into.id, merged_ids=[scene.idea.id], reason="Alike"
    )
    scene.kept["merge"] = made[0].id


def undo_the_merge(scene: Scene) -> None:
    undo_merge(viewer_of(scene.moderator), merge_id=scene.kept["merge"], reason="Not alike")


def bring_colleague(scene: Scene) -> None:
    scene.kept["colleague"] = make_member(told_by_id=scene.member.id).id
    ask_for_milestones([scene.member.id])


def colleague_leaves(scene: Scene) -> None:
    deactivate_member(viewer_of(make_admin()), member_id=scene.kept["colleague"], reason="Has left")


def colleague_returns(scene: Scene) -> None:
    reactivate_member(viewer_of(make_admin()), member_id=scene.kept["colleague"], reason="Is back")


def _decide(scene: Scene, idea_id: int, status: str) -> Any:
    return decisions.change_status(
        viewer_of(scene.moderator), idea_id=idea_id, status=status, response="For a reason"
    )


Step = Callable[[Scene], None]


@pytest.mark.parametrize(
    ("kind", "reach", "lose", "again"),
    [
        ("first idea", share, withdraw, restore),
        ("first idea", share, hide, undo),
        ("comment helped", be_thanked, be_thanked_no_more, be_thanked),
        ("comment helped", be_thanked, delete_comment, restore_comment),
        ("comment helped", be_thanked, hide, undo),
        ("idea done", have_it_done, do_something_else, None),
        ("idea done", have_it_done, merge_it, undo_the_merge),
        ("idea done", have_it_done_together, leave, None),
        ("colleague joined", bring_colleague, colleague_leaves, colleague_returns),
    ],
)
def test_a_milestone_stands_as_long_as_its_fact(
    scene: Scene, kind: str, reach: Step, lose: Step, again: Step | None
) -> None:
    steps = [(reach, True), (lose, False), *([(again, True)] if again else [])]
    assert kind not in reached_by(scene.member) or kind == "first idea"
    for step, stands in steps:
        step(scene)
        assert (kind in reached_by(scene.member)) is stands, step.__name__
        found = {row.member_id for row in db.session.execute(differing())}
        assert scene.member.id not in found, "whoever changes a fact asks for a look"
    told = select(Notification.kind).where(
        Notification.member_id == scene.member.id, Notification.kind == f"milestone {kind}"
    )
    # Unsaid when it was lost, as nobody had read it; told once where it stands.
    assert len(db.session.scalars(told).all()) == (1 if again else 0)


def test_the_first_votes_on_ten_ideas_count_and_follow_the_votes_of_others(app: Flask) -> None:
    member, before = make_member(), make_member()
    challenge = make_challenge("open")
    seen = make_idea(challenge)
    first = make_vote(seen, before)
    secret = make_idea(make_challenge("open", counts_shown="once closed"))
    for idea in (*(make_idea(challenge) for _ in range(9)), seen, secret):
        cast_vote(viewer_of(member), kind="ideas", id=idea.id, value=-1)
    assert "first votes" not in reached_by(member), "nine, one that came later, and one that is hidden"
    db.session.delete(first)
    db.session.commit()
    assert settle_all_milestones() > 0
    assert "first votes" in reached_by(member)
    milestone = db.session.get_one(Milestone, (member.id, "first votes"))
    assert milestone.idea_id == seen.id
    cast_vote(viewer_of(member), kind="ideas", id=seen.id, value=0)
    assert "first votes" not in reached_by(member)
    db.session.expire_all()
    assert db.session.get_one(Milestone, (member.id, "first votes")).taken_back_at is not None


def test_a_date_is_that_of_the_fact_and_what_is_old_is_told_to_nobody(app: Flask) -> None:
    member, quiet = make_member(), make_member(hides_points=True)
    long_ago = clock.now() - timedelta(days=60)
    challenge = make_challenge("open")
    make_idea(challenge, member, published_at=long_ago)
    make_idea(challenge, member)
    make_idea(challenge, make_member(imported_from="An earlier one", imported_id="7"))
    make_idea(challenge, quiet)
    assert settle_all_milestones() == 2
    rows = db.session.execute(select(Milestone.member_id, Milestone.reached_at)).all()
    assert {row.member_id: row.reached_at for row in rows}[member.id] == long_ago
    assert {row.member_id for row in rows} == {member.id, quiet.id}
    assert db.session.scalars(select(Notification.id)).all() == []


def test_sweeps_at_once_and_those_who_ask_do_not_get_in_each_others_way(app: Flask) -> None:
    members = [make_member() for _ in range(12)]
    challenge = make_challenge("open")
    for member in members:
        make_idea(challenge, member, published_at=clock.now())
    ids = [member.id for member in members]
    ask = partial(in_transaction, partial(ask_for_milestones, ids))
    ask()
    jobs = [settle_due_milestones, ask, settle_all_milestones, settle_due_milestones, ask]
    assert not [result for result in run_together(app, jobs) if isinstance(result, Exception)]
    settle_due_milestones()
    assert len(db.session.scalars(select(Milestone.member_id)).all()) == len(members)
    assert len(db.session.scalars(select(Notification.id)).all()) == len(members)
    assert db.session.scalars(select(MilestoneCheck.member_id)).all() == []
    with recorded_statements(app) as statements:
        assert settle_due_milestones() == 0
    assert len(statements) <= 2


def test_the_recount_names_what_stands_against_the_facts(app: Flask) -> None:
    member = make_member()
    idea = make_idea(make_challenge("open"), member)
    assert list(recounts.drift()) == [], "what is not written down yet comes with the daily look"
    settle_all_milestones()
    idea_at = idea.published_at
    for change, counted in (
        (update(Idea).values(published_at=idea.created_at - timedelta(days=1)), True),
        (delete(Idea), False),
    ):
        db.session.execute(change)
        db.session.commit()
        (label, kept, found), *others = recounts.drift()
        assert (label, kept, others) == (f"member {member.id} milestone “first idea”", idea_at, [])
        assert (found is not None) is counted


def test_a_member_sees_their_milestones_and_how_to_reach_the_others(client: Client) -> None:
    member = make_member()
    challenge = make_challenge("open")
    make_idea(challenge, member)
    for _ in range(7):
        make_vote(make_idea(challenge), member)
    settle_all_milestones()
    page = client.sign_in(member).get("/me", statements=5)
    section = page.query("#milestones")[0].text
    assert "You shared an idea" in section
    assert "7 of 10" in section
    assert "Vote on ten ideas that nobody has voted on yet" in section
    db.session.execute(update(Member).where(Member.id == member.id).values(hides_points=True))
    db.session.commit()
    assert not client.get("/me").query("#milestones")
