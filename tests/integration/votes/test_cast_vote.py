"""Casting votes: who may, on what, when, and what follows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    TalkingTogetherError,
)
from talking_together.extensions import db
from talking_together.points.models import PointEntry
from talking_together.votes import recounts
from talking_together.votes.changes import VALUES
from talking_together.votes.models import IdeaVote
from talking_together.votes.services import VoteResult, cast_vote
from tests.factories import (
    make_challenge,
    make_comment,
    make_group,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    viewer_of,
)

KINDS = ("ideas", "comments")


def make_thing(kind: str, author: Member | None = None, **values: Any) -> Any:
    return make_idea(author=author, **values) if kind == "ideas" else make_comment(author=author, **values)


def vote(member: Member, kind: str, thing: Any, value: int) -> VoteResult:
    result = in_transaction(lambda: cast_vote(viewer_of(member), kind=kind, id=thing.id, value=value))
    db.session.expire_all()
    return result


def points_of(member: Member) -> int:
    """Return the balance, having checked that it is the sum of the ledger."""
    total = db.session.scalar(
        select(func.coalesce(func.sum(PointEntry.points), 0)).where(PointEntry.member_id == member.id)
    )
    balance = db.session.scalar(select(Member.points).where(Member.id == member.id))
    assert balance == total
    return balance


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", VALUES)
@pytest.mark.parametrize("after", VALUES)
def test_every_change_of_vote_is_counted(app: Flask, kind: str, before: int, after: int) -> None:
    thing, voter = make_thing(kind), make_member()
    vote(make_member(), kind, thing, 1)
    vote(voter, kind, thing, before)

    result = vote(voter, kind, thing, after)

    assert (result.up_count, result.down_count) == (1 + (after == 1), int(after == -1))
    assert (thing.up_count, thing.down_count) == (result.up_count, result.down_count)
    assert result.my_vote == after
    # A comment of the factory is not part of its idea's rank.
    assert [label for label, *_ in recounts.drift() if "trending" not in label or kind == "ideas"] == []


# The author's thumb is worth 2 on an idea and 1 on a comment; casting is worth 1, once for ever.
@pytest.mark.parametrize(("kind", "thumb"), [("ideas", 2), ("comments", 1)])
@pytest.mark.parametrize(
    ("values", "cast", "thumbs"),
    [
        ((1,), 1, 1),
        ((-1,), 1, 0),
        ((0,), 0, 0),
        ((1, 0), 0, 0),
        ((1, -1), 1, 0),
        ((-1, 1), 1, 1),
        ((1, 0, 1), 0, 0),
        ((1, -1, 1), 1, 0),
        ((-1, 0, -1), 0, 0),
        ((1, 1, 1), 1, 1),
        ((1, 0, 1, 0), 0, 0),
    ],
)
def test_points_are_earned_once_and_taken_back(
    app: Flask, kind: str, thumb: int, values: tuple[int, ...], cast: int, thumbs: int
) -> None:
    author, voter = make_member(), make_member()
    thing = make_thing(kind, author)
    for value in values:
        vote(voter, kind, thing, value)
    assert points_of(voter) == cast
    assert points_of(author) == thumbs * thumb


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_votes_on_their_own(app: Flask, kind: str) -> None:
    author = make_member()
    thing = make_thing(kind, author)
    with pytest.raises(NotAllowed):
        vote(author, kind, thing, 1)
    assert thing.up_count == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [2, -5, 10**20])
def test_no_other_value_is_taken(app: Flask, kind: str, value: int) -> None:
    with pytest.raises(InvalidInput):
        vote(make_member(), kind, make_thing(kind), value)


@pytest.mark.parametrize(
    ("stage", "error"),
    [
        ("draft", NotFound),
        ("scheduled", NotFound),
        ("open", None),
        ("voting only", None),
        ("in review", Conflict),
        ("answered", Conflict),
        ("archived", Conflict),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_votes_are_taken_while_the_challenge_takes_them(
    app: Flask, kind: str, stage: str, error: type[TalkingTogetherError] | None
) -> None:
    idea = make_idea(make_challenge(stage))
    thing = idea if kind == "ideas" else make_comment(idea)
    if error is None:
        assert vote(make_member(), kind, thing, 1).up_count == 1
    else:
        with pytest.raises(error):
            vote(make_member(), kind, thing, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "staff", "moderator"),
    [
        ("draft", NotFound, NotFound),
        ("withdrawn", NotFound, Conflict),
        ("hidden", NotFound, Conflict),
        ("merged", Conflict, Conflict),
        ("new", None, None),
        ("done", None, None),
    ],
)
def test_votes_are_taken_on_ideas_that_stand_in_lists(
    app: Flask,
    kind: str,
    status: str,
    staff: type[TalkingTogetherError] | None,
    moderator: type[TalkingTogetherError] | None,
) -> None:
    idea = make_idea(status=status)
    thing = idea if kind == "ideas" else make_comment(idea)
    for member, error in ((make_member(), staff), (make_moderator(), moderator)):
        if error is None:
            vote(member, kind, thing, 1)
        else:
            with pytest.raises(error):
                vote(member, kind, thing, 1)


def test_a_removed_comment_takes_no_votes(app: Flask) -> None:
    comment = make_comment(deleted_at=clock.now())
    with pytest.raises(Conflict):
        vote(make_member(), "comments", comment, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_outside_the_audience_there_is_nothing_to_vote_on(app: Flask, kind: str) -> None:
    inside, group = make_organisation(), make_group()
    idea = make_idea(make_challenge(organisations=[inside], groups=[group]))
    thing = idea if kind == "ideas" else make_comment(idea)
    with pytest.raises(NotFound):
        vote(make_member(), kind, thing, 1)
    vote(make_member(inside), kind, thing, 1)
    vote(make_member(groups=[group]), kind, thing, 1)
    vote(make_moderator(), kind, thing, 1)
    assert thing.up_count == 3


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_exist_cannot_be_voted_on(app: Flask, kind: str) -> None:
    with pytest.raises(NotFound):
        cast_vote(viewer_of(make_member()), kind=kind, id=2**62, value=1)


def test_the_closing_time_is_exclusive(app: Flask, hold_clock: Callable[..., None]) -> None:
    challenge = make_challenge()
    idea, closes_at = make_idea(challenge), challenge.closes_at
    hold_clock(closes_at - timedelta(microseconds=1))
    assert vote(make_member(), "ideas", idea, 1).up_count == 1
    hold_clock(closes_at)
    with pytest.raises(Conflict):
        vote(make_member(), "ideas", idea, 1)


def test_a_thing_without_an_author_earns_nobody_a_thumb(app: Flask) -> None:
    idea, voter = make_idea(author_id=None), make_member()
    assert vote(voter, "ideas", idea, 1).earned == 1
    assert db.session.scalar(select(func.count()).select_from(PointEntry)) == 1


def test_changing_a_vote_dates_it_anew(app: Flask, hold_clock: Callable[..., None]) -> None:
    idea, voter, start = make_idea(), make_member(), clock.now()
    for hours, value in enumerate((1, -1, 1)):
        hold_clock(start + timedelta(hours=hours))
        vote(voter, "ideas", idea, value)
    assert db.session.scalar(select(IdeaVote.cast_at)) == start + timedelta(hours=2)
    assert list(recounts.drift()) == []


def insert_vote(idea: Any, voter: Member, value: int) -> None:
    db.session.execute(
        insert(IdeaVote).values(idea_id=idea.id, member_id=voter.id, value=value, cast_at=clock.now())
    )


def test_the_database_itself_refuses_a_second_vote(app: Flask) -> None:
    idea, voter = make_idea(), make_member()
    insert_vote(idea, voter, 1)
    with pytest.raises(IntegrityError):
        insert_vote(idea, voter, -1)
    db.session.rollback()


@pytest.mark.parametrize("value", [0, 2, -2])
def test_the_database_itself_refuses_another_value(app: Flask, value: int) -> None:
    idea, voter = make_idea(), make_member()
    with pytest.raises(IntegrityError):
        insert_vote(idea, voter, value)
    db.session.rollback()
