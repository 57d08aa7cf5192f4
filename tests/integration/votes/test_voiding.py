"""Setting votes aside and bringing them back: rows, counts, ranks and points, to the last digit."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict
from talking_together.devtools.verify import differences as drift
from talking_together.extensions import db
from talking_together.ideas.models import IdeaCoAuthor
from talking_together.one_minute.queries import next_idea
from talking_together.points.models import PointEntry
from talking_together.votes.models import IdeaVote, VoidedVote
from talking_together.votes.services import cast_vote
from tests.factories import make_challenge, make_idea, make_member, viewer_of
from tests.factories.rows import saved
from tests.support.client import Client
from tests.support.merging import comment as talk
from tests.support.merging import merge, undo, vote, votes_on
from tests.support.parallel import run_together
from tests.support.snapshots import differences
from tests.support.voiding import all_but_the_ledger, bring_back, void, votes_of


def points_of(*members: Member) -> list[int]:
    db.session.expire_all()
    return [member.points for member in members]


def test_what_is_set_aside_and_brought_back_is_as_it_was_to_the_last_digit(
    app: Flask, hold_clock: Callable[..., None]
) -> None:
    start = clock.now()
    open_one, hidden = make_challenge(), make_challenge(counts_shown="once closed")
    author, beside, honest, voter, other = (make_member() for _ in range(5))
    ideas = [make_idea(challenge, author=author) for challenge in (open_one, open_one, hidden)]
    saved(
        IdeaCoAuthor(
            idea_id=ideas[0].id, member_id=beside.id, state="accepted", asked_at=start, settled_at=start
        )
    )
    ideas[0].co_authors_count = 1
    db.session.commit()
    comment = db.session.get_one(Comment, talk(author, ideas[0]))
    for turn, idea in enumerate(ideas):
        hold_clock(start + timedelta(hours=37 * turn) / 3)
        vote(honest, idea, 1)
        vote(voter, idea, 1 if turn != 1 else -1)
        vote(other, idea, 1)
    in_transaction(lambda: cast_vote(viewer_of(voter), kind="comments", id=comment.id, value=1))
    # One that went up and down again has a reversal of its own behind it, which stays as it is.
    vote(voter, ideas[2], -1)
    vote(voter, ideas[2], 1)
    before, earned = all_but_the_ledger(), points_of(author, beside, voter)
    hold_clock(start + timedelta(days=9))
    done = void(votes_of(voter.id, other.id))
    assert (done.votes, done.voters) == (7, {voter.id, other.id})
    assert sum(done.changes.values()) == sum(points_of(author, beside, voter, other)) - sum(earned) - 3
    assert points_of(voter, other) == [0, 0]
    assert [(idea.up_count, idea.down_count, idea.votes_count) for idea in ideas] == [(1, 0, 1)] * 3
    assert (comment.up_count, list(drift())) == (0, [])
    assert bring_back().back == 7
    assert differences(before, all_but_the_ledger()) == []
    assert (list(drift()), bring_back().back) == ([], 0)
    # Withdrawing what came back takes back what it earned, once.
    vote(voter, ideas[0], 0)
    assert list(drift()) == []
    assert points_of(author)[0] == earned[0] - 1


def test_a_vote_set_aside_cannot_be_cast_anew_where_its_idea_went_either(app: Flask, client: Client) -> None:
    challenge = make_challenge()
    gone, kept, last = (make_idea(challenge) for _ in range(3))
    voter = make_member()
    vote(voter, gone, 1)
    void(votes_of(voter.id))
    client.sign_in(voter)
    page = client.post(f"/ideas/{gone.id}/vote", {"value": "-1"}, status=409)
    assert "A moderator set your vote on this aside" in page.text
    client.post(f"/ideas/{gone.id}/vote", {"value": "0"})
    (made,) = merge(kept, gone)
    merge(last, kept)
    with pytest.raises(Conflict):
        vote(voter, last, 1)
    assert (bring_back().merged, votes_on(last)) == (1, {})
    db.session.commit()
    other = make_idea(challenge)
    vote(voter, other, 1)
    assert votes_on(other) == {voter.id: 1}
    assert made.merged_id == gone.id


def test_a_merge_that_is_undone_does_not_bring_back_what_was_set_aside(app: Flask) -> None:
    challenge = make_challenge()
    kept, gone = make_idea(challenge), make_idea(challenge)
    voter, other = make_member(), make_member()
    for person in (voter, other):
        vote(person, gone, 1)
    before = all_but_the_ledger()
    (made,) = merge(kept, gone)
    assert void(votes_of(voter.id)).votes == 1
    undo(made.id)
    assert (votes_on(gone), votes_on(kept)) == ({other.id: 1}, {})
    assert list(drift()) == []
    assert bring_back().back == 1
    assert differences(before, all_but_the_ledger()) == []


def test_what_its_member_has_come_to_write_or_voted_on_by_a_merge_does_not_come_back(app: Flask) -> None:
    challenge = make_challenge()
    kept, gone, third = (make_idea(challenge) for _ in range(3))
    voter = make_member()
    for idea in (kept, gone, third):
        vote(voter, idea, 1)
    void(votes_of(voter.id, on=[kept, third]))
    merge(kept, gone)
    now = clock.now()
    saved(IdeaCoAuthor(idea_id=third.id, member_id=voter.id, state="accepted", asked_at=now, settled_at=now))
    third.co_authors_count = 1
    db.session.commit()
    done = bring_back()
    assert (done.back, done.merged, done.gone) == (0, 0, 2)
    assert (votes_on(kept), votes_on(third), points_of(voter)) == ({voter.id: 1}, {}, [1])
    assert list(drift()) == []


def test_votes_cast_while_others_are_set_aside_and_brought_back_leave_no_drift(app: Flask) -> None:
    challenge, authors = make_challenge(), [make_member() for _ in range(3)]
    ideas = [make_idea(challenge, author=author) for author in authors]
    for author in authors:
        for idea in ideas:
            if idea.author_id != author.id:
                vote(author, idea, 1)
    people = [make_member() for _ in range(4)]
    named, ids = votes_of(*(author.id for author in authors)), [idea.id for idea in ideas]

    def voting(person: Member) -> Callable[[], None]:
        seen = viewer_of(person)

        def cast() -> None:
            for turn in range(6):
                where, value = ids[(turn + seen.id) % 3], (1, -1, 0)[turn % 3]
                in_transaction(partial(cast_vote, seen, kind="ideas", id=where, value=value))

        return cast

    def moderating(sign_id: int) -> Callable[[], None]:
        def turn() -> None:
            for _ in range(3):
                void(named, sign_id=sign_id)
                bring_back(sign_id=sign_id)

        return turn

    results = run_together(app, [*map(voting, people), moderating(1), moderating(2)])
    assert [result for result in results if result is not None] == []
    assert list(drift()) == []
    standing = select(func.count()).select_from(VoidedVote).where(VoidedVote.restored_at.is_(None))
    assert db.session.scalar(standing) == 0
    assert {(vote.kind, vote.thing_id, vote.member_id) for vote in named} == {
        (vote.kind, vote.thing_id, vote.member_id) for vote in votes_of(*(author.id for author in authors))
    }
    mine = select(func.sum(PointEntry.points)).where(
        PointEntry.event == "vote cast", PointEntry.member_id == authors[0].id
    )
    assert db.session.scalar(mine) == db.session.scalar(
        select(func.count()).where(IdeaVote.member_id == authors[0].id)
    )


def test_one_minute_offers_no_idea_on_which_the_vote_was_set_aside(app: Flask) -> None:
    challenge, voter = make_challenge(), make_member()
    idea = make_idea(challenge)
    vote(voter, idea, 1)
    void(votes_of(voter.id))
    assert next_idea(viewer_of(voter), challenge.id, at=clock.now()) is None
    assert next_idea(viewer_of(make_member()), challenge.id, at=clock.now()) == idea.id
