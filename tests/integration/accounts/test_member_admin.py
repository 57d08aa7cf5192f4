"""Admins find members and change their role, place and access."""

import pytest
from sqlalchemy import select

from talking_together.accounts.directory import PAGE_SIZE
from talking_together.accounts.models import Member, MemberGroup
from talking_together.audit.models import AuditEntry
from talking_together.extensions import db
from tests.factories.members import make_admin, make_member, make_moderator
from tests.factories.organisations import make_group, make_organisation
from tests.support.client import Client


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("q=okafor", {"Ada Okafor"}),
        ("q=BEA@", {"Bea Lund"}),
        ("q=100%25", {"Cy 100% Fox"}),
        ("q=_", set()),
        ("role=moderator", {"Bea Lund"}),
        ("state=deactivated", {"Cy 100% Fox"}),
        ("q=nobody", set()),
        ("q=%00&role=moderator", {"Bea Lund"}),
        ("role=emperor&state=asleep&organisation=x", {"Ada Okafor", "Bea Lund", "Cy 100% Fox", "Zed Admin"}),
    ],
)
def test_a_search_finds_who_it_names(client: Client, search: str, found: set[str]) -> None:
    organisation = make_organisation()
    make_member(organisation, name="Ada Okafor", email="ada@one.example")
    make_moderator(organisation, name="Bea Lund", email="bea@one.example")
    make_member(organisation, name="Cy 100% Fox", email="cy@one.example", is_active=False)
    make_member(
        organisation,
        name="Participant 7",
        email=None,
        sign_in_name=None,
        imported_from="x",
        imported_id="7",
    )
    client.sign_in(make_admin(organisation, name="Zed Admin", email="zed@one.example"))
    page = client.get(f"/admin/members?{search}", statements=3)
    assert {cell.text for cell in page.query("tbody th a")} == found


def test_pages_of_members_follow_each_other(client: Client) -> None:
    organisation = make_organisation()
    for number in range(60):
        make_member(organisation, name=f"Person {number:02}")
    client.sign_in(make_admin(organisation, name="Zed Admin"))
    first = client.get("/admin/members", statements=3)
    more = first.query("a[rel=next]")[0]["href"]
    second = client.get(more, statements=3)
    names = [cell.text for page in (first, second) for cell in page.query("tbody th a")]
    assert names == [*(f"Person {number:02}" for number in range(60)), "Zed Admin"]


def test_a_new_role_ends_the_sessions_and_is_logged(client: Client) -> None:
    member = make_member(name="Ada Okafor")
    theirs = Client(client.app).sign_in(member)
    theirs.get("/")
    client.sign_in(make_admin())
    form = client.get(f"/admin/members/{member.id}").form(f"/admin/members/{member.id}/role")
    assert "Say why" in form.submit(role="moderator", status=400).text
    page = form.submit(role="moderator", reason="Runs the discharge challenge").follow()
    assert "Ada Okafor is now moderator" in page.text
    assert theirs.get("/", status=302).location.startswith("/sign-in")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "role changed")).one()
    assert entry.reason == "Runs the discharge challenge"


def test_deactivation_ends_access_with_the_next_request_and_can_be_taken_back(client: Client) -> None:
    member = make_member(name="Ada Okafor")
    theirs = Client(client.app).sign_in(member)
    theirs.get("/")
    client.sign_in(make_admin())
    path = f"/admin/members/{member.id}"
    client.get(path).form(f"{path}/deactivate").submit(**{"access-reason": "Left the trust"})
    theirs.get("/", status=302)
    assert "Deactivated" in client.get(path).text
    client.get(path).form(f"{path}/reactivate").submit(**{"access-reason": "Came back"})
    assert db.session.get(Member, member.id).is_active


def test_the_last_admin_can_neither_step_down_nor_be_shut_out(client: Client) -> None:
    admin = make_admin()
    client.sign_in(admin)
    path = f"/admin/members/{admin.id}"
    page = client.get(path).form(f"{path}/role").submit(role="staff", reason="Tired", status=400)
    assert "admin" in page.query(".nhsuk-error-message")[0].text
    assert not client.get(path).query(f"form[action='{path}/deactivate']")
    client.post(f"{path}/deactivate", {"access-reason": "x"}, status=403)
    assert db.session.get(Member, admin.id).role == "admin"


def test_an_admin_places_a_member(client: Client) -> None:
    old, new = make_organisation(), make_organisation(name="New Trust")
    nurses, other = make_group(name="Nurses"), make_group(name="Others")
    member = make_member(old, groups=[other])
    client.sign_in(make_admin(old))
    path = f"/admin/members/{member.id}"
    form = client.get(path).form(f"{path}/place")
    form.submit(**{"place-organisation_id": str(new.id), "place-group_ids": [str(nurses.id)]})
    assert db.session.get(Member, member.id).organisation_id == new.id
    groups = db.session.scalars(select(MemberGroup.group_id).where(MemberGroup.member_id == member.id))
    assert groups.all() == [nurses.id]
    form.submit(status=400, **{"place-organisation_id": "99999"})
    form.submit(status=400, **{"place-group_ids": ["99999"]})


def test_people_below_admin_find_no_such_pages(client: Client) -> None:
    member = make_member()
    for role in (make_member(), make_moderator()):
        client.sign_in(role)
        client.get("/admin/members", status=403)
        client.post(f"/admin/members/{member.id}/role", {"role": "admin", "reason": "x"}, status=403)
    assert db.session.get(Member, member.id).role == "staff"


def test_the_next_page_begins_after_any_name(client: Client) -> None:
    organisation = make_organisation()
    # Long in an address, and with a space that does not break, as many keyboards write it.
    names = [f"{'অ' * 90}\u00a0{number:03}" for number in range(PAGE_SIZE + 2)]
    for name in names:
        make_member(organisation, name=name)
    client.sign_in(make_admin(organisation, name="Zed"))

    first = client.get("/admin/members")
    following = client.get(first.query("a[rel=next]")[0]["href"])

    shown = [element.text for page in (first, following) for element in page.query("tbody th, tbody td a")]
    assert [name for name in names if name.replace("\u00a0", " ") not in " ".join(shown)] == []
