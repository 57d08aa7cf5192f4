"""Accounts made, roles changed, people shut out and let in again."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member, MemberGroup, MemberSession
from talking_together.accounts.services import (
    AlreadyMember,
    LastAdmin,
    change_role,
    create_member,
    deactivate_member,
    reactivate_member,
)
from talking_together.accounts.sessions import start_session
from talking_together.accounts.viewers import find_viewer
from talking_together.audit.models import AuditEntry
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from talking_together.extensions import db
from tests.factories.members import make_admin, make_member, make_moderator, viewer_of
from tests.factories.organisations import make_group, make_organisation
from tests.support.parallel import run_together


def sessions_of(member: Member) -> int:
    statement = select(func.count()).where(MemberSession.member_id == member.id)
    return db.session.scalar(statement) or 0


def fresh(member_id: int) -> Member:
    return db.session.scalars(
        select(Member).where(Member.id == member_id).execution_options(populate_existing=True)
    ).one()


def test_an_account_is_made_with_its_place(app: Flask) -> None:
    organisation, group = make_organisation(), make_group()
    member_id = create_member(
        name="Ada Okafor",
        email="ada@riverside.example",
        password_hash="kept",
        organisation_id=organisation.id,
        job_title="Nurse",
        group_ids=[group.id],
        on_leaderboard=True,
    )
    member = fresh(member_id)
    assert (member.sign_in_name, member.email) == ("ada@riverside.example", "ada@riverside.example")
    assert (member.role, member.is_active, member.points, member.theme) == ("staff", True, 0, "system")
    assert (member.job_title, member.about, member.on_leaderboard) == ("Nurse", "", True)
    places = db.session.execute(select(MemberGroup.member_id, MemberGroup.group_id)).all()
    assert [tuple(place) for place in places] == [(member_id, group.id)]
    viewer = find_viewer(member_id)
    assert viewer is not None
    assert viewer.organisation_short_name == organisation.short_name


def test_an_address_has_one_account(app: Flask) -> None:
    email = make_member().email
    with pytest.raises(AlreadyMember):
        create_member(name="Ada Okafor", email=email, password_hash="kept")
    with pytest.raises(AlreadyMember):
        create_member(name="Ada Okafor", email=None, sign_in_name=email, password_hash="kept")


def test_an_address_taken_twice_at_once_makes_one_account(app: Flask) -> None:
    def join() -> int:
        return in_transaction(
            lambda: create_member(name="Ada", email="ada@riverside.example", password_hash="kept")
        )

    results = run_together(app, [join] * 4)
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, AlreadyMember) for result in results) == 3


def test_a_new_role_ends_sessions_and_is_written_down(app: Flask) -> None:
    admin, member = make_admin(), make_member()
    start_session(member_id=member.id, device="Firefox")
    change_role(viewer_of(admin), member_id=member.id, role="moderator", reason=" Runs the challenges ")
    assert fresh(member.id).role == "moderator"
    assert sessions_of(member) == 0
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.actor_id, entry.action, entry.subject_id) == (admin.id, "role changed", member.id)
    assert entry.reason == "Runs the challenges"
    assert entry.details == {"from": "staff", "to": "moderator"}


@pytest.mark.parametrize("role", ["", "owner", "Admin", "staff "])
def test_a_role_that_there_is_not_is_refused(app: Flask, role: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        change_role(viewer_of(make_admin()), member_id=make_member().id, role=role, reason="Because")
    assert refused.value.field == "role"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_an_act_of_power_needs_a_reason(app: Flask, reason: str) -> None:
    admin, member, gone = viewer_of(make_admin()), make_member(), make_member(is_active=False)
    for act in (
        lambda: change_role(admin, member_id=member.id, role="admin", reason=reason),
        lambda: deactivate_member(admin, member_id=member.id, reason=reason),
        lambda: reactivate_member(admin, member_id=gone.id, reason=reason),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert refused.value.field == "reason"
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


@pytest.mark.parametrize("make", [make_member, make_moderator])
def test_only_an_admin_has_the_power(app: Flask, make: object) -> None:
    actor, member = viewer_of(make()), make_member()  # type: ignore[operator]
    for act in (
        lambda: change_role(actor, member_id=actor.id, role="admin", reason="I would like to"),
        lambda: deactivate_member(actor, member_id=member.id, reason="I would like to"),
        lambda: reactivate_member(actor, member_id=member.id, reason="I would like to"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_member_is_shut_out_and_let_in_again(app: Flask) -> None:
    admin, member = viewer_of(make_admin()), make_member()
    start_session(member_id=member.id, device="Firefox")
    deactivate_member(admin, member_id=member.id, reason="Left the trust")
    assert fresh(member.id).deactivated_at
    assert sessions_of(member) == 0
    with pytest.raises(Conflict):
        deactivate_member(admin, member_id=member.id, reason="Again")
    assert find_viewer(member.id) is None
    reactivate_member(admin, member_id=member.id, reason="Came back")
    assert (fresh(member.id).is_active, fresh(member.id).deactivated_at) == (True, None)
    with pytest.raises(Conflict):
        reactivate_member(admin, member_id=member.id, reason="Again")
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["member deactivated", "member reactivated"]


def test_nobody_acts_on_who_is_not_there(app: Flask) -> None:
    admin = viewer_of(make_admin())
    for act in (
        lambda: change_role(admin, member_id=10**9, role="admin", reason="Because"),
        lambda: deactivate_member(admin, member_id=10**9, reason="Because"),
        lambda: reactivate_member(admin, member_id=10**9, reason="Because"),
    ):
        with pytest.raises(NotFound):
            act()


def test_an_admin_gives_the_role_up_only_while_another_is_active(app: Flask) -> None:
    admin = make_admin()
    make_admin(is_active=False)
    with pytest.raises(LastAdmin):
        change_role(viewer_of(admin), member_id=admin.id, role="staff", reason="Retiring")
    make_admin()
    change_role(viewer_of(admin), member_id=admin.id, role="staff", reason="Retiring")


def test_nobody_deactivates_themself(app: Flask) -> None:
    admin = make_admin()
    make_admin()
    with pytest.raises(NotAllowed, match="yourself"):
        deactivate_member(viewer_of(admin), member_id=admin.id, reason="Leaving")


@pytest.mark.parametrize("act", ["demote each other", "deactivate each other", "step down together"])
def test_two_admins_at_once_leave_one(app: Flask, act: str) -> None:
    first, second = viewer_of(make_admin()), viewer_of(make_admin())

    def job(actor, target):  # type: ignore[no-untyped-def]
        if act == "deactivate each other":
            return in_transaction(lambda: deactivate_member(actor, member_id=target.id, reason="Gone"))
        return in_transaction(
            lambda: change_role(actor, member_id=target.id, role="staff", reason="Stepping down")
        )

    pairs = (
        [(first, first), (second, second)]
        if act == "step down together"
        else [(first, second), (second, first)]
    )
    results = run_together(app, [lambda pair=pair: job(*pair) for pair in pairs])
    left = db.session.scalar(
        select(func.count()).select_from(Member).where(Member.role == "admin", Member.is_active)
    )
    assert left == 1
    assert sorted(type(result).__name__ for result in results) == ["LastAdmin", "NoneType"]
