"""Settling signs: nothing by machine, nobody in their own cause, all of it logged, told and undone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed
from talking_together.devtools.verify import differences as drift
from talking_together.extensions import db
from talking_together.fairness.models import GamingSign, GamingSignMember
from talking_together.fairness.services import set_aside, undo, void_votes_of
from talking_together.fairness.signs import note_sign
from talking_together.notifications.models import Notification
from talking_together.notifications.services import mark_all_read
from tests.factories import make_admin, make_idea, make_member, make_moderator, viewer_of
from tests.factories.fairness import make_ring, make_sign, note, ring_found
from tests.support.client import Client
from tests.support.merging import vote
from tests.support.parallel import run_together
from tests.support.plans import plans_of
from tests.support.snapshots import differences
from tests.support.voiding import all_but_the_ledger


def state_of(sign_id: int) -> str:
    db.session.rollback()
    return db.session.scalars(select(GamingSign.state).where(GamingSign.id == sign_id)).one()


def told(kind: str) -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(select(Notification.member_id).where(Notification.kind == kind)))


def test_votes_are_set_aside_by_one_press_told_logged_and_brought_back(app: Flask, client: Client) -> None:
    members, ideas = make_ring(3)
    outsider, moderator = make_member(), make_moderator()
    theirs = make_idea(author=outsider)
    vote(members[0], theirs, 1)
    before, sign_id = all_but_the_ledger(), note(ring_found(members))
    client.sign_in(moderator)
    overview = client.get("/moderation")
    assert "1 sign that votes or points may not have come about fairly" in overview.text
    assert "People who vote for one another" in client.get("/moderation/signs", statements=4).text
    page = client.get(f"/moderation/signs/{sign_id}", statements=6)
    assert "Of the 7 thumbs up that these 3 people gave, 6 went to one another’s ideas" in page.text
    assert "A team that works on one ward" in page.text
    form = page.form(f"/moderation/signs/{sign_id}/void")
    empty = form.submit(reason="", status=400)
    assert "the people whose votes these are will read it" in empty.text
    done = form.submit(reason="They agreed to vote for one another").follow()
    assert "6 votes set aside" in done.text
    assert "6 votes stand set aside" in done.text
    db.session.expire_all()
    assert [idea.votes_count for idea in ideas] == [0, 0, 0]
    assert (theirs.up_count, list(drift())) == (1, [])
    assert told("votes set aside") == {member.id for member in members}
    assert form.submit(reason="Again", status=409).status == 409

    own = Client(app)
    own.sign_in(members[0])
    assert "see which and why" in own.get("/notifications").text
    read = own.get("/me/votes-set-aside", statements=5)
    assert "They agreed to vote for one another" in read.text
    assert "If that is wrong, tell a moderator" in read.text
    assert ideas[1].title in read.text
    in_transaction(lambda: mark_all_read(viewer_of(members[0]), up_to=10**9))

    settled = client.get("/moderation/signs?show=settled", statements=4)
    assert "Votes set aside" in settled.text
    back = client.get(f"/moderation/signs/{sign_id}").form(f"/moderation/signs/{sign_id}/undo")
    assert "Give the reason" in back.submit(undo_why="", status=400).text
    assert "6 votes brought back" in back.submit(undo_why="It was a workshop").follow().text
    assert differences(before, all_but_the_ledger()) == []
    # Who had not read of it never hears of it; who had is told that it is over.
    assert (told("votes set aside"), told("votes brought back")) == ({members[0].id}, {members[0].id})
    log = db.session.execute(
        select(AuditEntry.action, AuditEntry.reason).where(AuditEntry.subject_type == "sign").order_by("id")
    ).all()
    assert [tuple(row) for row in log] == [
        ("votes set aside", "They agreed to vote for one another"),
        ("votes brought back", "It was a workshop"),
    ]
    db.session.commit()


def test_what_was_found_since_the_page_was_opened_is_read_before_votes_are_set_aside(client: Client) -> None:
    members, _ = make_ring(4)
    found = replace(ring_found(members[:3]), strength=6)
    sign_id = note(found)
    client.sign_in(make_moderator())
    form = client.get(f"/moderation/signs/{sign_id}").form(f"/moderation/signs/{sign_id}/void")
    in_transaction(lambda: note_sign(replace(ring_found(members), strength=20)))
    refused = form.submit(reason="They agreed on it", status=409)
    assert "More was seen since you opened this page" in refused.text
    assert state_of(sign_id) == "open"
    again = refused.form(f"/moderation/signs/{sign_id}/void")
    assert "They agreed on it" in refused.text
    assert "12 votes set aside" in again.submit().follow().text


def test_a_sign_set_aside_opens_again_by_hand_and_is_settled_once(app: Flask, client: Client) -> None:
    sign_id = make_sign()
    client.sign_in(make_admin())
    page = client.get(f"/moderation/signs/{sign_id}")
    assert page.query("a[href^='/admin/members/']")
    form = page.form(f"/moderation/signs/{sign_id}/set-aside")
    assert "Nothing" not in form.submit(why="x" * 501, status=400).text[:200]
    assert "Set aside" in form.submit(why="One ward, one afternoon").follow().text
    assert state_of(sign_id) == "set aside"
    form.submit(why="Again", status=409)
    back = client.get(f"/moderation/signs/{sign_id}").form(f"/moderation/signs/{sign_id}/undo")
    back.submit(undo_why="A slip")
    assert state_of(sign_id) == "open"
    back.submit(undo_why="A slip", status=409)
    client.get("/moderation/signs?show=nothing", status=404)
    client.get("/moderation/signs/999999", status=404)


def test_nobody_settles_a_sign_that_is_about_them(app: Flask, client: Client) -> None:
    members, _ = make_ring(3)
    members[0].role = "moderator"
    db.session.commit()
    sign_id = note(ring_found(members))
    client.sign_in(members[0])
    page = client.get(f"/moderation/signs/{sign_id}")
    assert "another moderator has to settle it" in page.text
    assert not page.query("main form")
    # Nor do they read what was seen: it could say who voted them down.
    wait = client.get("/moderation/signs")
    for shown in (page, wait):
        assert "thumbs up that these" not in shown.text
        assert members[1].name not in shown.text
    assert "This sign is about you as well" in wait.text
    for act, field in (("set-aside", "why"), ("void", "reason"), ("undo", "undo_why")):
        answer = client.post(f"/moderation/signs/{sign_id}/{act}", {field: "Mine"}, status=403)
        assert "This sign is about you as well" in answer.text
    with pytest.raises(NotAllowed):
        set_aside(viewer_of(members[1]), sign_id=sign_id, reason="Mine")
    with pytest.raises(InvalidInput):
        set_aside(viewer_of(make_moderator()), sign_id=sign_id, reason="  ")
    db.session.rollback()


def test_nobody_brings_their_own_votes_back_when_the_sign_is_seen_again_without_them(
    app: Flask, client: Client
) -> None:
    members, _ = make_ring(3)
    members[0].role = "moderator"
    db.session.commit()
    sign_id, viewer = note(ring_found(members)), viewer_of(make_moderator())
    in_transaction(lambda: void_votes_of(viewer, sign_id=sign_id, reason="A ring"))
    others = replace(ring_found([*members[1:], make_member()]), votes=6)
    assert in_transaction(lambda: note_sign(others)) is True
    client.sign_in(members[0])
    assert not client.get(f"/moderation/signs/{sign_id}").query("main form")
    client.post(f"/moderation/signs/{sign_id}/undo", {"undo_why": "Mine"}, status=403)
    # Once they are back it is about the others alone.
    in_transaction(lambda: undo(viewer, sign_id=sign_id, reason="A workshop"))
    assert client.get(f"/moderation/signs/{sign_id}").query("main form")


def test_two_moderators_at_once_set_the_votes_aside_once(app: Flask) -> None:
    members, ideas = make_ring(4)
    sign_id = note(ring_found(members))
    moderators = [viewer_of(make_moderator()) for _ in range(3)]

    def pressing(moderator: Any) -> Callable[[], Any]:
        return lambda: in_transaction(lambda: void_votes_of(moderator, sign_id=sign_id, reason="A ring"))

    results = run_together(app, [pressing(moderator) for moderator in moderators])
    assert sum(isinstance(result, Conflict) for result in results) == 2
    assert [result.votes for result in results if not isinstance(result, Exception)] == [12]
    assert list(drift()) == []
    assert in_transaction(lambda: undo(moderators[0], sign_id=sign_id, reason="No")).back == 12
    assert list(drift()) == []
    assert {idea.up_count for idea in ideas} == {3}


def test_a_vote_cast_after_the_sign_was_seen_is_not_set_aside(
    app: Flask, hold_clock: Callable[..., None]
) -> None:
    start = clock.now()
    members, ideas = make_ring(3)
    sign_id = note(ring_found(members))
    hold_clock(start + timedelta(hours=1))
    late = make_idea(author=members[1])
    vote(members[0], late, 1)
    vote(members[2], ideas[0], -1)
    viewer = viewer_of(make_moderator())
    assert in_transaction(lambda: void_votes_of(viewer, sign_id=sign_id, reason="A ring")).votes == 5
    db.session.expire_all()
    assert (late.up_count, ideas[0].down_count) == (1, 1)


def test_a_settled_sign_opens_by_itself_only_for_markedly_more(client: Client) -> None:
    members, _ = make_ring(4)
    found, viewer = ring_found(members[:3], votes=10), viewer_of(make_moderator())
    sign_id = note(found)
    db.session.commit()

    def noted(**values: Any) -> bool:
        return in_transaction(lambda: note_sign(replace(found, **values)))

    assert (noted(), state_of(sign_id)) == (False, "open")
    in_transaction(lambda: set_aside(viewer, sign_id=sign_id, reason="One ward"))
    assert (noted(strength=14), state_of(sign_id)) == (False, "set aside")
    # A ring that somebody joined is the ring that it was, and this one has grown by half.
    wider = replace(ring_found(members), strength=15)
    assert in_transaction(lambda: note_sign(wider)) is True
    assert state_of(sign_id) == "open"
    people = select(GamingSignMember.member_id).where(GamingSignMember.sign_id == sign_id)
    assert set(db.session.scalars(people)) == {member.id for member in members}
    assert len(db.session.scalars(select(GamingSign.id)).all()) == 1
    in_transaction(lambda: void_votes_of(viewer, sign_id=sign_id, reason="They said so"))
    assert noted(votes=0) is False
    assert noted(votes=6) is True
    # What was set aside before can be brought back still, and its people still read why.
    client.sign_in(members[0])
    assert "They said so" in client.get("/me/votes-set-aside").text
    client.sign_in(make_moderator())
    page = client.get(f"/moderation/signs/{sign_id}")
    assert "12 votes stand set aside" in page.text
    page.form(f"/moderation/signs/{sign_id}/set-aside").submit(why="Only a friend of theirs").follow()
    client.sign_in(members[0])
    assert "They said so" in client.get("/me/votes-set-aside").text
    assert in_transaction(lambda: undo(viewer, sign_id=sign_id, reason="Look again")).back == 0
    assert in_transaction(lambda: undo(viewer, sign_id=sign_id, reason="A slip")).back == 12
    with pytest.raises(Conflict):
        undo(viewer, sign_id=sign_id, reason="A slip")
    db.session.rollback()


def test_lists_of_signs_are_read_along_an_index(app: Flask, client: Client) -> None:
    for _ in range(22):
        make_sign()
    client.sign_in(make_moderator())
    first = client.get("/moderation/signs", statements=4)
    assert len(first.query(".card__title")) == 20
    rest = client.get(first.query("a[rel='next']")[0]["href"], statements=4)
    assert len(rest.query(".card__title")) == 2
    plans = "\n".join(plans_of(lambda: client.get("/moderation/signs"), as_if_large=True))
    assert "ix_gaming_signs_state" in plans
