"""What is written to whom by email, in how many messages, and to whom nothing is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.mail.models import OutboxMessage
from talking_together.mail.suppressions import suppress
from talking_together.notifications.groups import AT_ONCE, DAILY, NEVER
from talking_together.notifications.models import (
    Notification,
    NotificationKindPreference,
    NotificationPreference,
)
from talking_together.notifications.services import mark_all_read, notify
from talking_together.telling import mailing
from talking_together.telling.due import APART, MOST_A_DAY, next_morning
from talking_together.telling.facts import tell_settled
from talking_together.telling.mailing import write_due_emails
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    make_vote,
    viewer_of,
)
from tests.factories.decisions import make_decision
from tests.factories.follows import make_follow
from tests.factories.ideas import make_co_author
from tests.factories.rows import saved
from tests.support.parallel import run_together

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
SOON = timedelta(minutes=3)


@pytest.fixture(autouse=True)
def _noon(hold_clock: Callable[[datetime], None]) -> None:
    # A few minutes later must be neither past eight in the morning nor past midnight.
    hold_clock(NOON)


def choose(member: Member, group: str, email: str) -> None:
    saved(NotificationPreference(member_id=member.id, group_name=group, email=email, chosen_at=clock.now()))


def choose_kind(member: Member, kind: str, email: str) -> None:
    saved(NotificationKindPreference(member_id=member.id, kind=kind, email=email, chosen_at=clock.now()))


def letters() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Notification.email_state).order_by(Notification.id)))


def written_after(wait: timedelta = SOON) -> int:
    with clock.held_at(clock.now() + wait):
        return write_due_emails()


def tell(member: Member, kind: str = "status of your idea", **about: Any) -> None:
    key = f"{kind}:{member.id}:{about}"
    notify(member.id, kind, fact_key=key[:100], **about)
    db.session.commit()


def answered(title: str = "A shared list", *, author: Member | None = None, **values: Any) -> Idea:
    idea = make_idea(author=author, title=title, **values)
    make_decision(
        idea,
        "planned",
        by=make_moderator(name="Sam Bridge"),
        response="We **start** in May. See [the plan](/ideas/1).",
        decided_as="moderator",
    )
    tell_settled()
    return idea


def test_an_answer_goes_to_its_author_in_its_words(app: Flask) -> None:
    author = make_member()
    idea = answered(author=author)
    assert written_after(timedelta(seconds=60)) == 0
    assert written_after() == 1
    letter = letters()[0]
    base = app.config["BASE_URL"]
    assert (letter.to_address, letter.purpose, letter.ref_id) == (author.email, "notifications", author.id)
    assert letter.subject == "Your idea is planned: A shared list"
    for body in (letter.body_text, letter.body_html):
        assert "Sam Bridge, moderator" in body
        assert f"{base}/ideas/{idea.id}-a-shared-list" in body
        assert "You get this because you wrote the idea or the comment that it is about." in body
        assert f"{base}/notifications/stop/{author.id}.status-of-your-idea." in body
        assert f"{base}/ideas/1" in body, "a link of ours leads to the site from anywhere"
    assert "> We **start** in May." in letter.body_text
    assert letter.body_text.startswith(f"Hello {author.name}\n\nYour idea")
    assert "<strong>start</strong>" in letter.body_html
    assert "<img" not in letter.body_html
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.headers["List-Unsubscribe"].startswith(
        f"<{base}/notifications/stop/{author.id}.status-of-your-idea."
    )
    assert states() == ["sent"]
    assert written_after(timedelta(days=1)) == 0


def test_ten_that_change_together_are_one_email(app: Flask) -> None:
    follower = make_member()
    ideas = [make_idea(title=f"Idea number {number}") for number in range(10)]
    for idea in ideas:
        make_follow(follower, idea)
        make_decision(idea, response="Yes, we will.")
    tell_settled()
    written_after()
    own = [letter for letter in letters() if letter.to_address == follower.email]
    assert [letter.subject for letter in own] == ["10 ideas you follow were answered"]
    assert all(f"Idea number {number}" in own[0].body_text for number in range(10))
    assert own[0].body_text.count("> Yes, we will.") == 10


def test_of_several_answers_to_one_idea_the_last_is_told(app: Flask) -> None:
    author = make_member()
    idea = make_idea(author=author, title="A shared list")
    for to, response in (("shortlisted", "We like it."), ("planned", "We start in May.")):
        make_decision(idea, to, response=response)
    tell_settled()
    assert written_after() == 1
    assert letters()[0].subject == "Your idea is planned: A shared list"
    assert "We like it." not in letters()[0].body_text
    assert states() == ["sent", "sent"]


def test_different_things_are_one_email_in_parts_and_any_of_them_can_be_stopped(app: Flask) -> None:
    member = make_member()
    idea, challenge = make_idea(author=member, title="A shared list"), make_challenge(title="Home by lunch")
    comment = make_comment(
        idea, make_member(name="Morgan Oakfield"), body_source="Our **ward** does <b>this</b>."
    )
    tell(member, "comment on your idea", idea_id=idea.id, comment_id=comment.id)
    tell(member, "challenge dates changed", challenge_id=challenge.id)
    assert written_after() == 1
    letter = letters()[0]
    assert letter.subject == "Morgan Oakfield commented on your idea: A shared list, and 1 more"
    assert "MY IDEAS AND COMMENTS" in letter.body_text
    assert "> Our ward does" in letter.body_text
    assert "Ideas until" in letter.body_text
    assert "<b>this" not in letter.body_html
    kinds = "comment-on-your-idea~challenge-dates-changed"
    assert f"/notifications/stop/{member.id}.{kinds}." in letter.headers["List-Unsubscribe"]
    assert "(Comments on my ideas; New dates of challenges I follow):\nhttps" in letter.body_text


def test_daily_waits_for_the_morning_and_is_one_email(app: Flask) -> None:
    voter = make_member()
    for number in range(3):
        idea = make_idea(title=f"Idea number {number}")
        make_vote(idea, voter)
        make_decision(idea, response="Yes.")
    tell_settled()
    written_after()
    assert voter.email not in {letter.to_address for letter in letters()}
    with clock.held_at(next_morning(clock.now()) + timedelta(minutes=1)):
        write_due_emails()
    own = [letter.subject for letter in letters() if letter.to_address == voter.email]
    assert own == ["3 ideas you voted on were answered"]


def test_a_choice_counts_for_what_waits_already(app: Flask) -> None:
    voter, author = make_member(), make_member()
    idea = make_idea(author=author)
    make_vote(idea, voter)
    make_decision(idea)
    tell_settled()
    choose(voter, "joined in", AT_ONCE)
    choose(author, "mine", NEVER)
    assert written_after() == 1
    assert letters()[0].to_address == voter.email
    assert sorted(states()) == ["left out", "sent"]


def test_what_was_read_in_the_site_is_not_sent(app: Flask) -> None:
    author = make_member()
    answered(author=author)
    mark_all_read(viewer_of(author), up_to=10**6)
    db.session.commit()
    assert written_after() == 0
    assert states() == ["left out"]


@pytest.mark.parametrize("why", ["no address", "left", "suppressed", "moved away", "hidden", "comment gone"])
def test_nothing_is_sent_to_who_cannot_or_may_not_get_it_any_more(app: Flask, why: str) -> None:
    ours = make_organisation()
    member = make_member(ours)
    idea = make_idea(make_challenge(organisations=[ours]), make_member(ours))
    comment = make_comment(idea, make_member(ours))
    tell(member, "reply to your comment", idea_id=idea.id, comment_id=comment.id)
    if why == "no address":
        member.email = None
    elif why == "left":
        member.is_active = False
    elif why == "suppressed":
        suppress(member.email or "", because="asked")
    elif why == "moved away":
        member.organisation_id = make_organisation().id
    elif why == "hidden":
        idea.status, idea.listed = "hidden", False
    else:
        comment.deleted_at = clock.now()
    db.session.commit()
    assert written_after() == 0
    assert (states(), letters()) == (["left out"], [])


def test_news_of_a_challenge_that_one_may_not_see_any_more_stays_unsent(app: Flask) -> None:
    ours = make_organisation()
    challenge, inside, moved = make_challenge(organisations=[ours]), make_member(ours), make_member(ours)
    for member in (inside, moved):
        tell(member, "challenge paused", challenge_id=challenge.id)
    moved.organisation_id = make_organisation().id
    db.session.commit()
    assert written_after() == 1
    assert letters()[0].to_address == inside.email
    assert letters()[0].subject.startswith("Paused for now: ")


def test_an_author_reads_what_those_answered_who_were_asked_to_be_co_authors(app: Flask) -> None:
    author = make_member()
    idea = make_idea(author=author, title="A shared list")
    yes, no, later = (make_member(name=name) for name in ("Ada Pole", "Ben Okafor", "Cy Moss"))
    make_co_author(idea, yes)
    make_co_author(idea, no, "declined")
    # What they said at first does not stand any more.
    make_co_author(idea, later, settled_at=clock.now() + timedelta(minutes=1))
    for each in (yes, no, later):
        tell(author, "co-author answered", idea_id=idea.id, by_id=each.id)
    written_after()
    (letter,) = letters()
    assert letter.subject == "Ada Pole agreed to be a co-author: A shared list, and 2 more"
    assert "Ben Okafor chose not to be a co-author of your idea “A shared list”" in letter.body_text
    assert "Cy Moss answered whether to be a co-author" in letter.body_text


def test_results_lead_to_their_page(app: Flask) -> None:
    member, challenge = make_member(), make_challenge(title="Home by lunch")
    tell(member, "results published", challenge_id=challenge.id)
    written_after()
    assert f"/challenges/{challenge.id}-home-by-lunch/results\n" in letters()[0].body_text


def test_emails_to_one_member_are_ten_minutes_apart_and_what_came_between_is_together(app: Flask) -> None:
    author, start = make_member(), clock.now()
    for minute in range(9):
        with clock.held_at(start + timedelta(minutes=minute)):
            tell(author, idea_id=make_idea(author=author).id)
    for minute in range(30):
        with clock.held_at(start + timedelta(minutes=minute)):
            write_due_emails()
    counts = [letter.body_text.count("Your idea") for letter in letters()]
    assert counts == [1, 8]
    first, second = (letter.created_at for letter in letters())
    assert second - first == APART


def test_after_so_many_emails_on_a_day_the_rest_waits_for_the_morning(app: Flask) -> None:
    author = make_member()
    start = next_morning(clock.now()) + timedelta(hours=1)
    for number in range(MOST_A_DAY + 3):
        with clock.held_at(start + number * timedelta(minutes=20)):
            tell(author, idea_id=make_idea(author=author).id)
        with clock.held_at(start + number * timedelta(minutes=20) + SOON):
            write_due_emails()
    assert len(letters()) == MOST_A_DAY
    with clock.held_at(next_morning(start) + timedelta(minutes=5)):
        assert write_due_emails() == 1
    assert letters()[-1].subject == "3 of your ideas were answered"


def test_parallel_workers_write_to_everybody_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "MEMBERS", 2)
    members = [make_member() for _ in range(12)]
    idea = make_idea()
    for member in members:
        tell(member, "status of an idea you follow", idea_id=idea.id)
    with clock.held_at(clock.now() + SOON):
        results = run_together(app, [write_due_emails] * 4)
        write_due_emails()
    assert all(isinstance(result, int) for result in results), results
    assert sorted(letter.to_address for letter in letters()) == sorted(
        member.email or "" for member in members
    )


def test_a_crash_leaves_both_the_message_and_the_mark_or_neither(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered()

    def crash(*_args: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(mailing, "enqueue_many", crash)
        with pytest.raises(RuntimeError):
            written_after()
    assert (states(), letters()) == (["due"], [])
    assert written_after() == 1
    assert (states(), len(letters())) == (["sent"], 1)


def test_a_title_cannot_break_a_header_and_long_ones_are_cut(app: Flask) -> None:
    author = make_member()
    title = "A\u2028list " + "very " * 27 + "long"
    tell(author, idea_id=make_idea(author=author, title=title[:150], status="not now").id)
    assert written_after() == 1
    assert letters()[0].subject.startswith("Your idea will not be done for now: A list very")
    assert len(letters()[0].subject) <= 150


def test_a_very_long_email_says_how_much_more_there_is(app: Flask) -> None:
    author = make_member()
    for _ in range(25):
        tell(author, idea_id=make_idea(author=author).id)
    assert written_after() == 1
    assert "And 5 more things: " in letters()[0].body_text
    assert states() == ["sent"] * 25


def test_who_chose_daily_for_their_own_ideas_gets_them_in_the_morning(app: Flask) -> None:
    author = make_member()
    choose(author, "mine", DAILY)
    answered(author=author)
    assert written_after() == 0
    with clock.held_at(next_morning(clock.now()) + timedelta(minutes=1)):
        assert write_due_emails() == 1


def test_a_kind_goes_as_chosen_for_it_and_the_others_as_their_group(app: Flask) -> None:
    one, other = make_member(), make_member()
    idea = make_idea(author=one)
    choose(one, "mine", NEVER)
    choose_kind(one, "idea approved", AT_ONCE)
    choose_kind(one, "idea sent back", DAILY)
    choose_kind(other, "idea approved", NEVER)
    for member in (one, other):
        for kind in ("idea approved", "idea sent back", "comment thanked"):
            tell(member, kind, idea_id=idea.id)
    assert written_after() == 2
    told = {letter.to_address: letter.body_text for letter in letters()}
    words = ("approved", "sent back", "thanked")
    assert [word for word in words if word in told[one.email or ""]] == ["approved"]
    assert [word for word in words if word in told[other.email or ""]] == ["sent back", "thanked"]
    assert f"{one.id}.idea-approved." in told[one.email or ""]
    assert sorted(states()) == ["due", "left out", "left out", "sent", "sent", "sent"]
    with clock.held_at(next_morning(clock.now()) + timedelta(minutes=1)):
        assert write_due_emails() == 1
    assert "sent back" in letters()[-1].subject


def test_a_comment_without_an_author_is_told_of_without_a_name(app: Flask) -> None:
    member, writer = make_member(email="reader@example.test"), make_member(name="Rowan Ashdown")
    idea = make_idea()
    comment = make_comment(idea, author_id=None)
    tell(member, "mention", idea_id=idea.id, comment_id=comment.id, by_id=writer.id)
    assert written_after() == 1
    letter = letters()[0]
    assert "mentioned you" in letter.subject
    assert writer.name not in f"{letter.subject}{letter.body_text}{letter.body_html}"
