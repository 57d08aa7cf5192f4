"""The bell and the page agree on what can no longer be seen."""

import pytest
from flask import Flask

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.notifications.services import notify
from talking_together.telling import unseen
from talking_together.telling.unseen import mark_unseen_read
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    viewer_of,
)
from tests.factories.rewards import make_reward
from tests.support.client import Client
from tests.support.plans import plans_of


def unread(member: Member) -> int:
    return viewer_of(member).unread_count


def test_what_a_member_sees_no_more_is_counted_no_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unseen, "MEMBERS", 1)
    ours = make_organisation()
    author, reader, outsider, moderator = (
        make_member(ours),
        make_member(ours),
        make_member(),
        make_moderator(),
    )
    challenge = make_challenge("open", organisations=[ours])
    hidden = make_idea(challenge, author, status="hidden")
    idea = make_idea(challenge, author)
    gone = make_comment(idea, deleted_at=clock.now())
    reward = make_reward()
    facts = {
        "status": {"idea_id": hidden.id},
        "removed": {"idea_id": idea.id, "comment_id": gone.id},
        "idea": {"idea_id": idea.id},
        "comment": {"idea_id": idea.id, "comment_id": make_comment(idea).id},
        "challenge": {"challenge_id": challenge.id},
        "reward": {"reward_id": reward.id},
    }
    kinds = {"removed": "reply to your comment", "comment": "reply to your comment"}
    kinds |= {"challenge": "challenge paused", "reward": "draw won"}
    for member in (author, reader, outsider, moderator):
        for name, about in facts.items():
            kind = kinds.get(name, "status of an idea you follow")
            notify(member.id, kind, fact_key=f"{name}:{member.id}", **about)
    db.session.commit()
    assert {unread(member) for member in (author, reader, outsider, moderator)} == {6}
    mark_unseen_read()
    mark_unseen_read()
    # The hidden idea is still there for its author and for moderators.
    expected = {author.id: 5, reader.id: 4, outsider.id: 1, moderator.id: 5}
    for member in (author, reader, outsider, moderator):
        assert unread(member) == expected[member.id]
        shown = client.sign_in(member).get("/notifications").query("main li.card p:first-child")
        assert sum(item.text.startswith("New ") for item in shown) == expected[member.id]


def test_the_sweep_reads_by_the_index_of_what_is_unread(app: Flask) -> None:
    notify(make_member().id, "challenge paused", fact_key="1", challenge_id=make_challenge().id)
    db.session.commit()
    first = plans_of(mark_unseen_read, as_if_large=True)[0]
    assert "ix_notifications_unread" in first
