"""Somebody who has left and asks for it is "A former colleague" wherever they stand."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.accounts.models import Member
from talking_together.accounts.photos import set_photo
from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.access import ROLES
from talking_together.extensions import db
from talking_together.ideas.models import IdeaDecision
from talking_together.invitations.models import StaffList
from talking_together.mail.models import OutboxMessage
from talking_together.notifications.services import notify
from tests.architecture.world import address_of
from tests.factories import (
    make_admin,
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
)
from tests.factories.invitations import make_invitation, make_join_code
from tests.factories.members import viewer_of
from tests.factories.rows import saved
from tests.support.client import Client

NAME, JOB, ABOUT = "Philippa Thistlewood", "Falconer in residence", "Walks with falcons"
EMAIL, ORGANISATION = "thistle@falcons.example", "Falcons"
FORMER = "A former colleague"
# What their account is known by, which stands on the admin's page of them alone.
TRACES = (NAME, "Philippa", "Thistlewood", JOB, ABOUT, EMAIL)


class Left:
    """Somebody who left, with something of theirs in every place where a name can stand."""

    def __init__(self) -> None:
        organisation = make_organisation(name="Falcons Trust", short_name=ORGANISATION)
        self.member = make_member(
            organisation,
            name=NAME,
            job_title=JOB,
            about=ABOUT,
            email=EMAIL,
            role="moderator",
            on_leaderboard=True,
            points=500,
        )
        set_photo(viewer_of(self.member), small=b"small", large=b"large")
        db.session.commit()
        self.key = db.session.scalar(select(Member.photo_key).where(Member.id == self.member.id))
        self.reader = make_member(name="Ben Reader")
        self.challenge = make_challenge(author_id=self.member.id)
        self.idea = make_idea(self.challenge, author=self.member, status="planned", edited_at=clock.now())
        self.own_idea = make_idea(self.challenge, author=self.reader)
        saved(
            IdeaDecision(
                idea_id=self.idea.id,
                from_status="new",
                to_status="planned",
                decided_by=self.member.id,
                at=clock.now(),
                response_source="We will",
                response_html="<p>We will</p>",
            )
        )
        parent = None
        for _depth in range(5):
            parent = make_comment(self.own_idea, author=self.member, parent=parent)
        self.comment = parent
        notify(
            self.reader.id,
            "comment on your idea",
            fact_key="comment",
            idea_id=self.own_idea.id,
            comment_id=parent.id if parent else None,
        )
        self.list = saved(
            StaffList(
                name="Everyone",
                filename="everyone.csv",
                uploaded_at=clock.now(),
                uploaded_by=self.member.id,
            )
        )
        self.invitation = make_invitation(
            email=EMAIL, name=NAME, job_title=JOB, state="joined", member_id=self.member.id
        )
        self.code = make_join_code(created_by=self.member.id)
        db.session.execute(
            update(Member)
            .where(Member.id == self.member.id)
            .values(is_active=False, deactivated_at=clock.now() - timedelta(days=1))
        )
        db.session.commit()

    def places(self) -> dict[str, Any]:
        """Return what addresses are filled with: theirs wherever there is a choice."""
        return {
            "challenge_id": self.challenge.id,
            "idea_id": self.own_idea.id,
            "comment_id": self.comment.id if self.comment else 0,
            "list_id": self.list.id,
            "phase_id": self.invitation.phase_id,
            "invitation_id": self.invitation.id,
            "code_id": self.code.id,
            "file": f"{self.key}-small.webp",
        }


@pytest.fixture
def left(app: Flask) -> Left:
    """Return somebody who has left and is still shown by name."""
    return Left()


def ask_for_it(client: Client, left: Left, reason: str = "She asked for it") -> None:
    client.sign_in(make_admin())
    path = f"/admin/members/{left.member.id}"
    form = client.get(path).form(f"{path}/former-colleague")
    form.submit(**{"former-reason": reason}).follow()


def addresses(app: Flask, role: str, left: Left) -> Iterator[str]:
    """Yield an address of every page that the role may ask for, of the things that are theirs."""
    for rule in app.url_map.iter_rules():
        least = app.view_functions[rule.endpoint].access_role  # type: ignore[attr-defined]
        if "GET" not in (rule.methods or ()) or least not in (None, *ROLES[: ROLES.index(role) + 1]):
            continue
        things = [left.challenge.id]
        if "<slugged:ref>" in rule.rule and rule.rule.startswith("/ideas"):
            things = [left.idea.id, left.own_idea.id]
        for ref in things:
            yield address_of(rule, **{**left.places(), "ref": ref})


def shown_to(client: Client, app: Flask, role: str, left: Left) -> dict[str, str]:
    """Return what every page says that a role can reach, by links as well, by its address."""
    waiting = ["/", *addresses(app, role, left)]
    pages: dict[str, str] = {}
    followed: set[tuple[str, str]] = set()
    while waiting:
        path = waiting.pop(0)
        if path in pages:
            continue
        page = client.ask("GET", path)
        pages[path] = page.html
        links = [each["href"] for each in page.query("main a[href^='/']")] if page.root is not None else []
        for link in [page.location] if page.status in (301, 302, 303) else links:
            kind = (
                re.sub(r"\d+[^/?#]*", "1", link.partition("?")[0]),
                re.sub(r"=[^&]*", "", link.partition("?")[2]),
            )
            if kind not in followed:
                followed.add(kind)
                waiting.append(link.partition("#")[0])
    return pages


@pytest.mark.parametrize("role", ["staff", "moderator"])
def test_no_page_tells_who_they_were(client: Client, app: Flask, left: Left, role: str) -> None:
    reader = left.reader
    db.session.execute(update(Member).where(Member.id == reader.id).values(role=role))
    db.session.commit()
    client.sign_in(reader)
    before = shown_to(client, app, role, left)
    # Each of these places does name them until they ask.
    named = {path for path, html in before.items() if NAME in html}
    assert len(named) >= 5, named
    assert any(left.key in html for html in before.values())
    ask_for_it(client, left)
    client.sign_in(reader)
    after = shown_to(client, app, role, left)
    traces = (*TRACES, str(left.key), *((ORGANISATION,) if role == "staff" else ()))
    told = {
        (path, trace)
        for path, html in after.items()
        for trace in traces
        if trace in html and trace not in path
    }
    # The search offers every partner to choose from, whoever has left; theirs finds nothing of them.
    assert told <= {(path, ORGANISATION) for path in after if path.startswith("/search")}
    word = left.idea.title.split()[-1]
    assert f"/ideas/{left.idea.id}-" in client.get(f"/search?q={word}").html
    narrowed = client.get(f"/search?q={word}&organisation={left.member.organisation_id}").html
    assert f"/ideas/{left.idea.id}-" not in narrowed
    assert any(FORMER in html for html in after.values())


def test_no_list_of_admins_tells_it_either(client: Client, app: Flask, left: Left) -> None:
    ask_for_it(client, left)
    own = f"/admin/members/{left.member.id}"
    pages = shown_to(client, app, "admin", left)
    told = {path for path, html in pages.items() if any(trace in html for trace in TRACES)}
    assert {path for path in told if not path.startswith(("/admin/audit", own))} == set()
    # Whoever looks for them finds them, and the page of their account says who they were.
    row = client.get("/admin/members?q=thistlewood").query("tbody tr")
    assert [each.query("th a")[0]["href"] for each in row] == [own]
    assert row[0].text.startswith(FORMER)
    assert client.get(own).heading == NAME
    listed = app.test_cli_runner().invoke(args=["members", "list"]).output
    assert f"{left.member.id},,{FORMER},,moderator,no" in listed.splitlines()
    assert not any(trace in listed for trace in TRACES)


def test_what_is_said_as_it_happens_does_not_tell_it(client: Client, left: Left) -> None:
    ask_for_it(client, left)
    client.sign_in(left.reader)
    comment = left.comment
    assert comment
    vote = client.post(f"/comments/{comment.id}/vote", {"value": "1"}, status=200, htmx=True)
    assert "the comment by a former colleague" in vote.html
    reply = client.get(f"/comments/{comment.id}/reply")
    assert reply.query(".byline__name")[0].text == FORMER
    reply.form().submit(body="Still true")
    shown = client.get(f"/ideas/{left.own_idea.id}", status=301).follow()
    assert "In reply to a former colleague" in shown.text
    assert NAME not in shown.html
    assert not shown.query(f"#comment-{comment.id} .chip")
    # Neither a photo nor initials: a drawn head.
    assert [each.text for each in shown.query(f"#comment-{comment.id} .avatar")] == [""]
    told = [
        f"{each.subject} {each.body_text} {each.body_html}"
        for each in db.session.scalars(select(OutboxMessage))
    ]
    assert not any(NAME in text for text in told)


def test_their_photo_is_not_sent(client: Client, left: Left) -> None:
    client.sign_in(left.reader)
    path = f"/members/{left.member.id}/photo/{left.key}-large.webp"
    client.get(path)
    ask_for_it(client, left)
    client.get(path, status=404)
    client.sign_in(left.reader)
    client.get(path, status=404)


def test_it_needs_a_reason_and_is_logged_and_can_be_taken_back(client: Client, left: Left) -> None:
    client.sign_in(make_admin())
    path = f"/admin/members/{left.member.id}"
    form = client.get(path).form(f"{path}/former-colleague")
    assert "Say why" in form.submit(status=400).query(".nhsuk-error-message")[0].text
    form.submit(**{"former-reason": "She asked by letter"})
    again = form.submit(status=400, **{"former-reason": "She asked by letter"})
    assert "shown like that already" in again.text
    back = again.form(f"{path}/by-name")
    back.submit(**{"former-reason": "She changed her mind"})
    entries = [(each.action, each.reason) for each in db.session.scalars(select(AuditEntry))]
    assert entries == [
        ("shown as a former colleague", "She asked by letter"),
        ("shown by name again", "She changed her mind"),
    ]
    client.sign_in(left.reader)
    assert NAME in client.get(f"/ideas/{left.idea.id}", status=301).follow().text


def test_nobody_who_can_come_in_is_shown_like_that(client: Client, left: Left) -> None:
    client.sign_in(make_admin())
    member = make_member(name="Cy Present")
    path = f"/admin/members/{member.id}"
    assert not client.get(path).query(f"form[action='{path}/former-colleague']")
    page = client.post(f"{path}/former-colleague", {"former-reason": "x"}, status=400)
    assert "Cy Present has not left" in page.text
    ask_for_it(client, left)
    path = f"/admin/members/{left.member.id}"
    client.get(path).form(f"{path}/reactivate").submit(**{"access-reason": "Came back"})
    db.session.expire_all()
    assert not db.session.get(Member, left.member.id).shown_as_former
    client.sign_in(left.reader)
    assert NAME in client.get(f"/ideas/{left.idea.id}", status=301).follow().text


def test_only_admins_decide_it(client: Client, left: Left) -> None:
    client.sign_in(make_moderator())
    path = f"/admin/members/{left.member.id}"
    client.post(f"{path}/former-colleague", {"former-reason": "x"}, status=403)
    client.post(f"{path}/by-name", {"former-reason": "x"}, status=403)


def test_who_did_not_ask_stays_as_they_were(client: Client, left: Left) -> None:
    client.sign_in(left.reader)
    page = client.get(f"/ideas/{left.idea.id}", status=301).follow()
    byline = page.query("main .byline")[0]
    assert byline.text.startswith(f"{NAME} {ORGANISATION}")
    assert left.key in byline.query("img")[0]["src"]
