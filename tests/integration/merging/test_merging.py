"""Merging two ideas: what moves, what is set aside, who is credited and told, and what is refused."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from talking_together.devtools.verify import differences as drift
from talking_together.extensions import db
from talking_together.ideas import co_authors
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.queries import decisions_on
from talking_together.ideas.statuses import LISTED, STATUSES
from talking_together.merging.models import Merge
from talking_together.merging.services import merge_ideas, undo_merge
from talking_together.notifications.models import Notification
from tests.factories import make_challenge, make_idea, make_member, make_moderator, viewer_of
from tests.factories.rows import saved
from tests.support.merging import (
    comment,
    credited_on,
    follow,
    followers_of,
    merge,
    undo,
    vote,
    votes_on,
)
from tests.support.snapshots import differences, snapshot


def pair() -> tuple[Idea, Idea]:
    challenge = make_challenge()
    return make_idea(challenge), make_idea(challenge)


def point(idea: Idea) -> Member:
    return db.session.get_one(Member, idea.author_id)


def test_votes_comments_and_followers_move(app: Flask) -> None:
    kept, gone = pair()
    one, other, both = make_member(), make_member(), make_member()
    vote(one, kept, 1)
    vote(other, gone, -1)
    vote(both, kept, 1)
    vote(both, gone, -1)
    first = comment(other, gone)
    reply = comment(one, gone, first)
    comment(one, kept)
    follow(other, gone)
    follow(both, gone)
    follow(both, kept)

    (made,) = merge(kept, gone)

    assert votes_on(kept) == {one.id: 1, other.id: -1, both.id: 1}
    assert votes_on(gone) == {}
    assert (kept.up_count, kept.down_count, kept.comments_count) == (2, 1, 3)
    assert (gone.up_count, gone.down_count, gone.comments_count) == (0, 0, 0)
    assert set(db.session.scalars(select(Comment.idea_id).where(Comment.id.in_([first, reply])))) == {kept.id}
    assert followers_of(kept) >= {other.id, both.id}
    assert followers_of(gone) == set()
    assert (gone.status, gone.listed, gone.merged_into_id) == ("merged", False, kept.id)
    assert kept.status == "new"
    row = db.session.get_one(Merge, made.id)
    assert (row.votes_moved, row.votes_on_both, row.votes_differing) == (1, 1, 1)
    assert (row.comments_moved, row.followers_moved) == (2, 1)
    assert list(drift()) == []


def test_both_authors_are_credited_and_told_once(app: Flask) -> None:
    kept, gone = pair()
    moderator = make_moderator()
    (made,) = merge(kept, gone, moderator=moderator)
    assert credited_on(kept) == {gone.author_id}
    assert kept.co_authors_count == 1
    told = db.session.execute(select(Notification.member_id, Notification.kind, Notification.idea_id)).all()
    assert sorted(told) == sorted(
        (author, "idea merged", kept.id) for author in (kept.author_id, gone.author_id)
    )
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ideas merged")).one()
    assert (entry.actor_id, entry.subject_id, entry.reason) == (moderator.id, gone.id, "They say the same")
    (decision,) = decisions_on(gone.id)
    assert decision.to_status == "merged"
    assert f'href="/ideas/{kept.id}"' in decision.response_html
    undo(made.id)
    kinds = db.session.execute(select(Notification.kind, func.count()).group_by(Notification.kind)).all()
    assert dict(kinds) == {"idea merged": 2, "merge undone": 2}
    assert decisions_on(gone.id) == []


def test_who_wrote_either_idea_has_no_vote_on_the_kept_one(app: Flask) -> None:
    kept, gone = pair()
    vote(point(gone), kept, 1)
    vote(point(kept), gone, -1)
    before = snapshot()
    (made,) = merge(kept, gone)
    assert votes_on(kept) == {}
    with pytest.raises((NotAllowed, Conflict)):
        vote(point(gone), kept, 1)
    undo(made.id)
    assert differences(before, snapshot()) == []
    assert votes_on(kept) == {gone.author_id: 1}
    assert votes_on(gone) == {kept.author_id: -1}


def test_who_wrote_the_merged_idea_cannot_leave_the_kept_one_to_vote_on_it(app: Flask) -> None:
    kept, gone = pair()
    writer = point(gone)
    saved(IdeaCoAuthor(idea_id=kept.id, member_id=writer.id, state="accepted", asked_at=clock.now()))
    (made,) = merge(kept, gone)
    with pytest.raises(Conflict, match="stays credited"):
        co_authors.leave(viewer_of(writer), idea_id=kept.id)
    with pytest.raises(Conflict, match="stays credited"):
        co_authors.remove_co_author(viewer_of(point(kept)), idea_id=kept.id, member_id=writer.id)
    undo(made.id)
    co_authors.leave(viewer_of(writer), idea_id=kept.id)


def test_nobody_is_signed_up_to_follow(app: Flask) -> None:
    kept, gone = pair()
    voter = make_member()
    vote(voter, gone, 1)
    comment(voter, gone)
    before = followers_of(gone) | followers_of(kept)
    merge(kept, gone)
    assert followers_of(kept) == before


REFUSED = {
    "itself": "An idea cannot be merged into itself",
    "twice": "already",
    "a circle": "Undo that first",
    "another challenge": "different challenges",
    "elsewhere already": "merged into another idea",
    "into one that was merged": "merged into another idea",
}


def refused_pair(case: str) -> tuple[Idea, Idea]:
    kept, gone = pair()
    challenge = db.session.get_one(type(kept), kept.id).challenge_id
    if case == "itself":
        return kept, kept
    if case == "another challenge":
        return kept, make_idea()
    third = make_idea(challenge_id=challenge)
    if case in ("twice", "a circle"):
        merge(kept, gone)
        return (kept, gone) if case == "twice" else (gone, kept)
    merge(third, gone)
    return (kept, gone) if case == "elsewhere already" else (gone, kept)


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused_in_words(app: Flask, case: str) -> None:
    kept, gone = refused_pair(case)
    before = snapshot()
    with pytest.raises(Conflict, match=REFUSED[case]):
        merge(kept, gone)
    assert differences(before, snapshot()) == []


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("which", ["kept", "gone"])
def test_only_ideas_that_stand_in_lists_are_merged(app: Flask, status: str, which: str) -> None:
    challenge, moderator = make_challenge(), make_moderator()
    # Their own, since a draft of somebody else's does not exist for a moderator.
    odd = make_idea(challenge, moderator, status=status)
    other = make_idea(challenge)
    kept, gone = (odd, other) if which == "kept" else (other, odd)
    if status in LISTED:
        (made,) = merge(kept, gone, moderator=moderator)
        was = gone.status
        assert was == "merged"
        undo(made.id, moderator)
        assert gone.status == (status if which == "gone" else "new")
    else:
        with pytest.raises(Conflict):
            merge(kept, gone, moderator=moderator)


@pytest.mark.parametrize(
    ("stage", "allowed"),
    [
        ("draft", False),
        ("scheduled", False),
        ("open", True),
        ("voting only", True),
        ("in review", True),
        ("answered", True),
        ("archived", False),
    ],
)
def test_stages(app: Flask, stage: str, allowed: bool) -> None:
    challenge = make_challenge(stage)
    kept, gone = make_idea(challenge), make_idea(challenge)
    if allowed:
        merge(kept, gone)
        return
    with pytest.raises(Conflict):
        merge(kept, gone)


def test_only_moderators_merge_and_undo(app: Flask) -> None:
    kept, gone = pair()
    with pytest.raises(NotAllowed):
        merge(kept, gone, moderator=make_member())
    (made,) = merge(kept, gone)
    with pytest.raises(NotAllowed):
        undo(made.id, make_member())


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_reason_is_needed(app: Flask, reason: str) -> None:
    kept, gone = pair()
    viewer = viewer_of(make_moderator())
    with pytest.raises(InvalidInput):
        merge_ideas(viewer, survivor_id=kept.id, merged_ids=[gone.id], reason=reason)
    (made,) = merge(kept, gone)
    with pytest.raises(InvalidInput):
        undo_merge(viewer, merge_id=made.id, reason=reason)


@pytest.mark.parametrize("count", [0, 10])
def test_one_to_nine_are_merged_into_another_at_once(app: Flask, count: int) -> None:
    kept = make_idea()
    viewer = viewer_of(make_moderator())
    with pytest.raises(InvalidInput):
        merge_ideas(viewer, survivor_id=kept.id, merged_ids=range(1, count + 1), reason="Same")


def test_what_does_not_exist_is_not_found(app: Flask) -> None:
    kept, gone = pair()
    viewer = viewer_of(make_moderator())
    for survivor_id, merged_id in ((kept.id, 2**62), (2**62, gone.id)):
        with pytest.raises(NotFound):
            merge_ideas(viewer, survivor_id=survivor_id, merged_ids=[merged_id], reason="Same")
    with pytest.raises(NotFound):
        undo_merge(viewer, merge_id=2**62, reason="Same")


def test_several_are_merged_into_one_and_each_can_be_undone(app: Flask) -> None:
    challenge = make_challenge()
    kept, *gone = [make_idea(challenge) for _ in range(4)]
    people = [make_member() for _ in range(6)]
    for place, idea in enumerate((kept, *gone)):
        for person in people[place : place + 3]:
            vote(person, idea, 1)
    before = snapshot()
    made = merge(kept, *gone)
    assert [row.merged_id for row in made] == [idea.id for idea in gone]
    assert len(votes_on(kept)) == 6
    assert credited_on(kept) == {idea.author_id for idea in gone}
    told = db.session.scalars(select(Notification.member_id)).all()
    assert sorted(told) == sorted(idea.author_id for idea in (kept, *gone))
    assert list(drift()) == []
    for row in made:
        undo(row.id)
        assert list(drift()) == []
    assert differences(before, snapshot()) == []
