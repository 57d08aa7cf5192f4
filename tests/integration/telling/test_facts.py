"""Who is told of decisions, comments and news, once each, and who is not."""

from datetime import timedelta
from itertools import chain, repeat

import pytest
from flask import Flask
from sqlalchemy import literal, select

from talking_together.accounts.models import Member, MemberGroup
from talking_together.challenges.models import Challenge, ChallengeNews
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaCoAuthor, IdeaDecision
from talking_together.ideas.queries import seen_by, seen_by_member
from talking_together.ideas.statuses import STATUSES
from talking_together.notifications.models import Notification
from talking_together.notifications.services import notify
from talking_together.telling import fan_out
from talking_together.telling.facts import tell_settled, who_hears
from talking_together.telling.models import Telling
from tests.factories import (
    make_challenge,
    make_comment,
    make_group,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    make_vote,
    viewer_of,
)
from tests.factories.decisions import make_decision, make_news
from tests.factories.follows import make_follow
from tests.factories.rows import saved
from tests.support.parallel import run_together

AGO = timedelta(minutes=5)


def told() -> list[tuple[int, str]]:
    """Return who was told what, by member."""
    db.session.rollback()
    rows = db.session.execute(
        select(Notification.member_id, Notification.kind).order_by(Notification.member_id, Notification.id)
    )
    return [tuple(row) for row in rows]


def test_everybody_concerned_hears_once_of_the_closest_concern(app: Flask) -> None:
    author, co_author, follower, commenter, voter, stranger = (make_member() for _ in range(6))
    idea = make_idea(author=author)
    saved(IdeaCoAuthor(idea_id=idea.id, member_id=co_author.id, state="accepted", asked_at=clock.now()))
    for member in (author, co_author, follower):
        make_follow(member, idea)
    for member in (co_author, follower, commenter):
        make_comment(idea, member, told_at=clock.now())
    for member in (co_author, follower, commenter, voter):
        make_vote(idea, member, -1)
    make_vote(make_idea(), stranger)
    decision = make_decision(idea, response="We **start** in May.")
    tell_settled()
    assert told() == [
        (author.id, "status of your idea"),
        (co_author.id, "status of your idea"),
        (follower.id, "status of an idea you follow"),
        (commenter.id, "status of an idea you commented on"),
        (voter.id, "status of an idea you voted on"),
    ]
    rows = db.session.scalars(select(Notification)).all()
    assert {(row.idea_id, row.decision_id, row.email_state) for row in rows} == {
        (idea.id, decision.id, "due")
    }
    tell_settled()
    assert len(told()) == 5


def test_who_decided_is_not_told_of_it(app: Flask) -> None:
    moderator = make_moderator()
    idea = make_idea()
    make_vote(idea, moderator)
    make_decision(idea, by=moderator)
    tell_settled()
    assert moderator.id not in dict(told())


@pytest.mark.parametrize("state", ["invited", "declined"])
def test_who_only_was_asked_to_be_a_co_author_is_not_concerned(app: Flask, state: str) -> None:
    asked, idea = make_member(), make_idea()
    saved(IdeaCoAuthor(idea_id=idea.id, member_id=asked.id, state=state, asked_at=clock.now()))
    make_decision(idea)
    tell_settled()
    assert asked.id not in dict(told())


def test_who_left_or_may_not_see_the_challenge_now_is_not_told(app: Flask) -> None:
    ours, theirs, group = make_organisation(), make_organisation(), make_group()
    challenge = make_challenge(organisations=[ours], groups=[group])
    idea = make_idea(challenge, make_member(ours))
    inside, moved, left = make_member(ours), make_member(theirs), make_member(ours, is_active=False)
    in_group, out_of_group = make_member(theirs, groups=[group]), make_member(theirs, groups=[group])
    moderator = make_moderator(theirs)
    for member in (inside, moved, left, in_group, out_of_group, moderator):
        make_vote(idea, member)
    db.session.delete(db.session.get(MemberGroup, (out_of_group.id, group.id)))
    db.session.commit()
    make_decision(idea)
    tell_settled()
    assert set(dict(told())) == {idea.author_id, inside.id, in_group.id, moderator.id}


def test_a_challenge_that_was_taken_back_is_told_of_to_nobody_but_moderators(app: Flask) -> None:
    idea = make_idea(make_challenge(is_published=False))
    make_vote(idea, make_member())
    make_decision(idea)
    make_follow(make_member(), idea)
    tell_settled()
    assert told() == []


