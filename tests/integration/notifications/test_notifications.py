"""What members are told, and marking it as read."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.formatting import day
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.notifications import queries
from talking_together.notifications.models import Notification
from talking_together.notifications.services import mark_all_read, notify, notify_many
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_organisation,
    viewer_of,
)
from tests.factories.rows import saved
from tests.support.client import Client
from tests.support.statements import recorded_statements


def tell(member: Member, kind: str, idea: Idea, *, comment_id: int | None = None, key: str = "1") -> None:
    notify(member.id, kind, fact_key=f"{kind}:{key}", idea_id=idea.id, comment_id=comment_id)
    db.session.commit()


def unread(member: Member) -> int:
    return viewer_of(member).unread_count


def test_a_fact_is_told_once(app: Flask) -> None:
    idea, member = make_idea(), make_member()
    for _ in range(3):
        tell(member, "status of your idea", idea)
    assert unread(member) == 1


def test_each_kind_reads_well_and_leads_to_what_it_is_about(client: Client) -> None:
    author = make_member()
    idea = make_idea(author=author, title="A shared checklist", status="planned")
    comment = make_comment(idea, make_member(name="Morgan Oakfield"))
    tell(author, "comment on your idea", idea, comment_id=comment.id)
    tell(author, "reply to your comment", idea, comment_id=comment.id)
    tell(author, "status of your idea", idea)
    page = client.sign_in(author).get("/notifications", statements=5)
    assert [item.text for item in page.query("main li.card p:first-child")] == [
        "New Your idea “A shared checklist” is now planned",
        "New Morgan Oakfield wrote a reply to your comment on “A shared checklist”",
        "New Morgan Oakfield wrote a comment on your idea “A shared checklist”",
    ]
    links = [link["href"] for link in page.query("main li.card a")]
    assert links == [f"/ideas/{idea.id}-a-shared-checklist", *[f"/comments/{comment.id}"] * 2]


def test_what_a_decision_came_to_is_told_though_the_idea_moved_on(client: Client) -> None:
    author, moderator = make_member(), make_member(role="moderator")
    idea = make_idea(author=author, title="A shared checklist", status="done")
    decision = saved(
        IdeaDecision(
            idea_id=idea.id,
            from_status="new",
            to_status="planned",
            decided_by=moderator.id,
            at=clock.now(),
        )
    )
    notify(author.id, "status of your idea", fact_key="1", idea_id=idea.id, decision_id=decision.id)
    db.session.commit()
    page = client.sign_in(author).get("/notifications", statements=5)
    assert "is now planned" in page.text


def test_news_of_a_challenge_and_who_did_something_are_named(client: Client) -> None:
    member, asker = make_member(), make_member(name="Morgan Oakfield")
    challenge = make_challenge(title="Home by lunch")
    elsewhere = make_challenge(organisations=[make_organisation()], title="Not for you")
    idea = make_idea(challenge, author=asker, title="A shared checklist")
    notify(member.id, "challenge paused", fact_key="1", challenge_id=challenge.id)
    notify(member.id, "challenge paused", fact_key="2", challenge_id=elsewhere.id)
    notify(member.id, "co-author asked", fact_key="3", idea_id=idea.id, by_id=asker.id)
    notify(member.id, "challenge paused", fact_key="4")
    notify(member.id, "results published", fact_key="5", challenge_id=challenge.id)
    db.session.commit()
    page = client.sign_in(member).get("/notifications", statements=5)
    assert [item.text for item in page.query("main li.card p:first-child")] == [
        "New There are results of “Home by lunch”",
        "New Morgan Oakfield asks you to be a co-author of “A shared checklist”",
        "New “Home by lunch” is paused for now",
    ]
    links = [link["href"] for link in page.query("main li.card a")]
    path = f"/challenges/{challenge.id}-home-by-lunch"
    assert links == [f"{path}/results", f"/ideas/{idea.id}/co-author", path]


def test_what_was_told_stands_under_its_day(client: Client) -> None:
    author = make_member()
    noon = clock.now().replace(hour=12)
    for days in (0, 0, 1, 9):
        with clock.held_at(noon - timedelta(days=days)):
            idea = make_idea(author=author)
            tell(author, "status of your idea", idea, key=f"{idea.id}")
    with clock.held_at(noon):
        page = client.sign_in(author).get("/notifications", statements=5)
        headings = [heading.text for heading in page.query("main h2")]
        assert headings == [day(noon - timedelta(days=9)), "Yesterday", "Today"]
    assert len(page.query("main h2 + ul")[2].query("li.card")) == 2


def test_many_are_told_in_one_statement_and_none_twice(app: Flask) -> None:
    idea, members = make_idea(), [make_member() for _ in range(5)]
    ids, about = [member.id for member in members], idea.id
    for told in (ids[:2], ids + ids):
        with recorded_statements(app) as statements:
            notify_many(
                told, "mention", fact_key_of=lambda member_id: f"mention:1:member:{member_id}", idea_id=about
            )
        assert len(statements) == 1
        db.session.commit()
    assert [unread(member) for member in members] == [1] * 5
    notify_many([], "mention", fact_key_of=str, idea_id=about)


def test_only_the_button_marks_as_read(client: Client) -> None:
    author = make_member()
    idea = make_idea(author=author)
    tell(author, "status of your idea", idea)
    client.sign_in(author).get("/notifications")
    page = client.get("/notifications")
    assert unread(author) == 1
    page.form("/notifications").submit()
    assert unread(author) == 0
    assert not client.get("/notifications").query("main form")


def test_what_came_after_the_page_was_shown_stays_unread(client: Client) -> None:
    author = make_member()
    idea = make_idea(author=author)
    tell(author, "status of your idea", idea)
    page = client.sign_in(author).get("/notifications")
    tell(author, "status of your idea", idea, key="2")
    page.form("/notifications").submit()
    assert unread(author) == 1


def test_marking_touches_nobody_elses(app: Flask) -> None:
    one, other = make_member(), make_member()
    idea = make_idea()
    tell(one, "status of your idea", idea)
    tell(other, "status of your idea", idea, key="2")
    mark_all_read(viewer_of(one), up_to=10**6)
    db.session.commit()
    assert (unread(one), unread(other)) == (0, 1)


def test_what_a_member_may_no_longer_see_is_not_shown(client: Client) -> None:
    member = make_member()
    elsewhere = make_idea(make_challenge(organisations=[make_organisation()]), title="Not for you")
    hidden = make_idea(status="hidden", title="Hidden idea")
    removed = make_comment(make_idea(title="Comment gone"), deleted_at=clock.now())
    shown = make_idea(title="Still here")
    tell(member, "status of your idea", elsewhere, key="1")
    tell(member, "status of your idea", hidden, key="2")
    gone = db.session.get(Idea, removed.idea_id)
    tell(member, "comment on your idea", gone, comment_id=removed.id, key="3")
    tell(member, "status of your idea", shown, key="4")
    page = client.sign_in(member).get("/notifications")
    assert len(page.query("main li.card")) == 1
    assert "Still here" in page.text


def test_pages_hold_everything_once(app: Flask) -> None:
    member, idea = make_member(), make_idea()
    for number in range(7):
        tell(member, "status of your idea", idea, key=str(number))
    seen, after = [], None
    for _ in range(3):
        page = queries.notifications_of(viewer_of(member), after=after, size=3)
        seen += [row.id for row in page.rows]
        after = page.next_cursor
    assert after is None
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 7


@pytest.mark.parametrize("up_to", [None, "", "x", "0", "-3", str(2**63)])
def test_a_button_that_was_tampered_with_marks_nothing(client: Client, up_to: str | None) -> None:
    author = make_member()
    tell(author, "status of your idea", make_idea(author=author))
    data = {} if up_to is None else {"up_to": up_to}
    client.sign_in(author).post("/notifications", data, status=400)
    assert unread(author) == 1


def test_nothing_told_is_said_in_words(client: Client) -> None:
    page = client.sign_in(make_member()).get("/notifications")
    assert "No notifications yet" in page.text
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 0
