"""The first page of a member: what is open, what happened since, what needs them, what they began."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.drafts.services import keep_draft
from talking_together.extensions import db
from talking_together.home.returning import news_for, unfinished_of
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.merging.models import MergeProposal
from talking_together.notifications.models import Notification
from talking_together.results.acted import acted_on, titles_acted_on
from talking_together.rewards.models import DrawEntry, DrawWinner
from tests.factories import (
    make_challenge,
    make_comment,
    make_group,
    make_idea,
    make_member,
    make_moderator,
    make_vote,
    viewer_of,
)
from tests.factories.rewards import make_reward
from tests.factories.rows import next_number, saved
from tests.support.client import Client, Page
from tests.support.plans import plans_of

# The viewer's, and one for each part.
# One more for whom the bell counts news, and one for a moderator.
STATEMENTS = 5


def titles(page: Page, section: str) -> list[str]:
    return [link.text for link in page.query(f"{section} .card__title a")]


def lines(page: Page, heading: str) -> list[str]:
    """Return the lines of a list beside the challenges."""
    return [item.text for item in page.query(f"[aria-labelledby={heading}] li")]


def told(member: Member, kind: str, **values: Any) -> Notification:
    """Tell a member something."""
    return saved(
        Notification(
            **{
                "member_id": member.id,
                "kind": kind,
                "fact_key": f"test:{next_number()}",
                "at": clock.now() - timedelta(hours=2),
                **values,
            }
        )
    )


def test_it_shows_what_is_open_what_needs_a_thumb_and_what_is_unfinished(client: Client) -> None:
    member, group = make_member(), make_group()
    challenge, hidden = make_challenge(), make_challenge(groups=[group])
    make_challenge("in review")
    make_idea(hidden)
    voted, own, new = make_idea(challenge), make_idea(challenge, member), make_idea(challenge)
    make_vote(voted, member)
    draft = make_idea(challenge, member, status="draft", title="A cupboard on the ward")
    make_idea(challenge, status="draft")
    page = client.sign_in(member).get("/", statements=STATEMENTS)
    assert page.heading == "Open to you"
    assert titles(page, ".home__open") == [challenge.title]
    assert titles(page, ".home__votes") == [new.title]
    assert [draft.title in line for line in lines(page, "drafts-heading")] == [True]
    assert own.title not in page.text


def test_nothing_open_and_nothing_done_says_what_to_do(client: Client) -> None:
    page = client.sign_in(make_member()).get("/", statements=STATEMENTS)
    assert "Nothing is open to you right now" in page.text
    assert page.query('main a[href="/challenges"]')
    assert not page.query(".home__aside")


def test_a_new_member_is_told_how_to_begin_until_they_have_begun(client: Client) -> None:
    challenge, member = make_challenge(), make_member()
    assert "New here?" in client.sign_in(member).get("/").text
    make_idea(challenge, member, status="draft")
    assert "New here?" not in client.get("/").text
    member = make_member(points=61)
    assert "New here?" not in client.sign_in(member).get("/").text


def test_it_tells_what_happened_since_the_member_looked(client: Client) -> None:
    member, other = make_member(), make_member()
    idea = make_idea(author=member, title="A shared list", status="planned")
    decision = saved(IdeaDecision(idea_id=idea.id, from_status="new", to_status="planned", at=clock.now()))
    comment = make_comment(idea, other)
    challenge = make_challenge("in review", title="What would help?")
    told(member, "status of your idea", idea_id=idea.id, decision_id=decision.id)
    told(member, "comment on your idea", idea_id=idea.id, comment_id=comment.id)
    told(member, "results published", challenge_id=challenge.id)
    reward = make_reward(title="A swim")
    told(member, "draw not won", reward_id=reward.id)
    told(member, "milestone first idea")
    told(member, "comment on your idea", idea_id=idea.id, read_at=clock.now())
    told(other, "status of your idea", idea_id=idea.id)
    page = client.sign_in(member).get("/", statements=STATEMENTS + 1)
    assert [line.removesuffix(" 2 hours ago") for line in lines(page, "news-heading")] == [
        "You reached a milestone: your first idea",
        "The prize draw “A swim” is over, and your numbers were not among the winners",
        "There are results of “What would help?”",
        f"{other.name} wrote a comment on your idea “A shared list”",
        "Your idea “A shared list” is now planned",
    ]
    paths = [link["href"] for link in page.query("[aria-labelledby=news-heading] li a")]
    assert paths == [
        "/me#milestones",
        f"/rewards/{reward.id}-a-swim/draw",
        f"/challenges/{challenge.id}-what-would-help/results",
        f"/comments/{comment.id}",
        f"/ideas/{idea.id}-a-shared-list",
    ]


def test_whose_number_was_drawn_and_passed_over_is_led_to_why(client: Client) -> None:
    member, draw = make_member(), make_reward(title="A walk", kind="draw")
    saved(DrawEntry(reward_id=draw.id, number=1, member_id=member.id, entered_at=clock.now()))
    saved(DrawWinner(reward_id=draw.id, place=1, number=1, passed_over="no longer among those it is for"))
    told(member, "draw not won", reward_id=draw.id)
    client.sign_in(member)
    for path in ("/", "/notifications"):
        page = client.get(path)
        words = "The prize draw “A walk” is over, and one of your numbers was drawn and passed over: see why"
        assert words in page.text
        assert page.query(f"main a[href='/rewards/{draw.id}-a-walk/draw']")
    assert (
        "1: passed over: no longer among those it is for"
        in client.get(f"/rewards/{draw.id}-a-walk/draw").text
    )


def test_it_tells_of_nothing_that_does_not_exist_for_the_member(client: Client) -> None:
    member, group = make_member(), make_group()
    closed = make_challenge(groups=[group], title="For a few")
    told(member, "status of an idea you follow", idea_id=make_idea(closed, title="Theirs").id)
    told(member, "challenge paused", challenge_id=closed.id)
    hidden = make_idea(title="Hidden since", status="hidden")
    told(member, "status of an idea you follow", idea_id=hidden.id)
    gone = make_comment(deleted_at=clock.now())
    told(member, "comment on an idea you follow", idea_id=gone.idea_id, comment_id=gone.id)
    page = client.sign_in(member).get("/", statements=STATEMENTS + 1)
    assert not lines(page, "news-heading")
    for words in ("For a few", "Theirs", "Hidden since"):
        assert words not in page.text


def test_what_was_typed_and_not_saved_is_found_again(client: Client) -> None:
    member = make_member()
    challenge = make_challenge()
    published = make_idea(challenge, member, title="Published one")
    keep_draft(viewer_of(member), key=f"idea-edit:{published.id}", fields={"title": ["Half"]})
    keep_draft(viewer_of(member), key="challenge:new", fields={"title": ["Not an idea"]})
    keep_draft(viewer_of(make_member()), key=f"idea-edit:{published.id}", fields={"title": ["Theirs"]})
    db.session.commit()
    page = client.sign_in(member).get("/", statements=STATEMENTS)
    assert lines(page, "drafts-heading") == [f"Published one Changes not saved, just now · {challenge.title}"]


def done(idea: Idea, *, days_ago: int) -> None:
    at = clock.now() - timedelta(days=days_ago)
    saved(IdeaDecision(idea_id=idea.id, from_status="new", to_status="done", at=at))


def test_what_was_done_lately_is_there_for_everybody(client: Client) -> None:
    for number in range(4):
        done(make_idea(title=f"Done {number}", status="done"), days_ago=9 - number)
    page = client.sign_in(make_member()).get("/", statements=STATEMENTS)
    shown = [item.text.split(" Done ")[0] for item in page.query("[aria-labelledby=acted-heading] li")]
    assert [words[:6] for words in shown] == ["Done 3", "Done 2"]
    assert page.query('[aria-labelledby=acted-heading] a[href="/you-said-we-did"]')


def owed(idea: Idea, moderator: Member, days: int) -> None:
    idea.answer_owner_id = moderator.id
    idea.answer_due_at = clock.now() + timedelta(days=days)
    db.session.commit()


def test_a_moderator_sees_what_waits_for_them(client: Client) -> None:
    moderator, challenge = make_moderator(), make_challenge()
    client.sign_in(moderator)
    assert not client.get("/", statements=STATEMENTS + 1).query(".home__waiting")
    owed(make_idea(challenge), moderator, -1)
    owed(make_idea(challenge), moderator, 3)
    owed(make_idea(challenge), make_moderator(), 3)
    answered = make_idea(challenge, answered_at=clock.now())
    owed(answered, moderator, 3)
    make_idea(challenge, status="waiting for approval")
    first, second = make_idea(challenge), make_idea(challenge)
    saved(MergeProposal(lower_id=first.id, higher_id=second.id, proposed_at=clock.now()))
    page = client.get("/", statements=STATEMENTS + 1)
    assert page.query(".home__waiting")[0].text == (
        "Waiting for you: 2 answers to give, 1 overdue · 1 idea to approve · 1 proposal to merge"
    )
    assert not client.sign_in(make_member()).get("/", statements=STATEMENTS).query(".home__waiting")


@pytest.mark.parametrize("many", [1, 30])
def test_it_costs_the_same_whatever_there_is(client: Client, many: int) -> None:
    member = make_member()
    for _ in range(many):
        challenge = make_challenge()
        idea = make_idea(challenge, member)
        make_idea(challenge, member, status="draft")
        make_idea(challenge)
        told(member, "status of your idea", idea_id=idea.id)
    page = client.sign_in(member).get("/", statements=STATEMENTS + 1)
    assert len(lines(page, "news-heading")) == min(many, 5)
    assert len(lines(page, "drafts-heading")) == min(many, 3)
    assert len(titles(page, ".home__open")) == min(many, 4)


@pytest.mark.parametrize("key", ["idea-edit:new", f"idea-edit:{2**63 - 1}"])
def test_a_kept_form_that_is_of_no_idea_disturbs_nothing(client: Client, key: str) -> None:
    client.sign_in(make_member())
    client.post(f"/drafts/{key}", {"title": "A cupboard"}, status=200)
    assert not client.get("/").query("[aria-labelledby=drafts-heading]")


def test_news_of_a_comment_without_an_author_names_nobody(client: Client) -> None:
    member, writer = make_member(), make_member(name="Rowan Ashdown")
    idea = make_idea()
    comment = make_comment(idea, author_id=None)
    told(member, "mention", idea_id=idea.id, comment_id=comment.id, by_id=writer.id)
    page = client.sign_in(member).get("/")
    assert "mentioned you" in page.text
    assert writer.name not in page.text


@pytest.mark.parametrize("maker", [make_member, make_moderator])
def test_no_part_reads_all_ideas_of_what_is_open(
    app: Flask, database_kind: str, maker: Callable[[], Member]
) -> None:
    challenge = make_challenge()
    for number in range(12):
        done(make_idea(challenge, status="done"), days_ago=number)
    if database_kind == "postgresql":
        # A few rows are read faster than any index of them.
        db.session.execute(text("ANALYZE"))
        db.session.execute(text("SET enable_seqscan = off"))
    member = maker()
    told(member, "milestone first idea")
    viewer = viewer_of(member)
    (unfinished,) = plans_of(lambda: unfinished_of(viewer, most=3))
    (news,) = plans_of(lambda: news_for(viewer, most=3))
    (acted,) = plans_of(lambda: acted_on(viewer, size=2))
    (titles_alone,) = plans_of(lambda: titles_acted_on(viewer, most=2))
    for plan in (unfinished, news, acted, titles_alone):
        assert not re.search(r"(Seq Scan on|SCAN) ideas", plan), plan
        assert not re.search(r"ix_ideas_(shuffled|trending|top|new|discussed|needs_votes)\b", plan), plan
    if database_kind == "sqlite":
        # From the latest on, so that a page of two ends soon.
        for plan in (acted, titles_alone):
            assert "SCAN idea_decisions USING INDEX ix_idea_decisions_acted" in plan, plan
            assert "FOR ORDER BY" not in plan, plan