def test_hidden_is_told_to_the_authors_alone_though_moderators_could_see_it(app: Flask) -> None:
    author, co_author = make_member(), make_member()
    idea = make_idea(author=author)
    saved(IdeaCoAuthor(idea_id=idea.id, member_id=co_author.id, state="accepted", asked_at=clock.now()))
    make_vote(idea, make_member())
    make_follow(make_moderator(), idea)
    make_decision(idea, "hidden", response="It names a colleague.")
    tell_settled()
    assert author.id in dict(told())
    assert set(dict(told())) <= {author.id, co_author.id}


def test_an_idea_hidden_before_its_answer_was_told_is_told_to_no_voter(app: Flask) -> None:
    idea, voter = make_idea(), make_member()
    make_vote(idea, voter)
    make_decision(idea)
    make_decision(idea, "hidden", response="It names a colleague.")
    tell_settled()
    assert [kind for member_id, kind in told() if member_id == idea.author_id] == ["status of your idea"] * 2
    assert voter.id not in dict(told())


HEARD = {
    **{("new", to): "all" for to in ("under review", "shortlisted", "planned", "done", "not now")},
    ("planned", "in progress"): "all",
    ("not now", "under review"): "all",
    ("hidden", "new"): "authors",
    ("new", "hidden"): "authors",
    ("done", "hidden"): "authors",
    ("waiting for approval", "new"): "nobody",
    ("waiting for approval", "draft"): "nobody",
    ("draft", "new"): "nobody",
    ("new", "withdrawn"): "nobody",
    ("withdrawn", "new"): "nobody",
    ("planned", "merged"): "others",
    ("merged", "planned"): "nobody",
}


@pytest.mark.parametrize("change", HEARD)
def test_who_hears_of_a_change_is_a_table(change: tuple[str, str]) -> None:
    assert who_hears(*change) == HEARD[change]


@pytest.mark.parametrize("to", STATUSES)
def test_nobody_hears_of_an_approval_or_an_unmerging_as_a_decision(to: str) -> None:
    assert {who_hears(was, to) for was in ("merged", "waiting for approval", "draft")} == {"nobody"}


def test_a_decision_is_told_once_it_has_stood_and_never_when_undone(app: Flask) -> None:
    fresh = make_decision(make_idea(), at=clock.now() - timedelta(seconds=100))
    make_decision(make_idea(), undone_at=clock.now())
    tell_settled()
    assert told() == []
    with clock.held_at(clock.now() + timedelta(seconds=30)):
        tell_settled()
    assert db.session.get(IdeaDecision, fresh.id).told_at is not None
    assert len(told()) == 1


def test_who_an_earlier_release_told_is_not_told_again(app: Flask) -> None:
    idea = make_idea()
    decision = make_decision(idea)
    notify(idea.author_id, "status of your idea", fact_key=f"idea decision:{decision.id}", idea_id=idea.id)
    db.session.commit()
    tell_settled()
    assert len(told()) == 1


def test_many_are_told_in_chunks_and_a_broken_off_telling_goes_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "CHUNK", 3)
    idea = make_idea()
    voters = [make_member() for _ in range(10)]
    for voter in voters:
        make_vote(idea, voter)
    make_decision(idea)
    left = chain([False] * 3, repeat(True))
    tell_settled(stop=lambda: next(left))
    assert 0 < len(told()) < 11
    begun = db.session.scalars(select(Telling)).one()
    assert db.session.get(IdeaDecision, begun.row_id).told_at, "there is no way back from the first told"
    tell_settled()
    assert db.session.scalars(select(Telling)).all() == []
    assert sorted(dict(told())) == sorted([idea.author_id, *(voter.id for voter in voters)])


def test_parallel_workers_tell_everybody_once(app: Flask) -> None:
    ideas = [make_idea() for _ in range(4)]
    voters = [make_member() for _ in range(5)]
    for idea in ideas:
        for voter in voters:
            make_vote(idea, voter)
        make_decision(idea)
    assert run_together(app, [tell_settled] * 4) == [None] * 4
    assert len(told()) == 4 * 6
    assert len(set(db.session.scalars(select(Notification.fact_key)))) == 4 * 6


def test_followers_hear_of_a_comment_but_not_who_was_told_of_it_or_wrote_it(app: Flask) -> None:
    author, follower, writer = make_member(), make_member(), make_member()
    idea = make_idea(author=author)
    for member in (author, follower, writer):
        make_follow(member, idea)
    comment = make_comment(idea, writer, created_at=clock.now() - AGO)
    notify(
        author.id,
        "comment on your idea",
        fact_key=f"comment:{comment.id}",
        idea_id=idea.id,
        comment_id=comment.id,
    )
    db.session.commit()
    tell_settled()
    assert told() == [(author.id, "comment on your idea"), (follower.id, "comment on an idea you follow")]


