"""Writing an idea with others: asking, accepting, sharing points, and never voting on one's own."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.ideas import co_authors, recounts
from talking_together.ideas.models import Idea, IdeaCoAuthor, IdeaRevision
from talking_together.notifications.models import Notification
from talking_together.points import recounts as point_recounts
from talking_together.points.models import PointEntry
from talking_together.votes import recounts as vote_recounts
from talking_together.votes.co_authors import accept_co_authorship
from talking_together.votes.models import IdeaVote
from talking_together.votes.services import cast_vote
from tests.factories import (
    make_challenge,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    viewer_of,
)
from tests.support.client import Client
from tests.support.parallel import run_together


def nothing_drifted() -> bool:
    """Return whether every count, rank and balance equals its recount."""
    return [*recounts.drift(), *vote_recounts.drift(), *point_recounts.drift()] == []


def entries(event: str) -> list[tuple[int, int]]:
    """Return who earned what by an event, in the order it was entered."""
    rows = db.session.execute(
        select(PointEntry.member_id, PointEntry.points)
        .where(PointEntry.event == event)
        .order_by(PointEntry.id)
    )
    return [tuple(row) for row in rows]


def stand_beside(idea: Idea, *members: Member) -> None:
    """Make the members co-authors of the idea, as asking and accepting does."""
    for member in members:
        author = db.session.get(Member, idea.author_id)
        assert author is not None
        co_authors.ask_co_author(viewer_of(author), idea_id=idea.id, member_id=member.id)
        accept_co_authorship(viewer_of(member), idea_id=idea.id)
    db.session.commit()
    db.session.expire_all()


def vote(member: Member, idea: Idea, value: int) -> None:
    """Cast a vote."""
    in_transaction(lambda: cast_vote(viewer_of(member), kind="ideas", id=idea.id, value=value))


def test_a_colleague_is_found_asked_accepts_and_is_named(client: Client) -> None:
    author, ben = make_member(name="Ana Silva"), make_member(name="Ben Okafor")
    idea = make_idea(make_challenge("open"), author)
    client.sign_in(author)
    page = client.get(f"/ideas/{idea.id}/co-authors", query={"q": "okaf"})
    assert "1 colleague found" in page.text
    assert page.query('main input[name="member"]')[0]["value"] == str(ben.id)
    client.post(f"/ideas/{idea.id}/co-authors", {"member": str(ben.id)})
    again = client.post(f"/ideas/{idea.id}/co-authors", {"member": str(ben.id)}, status=409)
    assert "Ben Okafor was asked already" in again.text
    client.sign_in(ben)
    told = client.get("/notifications")
    assert "Ana Silva asks you to be a co-author" in told.text
    assert told.query(f'main a[href="/ideas/{idea.id}/co-author"]')
    assert "You are asked to be a co-author" in client.get("/me/ideas").text
    form = client.get(f"/ideas/{idea.id}/co-author").form()
    form.submit(status=400)
    page = form.submit(answer="accept").follow()
    assert "Ana Silva with Ben Okafor" in page.text
    assert "You cannot vote on your own idea" in page.text
    form.submit(status=409, answer="accept")
    listed = client.get(f"/challenges/{idea.challenge_id}", status=301).follow()
    assert "with Ben Okafor" in listed.text
    assert not listed.query(f'form[action="/ideas/{idea.id}/vote"]')
    client.post(f"/ideas/{idea.id}/vote", {"value": "1"}, status=403)
    kinds = {tuple(row) for row in db.session.execute(select(Notification.member_id, Notification.kind))}
    assert kinds == {(ben.id, "co-author asked"), (author.id, "co-author answered")}
    told = client.sign_in(author).get("/notifications").text
    assert f"Ben Okafor agreed to be a co-author of your idea “{idea.title}”" in told
    assert "Ben Okafor agreed to be a co-author" in client.get("/").text
    client.sign_in(ben).get(f"/ideas/{idea.id}/edit").form().submit(title="In Ben's words")
    assert db.session.scalars(select(IdeaRevision.replaced_by)).all() == [ben.id]
    for act in ("withdraw", "co-authors"):
        client.post(f"/ideas/{idea.id}/{act}", {"member": str(author.id)}, status=403)
    assert "Written with others" in client.get("/me/ideas").text
    client.post(f"/ideas/{idea.id}/co-authors/leave")
    assert "with Ben Okafor" not in client.get(f"/ideas/{idea.id}-in-ben-s-words", status=301).follow().text
    client.get(f"/ideas/{idea.id}/edit", status=403)
    assert nothing_drifted()


def test_somebody_asked_reads_the_draft_until_they_decline(client: Client) -> None:
    author, ben = make_member(), make_member()
    idea = make_idea(make_challenge("open"), author, status="draft")
    client.sign_in(ben).get(f"/ideas/{idea.id}", status=404)
    client.get(f"/ideas/{idea.id}/co-author", status=404)
    client.sign_in(author).post(f"/ideas/{idea.id}/co-authors", {"member": str(ben.id)})
    form = client.sign_in(ben).get(f"/ideas/{idea.id}/co-author").form()
    client.get(f"/ideas/{idea.id}/edit", status=403)
    form.submit(answer="decline")
    assert f"{ben.name} chose not to be a co-author" in client.sign_in(author).get("/notifications").text
    client.sign_in(ben).get(f"/ideas/{idea.id}", status=404)
    client.sign_in(make_moderator()).get(f"/ideas/{idea.id}", status=404)
    assert "Said no" in client.sign_in(author).get(f"/ideas/{idea.id}/co-authors").text
    client.post(f"/ideas/{idea.id}/co-authors/remove", {"member": str(ben.id)})
    assert db.session.scalars(select(IdeaCoAuthor)).all() == []


@pytest.mark.parametrize("who", ["elsewhere", "former", "inactive", "oneself", "nobody"])
def test_who_cannot_see_it_or_has_left_is_neither_found_nor_asked(client: Client, who: str) -> None:
    here = make_organisation()
    author = make_member(here, name="Pat Ash")
    values: dict[str, dict[str, Any]] = {
        "former": {"shown_as_former": True, "is_active": False},
        "inactive": {"is_active": False},
    }
    other = make_member(None if who == "elsewhere" else here, name="Pat Birch", **values.get(who, {}))
    member_id = {"oneself": author.id, "nobody": 2**31 - 1}.get(who, other.id)
    challenge = make_challenge("open", organisations=[here])
    idea = make_idea(challenge, author)
    client.sign_in(author)
    found = client.get("/members/suggest", query={"challenge": str(challenge.id), "q": "pat"}).json
    assert [person["name"] for person in found] == (["Pat Birch"] if who in ("oneself", "nobody") else [])
    page = client.post(f"/ideas/{idea.id}/co-authors", {"member": str(member_id)}, status=400)
    assert "Choose a colleague who can see this challenge" in page.text


def test_names_are_suggested_eight_at_most_and_only_within_the_challenge(client: Client) -> None:
    here = make_organisation()
    challenge = make_challenge("open", organisations=[here])
    for number in range(10):
        make_member(here, name=f"Sam 100% O'Neil {number}")
    client.sign_in(make_member(here))

    def ask(typed: str) -> list[Any]:
        query = {"challenge": str(challenge.id), "q": typed}
        found: list[Any] = client.get("/members/suggest", query=query, statements=3).json
        return found

    assert len(ask("sam")) == 8
    assert len(ask("100%")) == 8
    assert [ask(q) for q in ("s", "%%", "__", "zz", "' OR 1=1")] == [[]] * 5
    client.sign_in(make_member()).get("/members/suggest", query={"challenge": str(challenge.id)}, status=404)
    client.get("/members/suggest", query={"challenge": "9" * 12}, status=404)


def test_whoever_asks_for_names_all_the_time_waits_and_nobody_else_does(client: Client) -> None:
    here = make_organisation()
    challenge = make_challenge("open", organisations=[here])
    make_member(here, name="Pat Birch")
    asker, other = make_member(here), make_member(here)
    query = {"challenge": str(challenge.id), "q": "pat"}
    client.sign_in(asker)
    for _ in range(60):
        client.get("/members/suggest", query=query)
    client.get("/members/suggest", query=query, status=429)
    client.get(f"/challenges/{challenge.id}/ideas/new")
    assert len(client.sign_in(other).get("/members/suggest", query=query).json) == 1


def test_at_most_four_stand_beside_the_author(client: Client) -> None:
    author = make_member()
    idea = make_idea(make_challenge("open"), author)
    client.sign_in(author)
    for _ in range(4):
        client.post(f"/ideas/{idea.id}/co-authors", {"member": str(make_member().id)})
    page = client.post(f"/ideas/{idea.id}/co-authors", {"member": str(make_member().id)}, status=409)
    assert "at most 4 co-authors" in page.text


def test_points_after_acceptance_are_shared_and_taken_back_as_they_were_entered(client: Client) -> None:
    author, ben, cy, voter = (make_member() for _ in range(4))
    idea = make_idea(make_challenge("open"), author)
    vote(voter, idea, 1)
    stand_beside(idea, ben)
    second = make_member()
    vote(second, idea, 1)
    stand_beside(idea, cy)
    client.sign_in(make_moderator()).post(f"/ideas/{idea.id}/status", {"status": "shortlisted"})
    # Two before, one each between, and 50 among three: the author has what is left over.
    assert entries("thumb up on idea") == [(author.id, 2), (author.id, 1), (ben.id, 1)]
    assert entries("idea shortlisted") == [(author.id, 18), (ben.id, 16), (cy.id, 16)]
    client.sign_in(ben).post(f"/ideas/{idea.id}/co-authors/leave")
    vote(second, idea, 0)
    vote(voter, idea, 0)
    assert entries("thumb up on idea")[3:] == [(author.id, -1), (ben.id, -1), (author.id, -2)]
    client.sign_in(author).post(f"/ideas/{idea.id}/withdraw")
    assert sorted(entries("idea shortlisted")[3:]) == sorted([(author.id, -18), (ben.id, -16), (cy.id, -16)])
    assert nothing_drifted()


def test_a_draft_of_several_earns_for_all_of_them_when_it_is_published(client: Client) -> None:
    author, ben = make_member(), make_member()
    idea = make_idea(make_challenge("open"), author, status="draft")
    stand_beside(idea, ben)
    client.sign_in(ben).post(f"/ideas/{idea.id}/publish", status=403)
    client.sign_in(author).post(f"/ideas/{idea.id}/publish")
    assert entries("idea published") == [(author.id, 10), (ben.id, 10)]


def test_accepting_withdraws_ones_own_vote_with_all_that_followed(client: Client) -> None:
    author, ben = make_member(), make_member()
    idea = make_idea(make_challenge("open"), author)
    vote(ben, idea, 1)
    stand_beside(idea, ben)
    assert db.session.scalars(select(IdeaVote)).all() == []
    kept = db.session.scalars(select(Idea)).one()
    assert (kept.up_count, kept.votes_count, kept.co_authors_count) == (0, 0, 1)
    assert entries("thumb up on idea") == [(author.id, 2), (author.id, -2)]
    assert entries("vote cast") == [(ben.id, 1), (ben.id, -1)]
    assert nothing_drifted()


def test_a_vote_given_again_earns_nothing_for_who_became_a_co_author_meanwhile(client: Client) -> None:
    author, ben, voter = make_member(), make_member(), make_member()
    idea = make_idea(make_challenge("open"), author)
    vote(voter, idea, 1)
    vote(voter, idea, 0)
    stand_beside(idea, ben)
    vote(voter, idea, 1)
    assert entries("thumb up on idea") == [(author.id, 2), (author.id, -2)]
    assert nothing_drifted()


def test_who_said_no_can_change_their_mind_only_while_there_is_a_place(client: Client) -> None:
    author, late = make_member(), make_member()
    idea = make_idea(make_challenge("open"), author)
    client.sign_in(author).post(f"/ideas/{idea.id}/co-authors", {"member": str(late.id)})
    client.sign_in(late).post(f"/ideas/{idea.id}/co-author", {"answer": "decline"})
    stand_beside(idea, *(make_member() for _ in range(4)))
    client.post(f"/ideas/{idea.id}/co-author", {"answer": "accept"}, status=409)
    assert db.session.scalars(select(Idea.co_authors_count)).one() == 4


def test_a_vote_on_an_idea_of_one_costs_no_more_than_eight_statements(client: Client) -> None:
    idea = make_idea(make_challenge("open"))
    client.sign_in(make_member()).post(f"/ideas/{idea.id}/vote", {"value": "1"}, statements=8)


@pytest.mark.parametrize("round_", range(3))
def test_a_vote_and_an_acceptance_at_one_moment_leave_no_vote(
    app: Flask, client: Client, round_: int
) -> None:
    author, ben = make_member(), make_member()
    idea = make_idea(make_challenge("open"), author)
    co_authors.ask_co_author(viewer_of(author), idea_id=idea.id, member_id=ben.id)
    db.session.commit()
    others = [make_member() for _ in range(3)]
    viewers = [viewer_of(member) for member in (ben, *others)]
    idea_id = idea.id

    def votes(viewer: Any) -> Any:
        return lambda: in_transaction(lambda: cast_vote(viewer, kind="ideas", id=idea_id, value=1))

    def accepts() -> Any:
        return in_transaction(lambda: accept_co_authorship(viewers[0], idea_id=idea_id))

    run_together(app, [*map(votes, viewers), accepts])
    voters = set(db.session.scalars(select(IdeaVote.member_id)))
    assert voters == {member.id for member in others}
    assert nothing_drifted()


def test_two_acceptances_at_one_moment_are_both_counted_and_one_person_once(
    app: Flask, client: Client
) -> None:
    author, ben, cy = make_member(), make_member(), make_member()
    idea = make_idea(make_challenge("open"), author)
    for member in (ben, cy):
        co_authors.ask_co_author(viewer_of(author), idea_id=idea.id, member_id=member.id)
    db.session.commit()
    idea_id = idea.id
    viewers = [viewer_of(ben), viewer_of(ben), viewer_of(cy)]
    run_together(
        app,
        [
            lambda viewer=viewer: in_transaction(lambda: accept_co_authorship(viewer, idea_id=idea_id))
            for viewer in viewers
        ],
    )
    assert db.session.scalars(select(Idea.co_authors_count)).one() == 2
    assert nothing_drifted()
