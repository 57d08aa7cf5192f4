"""Undoing a merge: the exact state before, but for what people did since; chains, and any order."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.comments.models import Comment
from talking_together.comments.services import delete_comment
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict
from talking_together.devtools.verify import differences as drift
from talking_together.extensions import db
from talking_together.following.services import unfollow_idea
from talking_together.ideas.decisions import change_status
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.services import withdraw_idea
from talking_together.votes.models import IdeaVote
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


def three() -> tuple[Idea, Idea, Idea]:
    challenge = make_challenge()
    return make_idea(challenge), make_idea(challenge), make_idea(challenge)


def talked_about(*ideas: Idea) -> list[Member]:
    """Let six people vote, comment on and follow the ideas, each in another way."""
    people = [make_member() for _ in range(6)]
    for place, person in enumerate(people):
        for number, idea in enumerate(ideas):
            value = (1, -1, 0)[(place + number * place) % 3]
            if value:
                vote(person, idea, value)
            if (place + number) % 2:
                follow(person, idea)
                comment(person, idea)
    return people


def test_undoing_restores_every_row_to_the_last_digit(app: Flask, hold_clock: Callable[..., None]) -> None:
    start = clock.now()
    kept, gone, _ = three()
    for hours in range(5):
        # Terms that differ by much, added in an order that a recount would not find again.
        hold_clock(start + timedelta(hours=37 * hours) / 3)
        talked_about(kept, gone)
    gone.answer_due_at, gone.answer_owner_id = clock.now(), make_moderator().id
    db.session.commit()
    before = snapshot()
    (made,) = merge(kept, gone)
    assert differences(before, snapshot())
    hold_clock(start + timedelta(days=9))
    undo(made.id)
    assert differences(before, snapshot()) == []
    assert list(drift()) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_merges_into_one_are_undone_in_any_order(app: Flask, order: tuple[int, int]) -> None:
    kept, one, other = three()
    people = talked_about(kept, one, other)
    # An author of one idea has voted on the others, and both ideas are by the same person.
    other.author_id = one.author_id
    db.session.commit()
    vote(db.session.get_one(Member, kept.author_id), one, 1)
    vote(db.session.get_one(Member, one.author_id), kept, 1)
    before = snapshot()
    made = [*merge(kept, one), *merge(kept, other)]
    assert credited_on(kept) == {one.author_id}
    first, second = (made[place] for place in order)
    undo(first.id)
    assert list(drift()) == []
    # What stands now is what stands if only the other had been merged.
    alone = snapshot()
    undo(second.id)
    assert differences(before, snapshot()) == []
    merge(kept, db.session.get_one(Idea, second.merged_id))
    names = {"up_count", "down_count", "comments_count", "co_authors_count"}
    again = [one for one in differences(alone, snapshot()) if one.column in names or one.column == ""]
    assert again == []
    assert people


def test_a_chain_is_undone_from_its_end(app: Flask) -> None:
    first, second, third = three()
    talked_about(first, second, third)
    before = snapshot()
    (one,) = merge(second, first)
    (two,) = merge(third, second)
    assert credited_on(third) == {first.author_id, second.author_id}
    assert votes_on(second) == {}
    with pytest.raises(Conflict, match="merged since"):
        undo(one.id)
    undo(two.id)
    assert list(drift()) == []
    undo(one.id)
    assert differences(before, snapshot()) == []


def test_a_merge_is_undone_once(app: Flask) -> None:
    kept, gone, _ = three()
    (made,) = merge(kept, gone)
    undo(made.id)
    with pytest.raises(Conflict, match="undone already"):
        undo(made.id)
    # Merged anew, it is another merge.
    (again,) = merge(kept, gone)
    assert again.id != made.id
    undo(again.id)


def test_nothing_is_undone_in_the_archive(app: Flask) -> None:
    kept, gone, _ = three()
    (made,) = merge(kept, gone)
    challenge = db.session.get_one(Challenge, kept.challenge_id)
    challenge.archived_at = clock.now()
    db.session.commit()
    with pytest.raises(Conflict, match="archive"):
        undo(made.id)
    challenge.archived_at = None
    db.session.commit()
    undo(made.id)


@pytest.mark.parametrize("before", [1, -1])
@pytest.mark.parametrize("since", [1, -1, 0])
def test_a_moved_vote_goes_back_and_what_its_owner_made_of_it_stays(
    app: Flask, before: int, since: int
) -> None:
    kept, gone, _ = three()
    voter = make_member()
    vote(voter, gone, before)
    (made,) = merge(kept, gone)
    vote(voter, kept, since)
    undo(made.id)
    assert votes_on(gone) == {voter.id: before}
    # Pressing what stands already changes nothing, so it is untouched.
    stays = {} if since in (before, 0) else {voter.id: since}
    assert votes_on(kept) == stays
    assert set(db.session.scalars(select(IdeaVote.moved_from))) == {""}
    assert list(drift()) == []


@pytest.mark.parametrize("since", [1, -1, 0])
def test_who_voted_on_both_gets_both_back(app: Flask, since: int) -> None:
    kept, gone, _ = three()
    voter = make_member()
    vote(voter, gone, 1)
    vote(voter, kept, -1)
    (made,) = merge(kept, gone)
    vote(voter, kept, since)
    undo(made.id)
    assert votes_on(gone) == {voter.id: 1}
    assert votes_on(kept) == ({voter.id: since} if since else {})
    assert list(drift()) == []


def test_replies_go_with_their_conversation_and_new_talk_stays(app: Flask) -> None:
    kept, gone, _ = three()
    root = comment(make_member(), gone)
    (made,) = merge(kept, gone)
    reply = comment(make_member(), kept, root)
    deep = comment(make_member(), kept, reply)
    new = comment(make_member(), kept)
    author = db.session.get_one(Member, db.session.get_one(Comment, root).author_id)
    in_transaction(lambda: delete_comment(viewer_of(author), comment_id=root))
    undo(made.id)
    places = dict(db.session.execute(select(Comment.id, Comment.idea_id)).all())
    assert places == {root: gone.id, reply: gone.id, deep: gone.id, new: kept.id}
    assert (gone.comments_count, kept.comments_count) == (2, 1)
    assert list(drift()) == []


def test_follows_go_back_and_what_people_did_since_stays(app: Flask) -> None:
    kept, gone, _ = three()
    stays, ends, both, begins = (make_member() for _ in range(4))
    for person in (stays, ends, both):
        follow(person, gone)
    follow(both, kept)
    (made,) = merge(kept, gone)
    assert {stays.id, ends.id, both.id} <= followers_of(kept)
    in_transaction(lambda: unfollow_idea(ends.id, idea_id=kept.id))
    follow(begins, kept)
    undo(made.id)
    assert followers_of(gone) == {stays.id, ends.id, both.id}
    assert followers_of(kept) == {both.id, begins.id}


@pytest.mark.parametrize("state", ["invited", "declined", "accepted"])
def test_who_stood_beside_the_kept_idea_stands_there_as_before(app: Flask, state: str) -> None:
    kept, gone, _ = three()
    at = clock.now()
    saved(IdeaCoAuthor(idea_id=kept.id, member_id=gone.author_id, state=state, asked_at=at, settled_at=None))
    kept.co_authors_count = int(state == "accepted")
    db.session.commit()
    before = snapshot()
    (made,) = merge(kept, gone)
    assert kept.co_authors_count == 1
    assert list(drift()) == []
    undo(made.id)
    assert differences(before, snapshot()) == []


def test_co_authors_of_the_merged_idea_are_credited_and_those_only_asked_are_not(app: Flask) -> None:
    kept, gone, _ = three()
    accepted, asked = make_member(), make_member()
    for member, state in ((accepted, "accepted"), (asked, "invited")):
        saved(IdeaCoAuthor(idea_id=gone.id, member_id=member.id, state=state, asked_at=clock.now()))
    gone.co_authors_count = 1
    db.session.commit()
    (made,) = merge(kept, gone)
    assert credited_on(kept) == {gone.author_id, accepted.id}
    undo(made.id)
    assert credited_on(kept) == set()
    assert list(drift()) == []


def test_an_idea_without_an_author_credits_nobody(app: Flask) -> None:
    kept, gone, _ = three()
    gone.author_id = None
    db.session.commit()
    before = snapshot()
    (made,) = merge(kept, gone)
    assert credited_on(kept) == set()
    undo(made.id)
    assert differences(before, snapshot()) == []


def test_a_merge_is_undone_after_the_author_of_both_withdrew_the_kept_idea(app: Flask) -> None:
    kept, gone, _ = three()
    gone.author_id = kept.author_id
    db.session.commit()
    talked_about(kept, gone)
    (made,) = merge(kept, gone)
    author = viewer_of(db.session.get_one(Member, kept.author_id))
    in_transaction(lambda: withdraw_idea(author, idea_id=kept.id))
    undo(made.id)
    assert (kept.status, gone.status, gone.listed) == ("withdrawn", "new", True)
    assert list(drift()) == []


def test_a_status_given_since_stays_with_the_kept_idea(app: Flask) -> None:
    kept, gone, _ = three()
    moderator = viewer_of(make_moderator())
    in_transaction(lambda: change_status(moderator, idea_id=gone.id, status="planned", response="In spring"))
    (made,) = merge(kept, gone)
    assert list(drift()) == []
    in_transaction(lambda: change_status(moderator, idea_id=kept.id, status="done", response="It is there"))
    undo(made.id)
    assert (kept.status, gone.status) == ("done", "planned")
    assert list(drift()) == []
