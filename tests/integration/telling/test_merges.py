"""Who hears that an idea was merged into another, and that it was not after all."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, select, update

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.notifications.models import Notification
from talking_together.telling.facts import tell_settled
from tests.factories import make_challenge, make_idea, make_member, make_moderator
from tests.support.client import Client
from tests.support.merging import comment, follow, merge, undo, vote


def told() -> list[tuple[int, str, int]]:
    """Return who was told what of which idea, by member."""
    db.session.rollback()
    rows = db.session.execute(
        select(Notification.member_id, Notification.kind, Notification.idea_id).order_by(
            Notification.member_id, Notification.id
        )
    )
    return [tuple(row) for row in rows]


def pair() -> tuple[Idea, Idea]:
    challenge = make_challenge("open")
    return make_idea(challenge), make_idea(challenge)


def member_of(idea: Idea) -> Member:
    return db.session.get_one(Member, idea.author_id)


def later() -> None:
    """Tell what has stood long enough, three minutes from now."""
    with clock.held_at(clock.now() + timedelta(minutes=3)):
        tell_settled()


def heard_of_talk() -> None:
    """Forget what was told of comments."""
    later()
    in_transaction(lambda: db.session.execute(delete(Notification)))


def test_who_followed_talked_or_voted_hears_once_and_authors_not_twice(app: Flask) -> None:
    kept, gone = pair()
    follower, commenter, replier, voter, both, of_kept, out = (make_member() for _ in range(7))
    moderator = make_moderator()
    for member in (follower, voter, both, moderator, member_of(kept)):
        vote(member, gone, 1)
    vote(both, kept, -1)
    vote(of_kept, kept, 1)
    follow(follower, gone)
    first = comment(commenter, gone)
    comment(replier, gone, first)
    comment(of_kept, kept)
    comment(out, kept)
    heard_of_talk()
    merge(kept, gone, moderator=moderator)
    tell_settled()
    by_merge = [(id, "idea merged", kept.id) for id in sorted((kept.author_id, gone.author_id))]
    assert told() == by_merge, "others hear once it has stood"
    later()
    later()
    others = {
        follower.id: "status of an idea you follow",
        commenter.id: "status of an idea you commented on",
        replier.id: "status of an idea you commented on",
        voter.id: "status of an idea you voted on",
        both.id: "status of an idea you voted on",
    }
    assert told() == sorted([*by_merge, *((id, kind, gone.id) for id, kind in others.items())])


def test_who_was_credited_by_an_earlier_merge_hears_as_an_author_alone(app: Flask) -> None:
    kept, gone = pair()
    earlier = make_idea(db.session.get_one(Challenge, kept.challenge_id))
    merge(kept, earlier)
    vote(member_of(earlier), gone, 1)
    merge(kept, gone)
    later()
    assert [kind for id, kind, _ in told() if id == earlier.author_id] == ["idea merged"] * 2


def test_a_merge_that_is_undone_before_it_was_told_is_told_to_nobody_but_who_wrote(app: Flask) -> None:
    kept, gone = pair()
    voter = make_member()
    vote(voter, gone, 1)
    (made,) = merge(kept, gone)
    undo(made.id)
    later()
    assert {id for id, *_ in told()} == {kept.author_id, gone.author_id}


def test_of_an_undone_merge_only_those_hear_who_had_heard_of_the_merge(app: Flask) -> None:
    kept, gone = pair()
    reader, written_to, unaware = (make_member() for _ in range(3))
    for voter in (reader, written_to, unaware):
        vote(voter, gone, 1)
    (made,) = merge(kept, gone)
    later()
    for member, values in ((reader, {"read_at": clock.now()}), (written_to, {"email_state": "sent"})):
        db.session.execute(update(Notification).where(Notification.member_id == member.id).values(**values))
    db.session.commit()
    undo(made.id)
    later()
    kind = "status of an idea you voted on"
    assert [row for row in told() if row[0] == reader.id] == [(reader.id, kind, gone.id)] * 2
    assert [row for row in told() if row[0] == written_to.id] == [(written_to.id, kind, gone.id)] * 2
    assert [row for row in told() if row[0] == unaware.id] == []


def test_a_voter_reads_that_the_idea_was_merged_and_then_that_it_is_back(client: Client) -> None:
    kept, gone = pair()
    voter = make_member()
    vote(voter, gone, 1)
    (made,) = merge(kept, gone)
    later()
    client.sign_in(voter)
    page = client.get("/notifications")
    words = f"“{gone.title}”, which you voted on, was merged into another idea"
    assert words in page.text
    page.form("/notifications").submit()
    undo(made.id)
    assert f"“{gone.title}”, which you voted on, is shown again" in client.get("/notifications").text