def test_a_comment_that_was_removed_or_stands_on_a_hidden_idea_is_told_to_nobody(app: Flask) -> None:
    idea, hidden = make_idea(), make_idea(status="hidden")
    for thing in (idea, hidden):
        make_follow(make_member(), thing)
        make_follow(make_moderator(), thing)
    removed = make_comment(idea, created_at=clock.now() - AGO, deleted_at=clock.now())
    there = make_comment(hidden, created_at=clock.now() - AGO)
    fresh = make_comment(idea, created_at=clock.now())
    tell_settled()
    assert told() == []
    settled = {row.id: row.told_at is not None for row in db.session.scalars(select(Comment))}
    assert settled == {removed.id: True, there.id: True, fresh.id: False}


def test_comments_that_nobody_follows_are_passed_over_at_once(app: Flask) -> None:
    idea, writer = make_idea(), make_member()
    make_follow(writer, idea)
    for _ in range(3):
        make_comment(idea, writer, created_at=clock.now() - AGO)
    tell_settled()
    assert all(db.session.scalars(select(Comment.told_at)))


NEWS = {
    "dates changed": "challenge dates changed",
    "paused": "challenge paused",
    "reopened": "challenge reopened",
    "results published": "results published",
}


@pytest.mark.parametrize("kind", NEWS)
def test_news_reaches_who_follows_the_challenge_and_may_see_it(app: Flask, kind: str) -> None:
    ours = make_organisation()
    challenge = make_challenge(organisations=[ours])
    inside, outside, gone = make_member(ours), make_member(), make_member(ours, is_active=False)
    for member in (inside, outside, gone):
        make_follow(member, challenge)
    by = make_moderator(ours)
    make_follow(by, challenge)
    make_news(challenge, kind, details={"by": by.id})
    tell_settled()
    tell_settled()
    assert told() == [(inside.id, NEWS[kind])], "nor who did it"


def test_dates_that_move_several_times_are_told_once(app: Flask) -> None:
    challenge, member = make_challenge(), make_member()
    make_follow(member, challenge)
    for _ in range(3):
        make_news(challenge)
    make_news(challenge, "paused")
    tell_settled()
    assert told() == [(member.id, "challenge dates changed"), (member.id, "challenge paused")]
    assert all(db.session.scalars(select(ChallengeNews.told_at)))


def test_an_id_within_a_condition_is_the_members_own(app: Flask) -> None:
    """Of two voters of which one may see the challenge, exactly that one is told."""
    ours, theirs = make_organisation(), make_organisation()
    idea = make_idea(make_challenge(organisations=[ours]), make_member(ours))
    first: Member = make_member(theirs)
    second: Member = make_member(ours)
    for voter in (first, second):
        make_vote(idea, voter)
    make_decision(idea)
    tell_settled()
    assert second.id in dict(told())
    assert first.id not in dict(told())


def test_what_exists_for_many_members_is_what_exists_for_each(app: Flask) -> None:
    """The condition about many members agrees with the one that pages are read with, for everybody."""
    ours, theirs, group = make_organisation(), make_organisation(), make_group()
    members = [
        make_member(ours),
        make_member(theirs),
        make_member(theirs, groups=[group]),
        make_moderator(theirs),
        make_moderator(theirs, role="admin"),
    ]
    asked = make_member(theirs)
    audiences = ({}, {"organisations": [ours]}, {"groups": [group]}, {"is_published": False})
    challenges = [make_challenge(**audience) for audience in audiences]
    challenges.append(make_challenge("scheduled"))
    for challenge in challenges:
        for status in STATUSES:
            idea = make_idea(challenge, members[0], status=status)
            for state, member in (("accepted", members[1]), ("invited", asked)):
                saved(IdeaCoAuthor(idea_id=idea.id, member_id=member.id, state=state, asked_at=clock.now()))
    ideas = select(Idea.id).join(Challenge, Challenge.id == Idea.challenge_id)
    many = (
        select(Member.id, Idea.id)
        .select_from(Idea)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .join(Member, literal(True))
        .where(seen_by_member(clock.now()))
    )
    found = {tuple(row) for row in db.session.execute(many)}
    for member in [*members, asked]:
        own = set(db.session.scalars(ideas.where(seen_by(viewer_of(member)))))
        assert {idea_id for member_id, idea_id in found if member_id == member.id} == own
