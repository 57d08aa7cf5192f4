"""A member's word, and joining by a colleague's."""

from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts import words
from talking_together.accounts.models import Member
from talking_together.accounts.words import OWN, UNKNOWN, give_word
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.invitations.links import token_of
from talking_together.invitations.models import Invitation
from talking_together.invitations.team_codes.approval import approve_requests, refuse_requests
from talking_together.milestones.sweeps import settle_due_milestones
from tests.factories import make_admin, make_member, make_moderator, viewer_of
from tests.factories.invitations import make_invitation, make_join_code
from tests.factories.milestones import reached_by
from tests.support.client import Client
from tests.support.parallel import run_together
from tests.support.team_codes import path_of

FIELDS = {"name": "Sam Example", "password": "three words apart here", "job_title": "Porter"}


def newest() -> Any:
    """Return the member who joined last."""
    db.session.expire_all()
    return db.session.scalars(select(Member).order_by(Member.id.desc()).limit(1)).one()


def link(invitation: Invitation) -> str:
    """Return the path of an invitation's link."""
    return f"/invitations/{token_of(invitation.id, invitation.nonce)}"


def test_a_member_gets_one_word_and_keeps_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    member, other = make_member(), make_member()
    page = client.sign_in(member).get("/me")
    page.form("/me/word").submit()
    db.session.expire_all()
    word = member.word
    assert word == words.plain_word(str(word))
    assert word in client.get("/me").query("#word")[0].text
    client.post("/me/word")
    db.session.expire_all()
    assert member.word == word
    drawn = iter([word, word, "calm-robin-42"])
    monkeypatch.setattr(words, "_drawn", lambda: next(drawn))
    assert give_word(viewer_of(other)) == "calm-robin-42"
    db.session.commit()


def test_the_same_word_drawn_at_once_goes_to_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["calm-robin-42", "calm-robin-42", "kind-otter-27", "wise-owl-31", "warm-oak-50"])
    monkeypatch.setattr(words, "_drawn", lambda: next(drawn))
    viewers = [viewer_of(make_member()) for _ in range(2)]
    found = run_together(app, [partial(in_transaction, partial(give_word, viewer)) for viewer in viewers])
    assert len(set(found)) == 2
    assert "calm-robin-42" in found


def test_an_invited_person_joins_by_a_colleagues_word(client: Client) -> None:
    teller = make_member(word="kind-otter-27")
    make_member(word="calm-robin-42", is_active=False)
    path = link(make_invitation())
    for wrong in ("kind-otter-28", "calm-robin-42", "!!!", "x" * 41):
        page = client.post(path, {**FIELDS, "word": wrong}, status=400)
        expected = UNKNOWN if len(wrong) < 41 else "40 characters or fewer"
        assert expected in page.query(".nhsuk-error-message")[0].text
        assert page.form().fields["word"] == wrong
        assert page.form().fields["name"] == FIELDS["name"], "nothing that was typed is lost"
    client.post(path, {**FIELDS, "word": " Kind Otter 27 "})
    assert newest().told_by_id == teller.id
    assert reached_by(teller) == {"colleague joined"}


def test_nobody_is_told_by_themselves(client: Client) -> None:
    address = "sam@riverside.example"
    own = make_member(sign_in_name=address, email=None, word="kind-otter-27")
    own_id = own.id
    path = link(make_invitation(email=address))
    page = client.post(path, {**FIELDS, "word": "kind-otter-27"}, status=400)
    assert OWN in page.query(".nhsuk-error-message")[0].text
    teller = make_member(word="calm-robin-42")
    client.post(path, {**FIELDS, "word": "calm-robin-42"})
    db.session.expire_all()
    assert db.session.get_one(Member, own_id).told_by_id == teller.id


@pytest.mark.parametrize("let_in", [True, False])
def test_who_joins_by_a_code_counts_once_they_are_let_in(client: Client, let_in: bool) -> None:
    teller, moderator = make_member(word="kind-otter-27"), make_moderator()
    code = make_join_code(needs_approval=True)
    fields = {**FIELDS, "sign_in_name": "4455667", "word": "kind-otter-27"}
    path = path_of(code)
    wrong = client.post(path, {**fields, "word": "kind-otter"}, status=400)
    assert UNKNOWN in wrong.query(".nhsuk-error-message")[0].text
    client.post(path, fields)
    joiner = newest()
    assert joiner.told_by_id == teller.id
    assert reached_by(teller) == set()
    if let_in:
        approve_requests(viewer_of(moderator), member_ids=[joiner.id])
    else:
        refuse_requests(viewer_of(make_admin()), member_ids=[joiner.id], reason="Not one of ours")
    assert reached_by(teller) == ({"colleague joined"} if let_in else set())
    assert settle_due_milestones() == 0
