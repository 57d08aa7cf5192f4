"""Loading the demo."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.stages import stage_of
from talking_together.core import clock
from talking_together.devtools import large_load
from talking_together.devtools.demo_content.challenges import CHALLENGES
from talking_together.devtools.demo_content.ideas import IDEAS
from talking_together.devtools.demo_content.people import PEOPLE
from talking_together.devtools.loading import HoldsOthers, load
from talking_together.devtools.verify import differences
from talking_together.extensions import db
from talking_together.fairness.sweeps import signs_found
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.invitations.models import Phase
from talking_together.invitations.phases.sweeps import feed_phases
from talking_together.mail.models import OutboxMessage
from talking_together.merging.models import MergeCredit
from talking_together.notifications.models import Notification
from talking_together.results.models import ChallengeResults
from tests.factories.members import make_member

SMALL = large_load.Size(ideas=20, comments=100, idea_votes=260, comment_votes=40)


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_demo_is_as_its_words_tell_and_loads_once(app: Flask) -> None:
    (said,) = load("small")
    assert said.startswith(f"Demo loaded: {len(PEOPLE)} members, {len(IDEAS)} ideas")
    stages = {row.title: stage_of(row, clock.now()) for row in db.session.scalars(select(Challenge))}
    assert stages == {challenge.question: challenge.stage for challenge in CHALLENGES}
    wanted = {idea.title: idea.status for idea in IDEAS}
    assert dict(db.session.execute(select(Idea.title, Idea.status)).all()) == wanted
    assert [(sign.kind, len(sign.voters)) for sign in signs_found()] == [("burst of votes", 1)]
    assert _count(IdeaCoAuthor) - _count(MergeCredit) == 1
    mentions = select(func.count()).where(Notification.kind == "mention")
    assert db.session.scalar(mentions) == 1
    assert list(differences()) == []
    before = _count(Member), _count(Idea), _count(OutboxMessage)
    assert list(load("small")) == ["The demo is already loaded."]
    assert (_count(Member), _count(Idea), _count(OutboxMessage)) == before
    # A phase stays half way while the worker feeds.
    feed_phases()
    assert sorted(db.session.scalars(select(Phase.state))) == ["draft", "scheduled", "sending", "sent"]
    soon = clock.now() + timedelta(minutes=1)
    due = select(func.count()).where(OutboxMessage.state == "queued", OutboxMessage.due_at <= soon)
    assert db.session.scalar(due) == 0


def test_it_refuses_a_database_with_other_members(app: Flask) -> None:
    make_member()
    with pytest.raises(HoldsOthers):
        list(load("small"))
    assert _count(Member) == 1


def test_the_large_load_keeps_its_counts_as_the_services_would(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_load, "LARGE", SMALL)
    monkeypatch.setattr(large_load, "SMALLER", SMALL)
    monkeypatch.setattr(large_load, "FINISHED", SMALL)
    monkeypatch.setattr(large_load, "MEMBERS", 60)
    assert large_load.find_large_load() is None
    list(load("large"))
    found = large_load.find_large_load()
    assert found
    # One more serves at a sponsor's desk.
    assert _count(Member) == len(PEOPLE) + 1 + 60
    assert list(differences()) == []
    over = db.session.scalars(select(Challenge).where(Challenge.title == large_load.FINISHED_QUESTION)).one()
    results = db.session.get(ChallengeResults, over.id)
    assert results
    assert (results.announced_at is not None, over.answered_count) == (True, 15)
    merged = select(func.count()).where(Idea.challenge_id == over.id, Idea.merged_into_id.is_not(None))
    assert db.session.scalar(merged) == 1
    # The database's own ids go on after those that were brought along.
    assert make_member().id > len(PEOPLE) + 60
