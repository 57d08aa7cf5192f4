"""A list of people who have left: who loses access, and what stays."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member, MemberSession
from talking_together.accounts.sessions import start_session
from talking_together.audit.models import AuditEntry
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.invitations.models import Invitation, StaffListRow
from talking_together.invitations.recounts import drift
from talking_together.invitations.staff_lists import leaver_views
from talking_together.invitations.staff_lists.sweeps import read_staff_lists
from talking_together.mail.models import SuppressedAddress
from tests.factories import make_idea
from tests.factories.invitations import make_invitation, make_join_code, make_phase
from tests.factories.members import make_admin, make_member
from tests.factories.organisations import make_organisation
from tests.support.client import Client, Page
from tests.support.staff_lists import read_upload
from tests.support.team_codes import join, the_member


@pytest.fixture
def admin(client: Client) -> Any:
    """Return an admin, signed in, whose address is known."""
    riverside = make_organisation(name="Riverside", short_name="RV", domains=("riverside.example",))
    admin = make_admin(riverside, email="admin@riverside.example")
    client.sign_in(admin)
    return admin


def read_leavers(client: Client, content: str) -> Page:
    """Upload and read a list of leavers."""
    return read_upload(client, content, kind="leaving")


def outcomes() -> dict[int, str]:
    """Return the outcome of each row."""
    db.session.rollback()
    return dict(db.session.execute(select(StaffListRow.line, StaffListRow.outcome)).all())


def test_each_row_of_leavers_has_one_outcome(admin: Any, client: Client) -> None:
    make_member(email="amy@riverside.example")
    make_member(email=None, sign_in_name="204518", name="Ben")
    make_member(email="gone@riverside.example", is_active=False)
    content = (
        "Name,E-mail,Employee number\n"
        "Amy,AMY@riverside.example,\n"
        "Ben,ben@home.example,204518\n"
        ",gone@riverside.example,\n"
        ",nobody@riverside.example,\n"
        "Me,admin@riverside.example,\n"
        "Two,amy@riverside.example,204518\n"
        "Three,amy,\n"
        "Amy again,amy@riverside.example,\n"
        "No name,,\n"
        ",,\n"
        "Ben again,,204518\n"
    )
    page = read_leavers(client, content)
    assert outcomes() == {
        2: "leaving",
        3: "leaving",
        4: "has left",
        5: "not a member",
        6: "needs attention",
        7: "ignored",
        8: "needs attention",
        9: "ignored",
        10: "needs attention",
        11: "ignored",
        12: "ignored",
    }
    assert "This is you" in page.text
    assert "Email: missing, and so is the staff number" in page.text
    assert list(drift()) == []


def test_access_ends_contributions_stay_and_invitations_are_taken_back(admin: Any, client: Client) -> None:
    amy = make_member(email="amy@riverside.example")
    idea = make_idea(author=amy)
    start_session(member_id=amy.id, device="Firefox")
    phase = make_phase(state="sent")
    waiting = make_invitation(phase, email="stranger@riverside.example", state="sent")
    make_invitation(phase, email="other@riverside.example", state="sent")
    db.session.commit()
    page = read_leavers(client, "Email\namy@riverside.example\nstranger@riverside.example\n")
    check = client.get(f"{page.path}/leavers")
    assert "1 person loses access at once" in check.text
    assert [cell.text for cell in check.query("tbody td")] == [amy.name, "–", "amy@riverside.example"]
    wrong = check.form().submit(people="2", status=400)
    assert "1 person loses access. Type that number." in wrong.query("#people-error")[0].text
    done = check.form().submit(people="1").follow()
    assert "Access of 1 person ended" in done.text
    assert outcomes() == {2: "has left", 3: "not a member"}
    assert not db.session.scalar(select(Member.is_active).where(Member.id == amy.id))
    assert db.session.scalar(select(MemberSession.id).where(MemberSession.member_id == amy.id)) is None
    assert db.session.scalar(select(Idea.author_id).where(Idea.id == idea.id)) == amy.id
    states = dict(db.session.execute(select(Invitation.email, Invitation.state)).all())
    assert states == {"stranger@riverside.example": "revoked", "other@riverside.example": "sent"}
    assert waiting.id
    assert db.session.scalar(select(SuppressedAddress.id)) is None
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"member deactivated", "leavers’ list applied"} <= actions
    assert [label for label, *_ in drift() if label.startswith("staff list")] == []
    client.post(f"{page.path}/leavers", {"people": "0"}, status=409)
    assert read_leavers(client, "Email\namy@riverside.example\n").query(".figure dd")[1].text == "1"


def test_the_worker_ends_the_access_of_the_rest(
    admin: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaver_views, "AT_ONCE", 10)
    for number in range(60):
        make_member(email=f"p{number}@riverside.example")
    db.session.commit()
    page = read_leavers(client, "Email\n" + "".join(f"p{n}@riverside.example\n" for n in range(60)))
    done = client.get(f"{page.path}/leavers").form().submit(people="60").follow()
    assert "Access of 60 people is being ended" in done.text
    assert "35 people are left to do" in done.text
    read_staff_lists()
    assert set(outcomes().values()) == {"has left"}
    entries = select(AuditEntry.actor_id).where(AuditEntry.action == "member deactivated")
    assert list(db.session.scalars(entries)) == [admin.id] * 60


def test_no_list_takes_the_last_admin_away(admin: Any, client: Client) -> None:
    other = make_admin(email="other@riverside.example")
    page = read_leavers(client, "Email\nother@riverside.example\nadmin@riverside.example\n")
    assert outcomes() == {2: "leaving", 3: "needs attention"}
    # The other one applies the list that names them.
    client.sign_in(other)
    done = client.get(f"{page.path}/leavers").form().submit(people="1").follow()
    assert "This is you" in done.text
    assert outcomes()[2] == "needs attention"


def test_a_list_of_people_to_invite_ends_nobodys_access(admin: Any, client: Client) -> None:
    page = read_upload(client, "Email\namy@riverside.example\n")
    client.get(f"{page.path}/leavers", status=404)
    client.post(f"{page.path}/leavers", {"people": "1"}, status=404)


@pytest.mark.parametrize("written", ["RB 20 4518", "ｒｂ204518", " rb204518 "])
def test_a_staff_number_is_the_same_however_a_list_writes_it(
    admin: Any, client: Client, written: str
) -> None:
    make_member(email=None, sign_in_name="rb204518", name="Ben")
    read_leavers(client, f"Name,Employee number\nBen,{written}\n")
    assert outcomes() == {2: "leaving"}


def test_who_waits_to_be_let_in_can_be_refused_although_a_list_of_leavers_names_them(
    app: Flask, admin: Any, client: Client
) -> None:
    join(Client(app), make_join_code(needs_approval=True))
    page = read_leavers(client, "Name,Employee number\nAda,RB-12345\n")
    assert "Refuse the person there instead" in page.html
    requests = client.get("/moderation/join-requests").form("/moderation/join-requests")
    requests.submit(member_ids=[the_member().id], action="refuse", reason="Has left")
    assert db.session.scalars(select(Member.name).where(Member.sign_in_name == "rb-12345")).all() == []
