"""One minute: ideas one by one, the least looked at first, to be voted on or skipped."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.devtools.verify import differences
from talking_together.extensions import db
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.one_minute.models import IdeaSkip
from talking_together.one_minute.queries import next_idea
from talking_together.one_minute.services import answer_idea
from talking_together.votes.models import IdeaVote
from talking_together.votes.services import cast_vote
from tests.factories import make_challenge, make_idea, make_member, make_organisation, make_vote, viewer_of
from tests.factories.rows import saved
from tests.support.client import Client, Page
from tests.support.plans import plans_of

MOST_STATEMENTS = 5


def path_of(challenge: Challenge) -> str:
    return f"/challenges/{challenge.id}/one-minute"


def answer(page: Page, challenge: Challenge, act: str) -> Page:
    """Press one of the buttons and return the page that follows."""
    forms = page.query("form.minute__undo" if act == "undo" else "form.minute__acts")
    fields = {
        name: page.query(f"form.{'minute__undo' if act == 'undo' else 'minute__acts'} input[name={name}]")[0][
            "value"
        ]
        for name in ("idea_id", "done", "earned")
    }
    assert len(forms) == 1
    return page.client.post(path_of(challenge), {**fields, "act": act}).follow(statements=MOST_STATEMENTS)


def shown(page: Page) -> int:
    return int(page.query("form.minute__acts input[name=idea_id]")[0]["value"])


def vote_of(member: Member, idea_id: int) -> int | None:
    return db.session.scalar(
        select(IdeaVote.value).where(IdeaVote.member_id == member.id, IdeaVote.idea_id == idea_id)
    )


def test_five_ideas_are_a_minute_and_end_with_thanks(client: Client) -> None:
    challenge, member = make_challenge(), make_member()
    for _ in range(7):
        make_idea(challenge)
    client.sign_in(member)
    page = client.get(path_of(challenge), statements=MOST_STATEMENTS)
    seen = []
    for number, act in enumerate(("up", "skip", "down", "up", "skip"), start=1):
        assert f"{number} of 5" in page.text
        seen.append((shown(page), act))
        page = answer(page, challenge, act)
    assert len({id for id, _ in seen}) == 5
    assert [vote_of(member, id) for id, _ in seen] == [1, None, -1, 1, None]
    assert "Thank you for your minute" in page.text
    assert "earned 3 points" in page.text
    page = client.get(path_of(challenge))
    assert shown(page) not in {id for id, _ in seen}
    assert list(differences()) == []


def test_the_last_answer_can_be_undone(client: Client) -> None:
    challenge, member = make_challenge(), make_member()
    for _ in range(3):
        make_idea(challenge)
    client.sign_in(member)
    page = client.get(path_of(challenge))
    for act in ("up", "skip"):
        id = shown(page)
        page = answer(answer(page, challenge, act), challenge, "undo")
        assert shown(page) == id
        assert "1 of 5" in page.text
        assert vote_of(member, id) is None
        assert db.session.scalar(select(func.count()).select_from(IdeaSkip)) == 0
    assert db.session.get(Member, member.id).points == 0


def test_what_is_ones_own_voted_or_skipped_today_is_left_out(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    challenge, member = make_challenge(), make_member()
    hold_clock(clock.now())
    make_idea(challenge, member)
    with_others, asked, voted, skipped = (make_idea(challenge) for _ in range(4))
    for idea, state in ((with_others, "accepted"), (asked, "declined")):
        saved(IdeaCoAuthor(idea_id=idea.id, member_id=member.id, state=state, asked_at=clock.now()))
    make_vote(voted, member)
    for status in ("draft", "withdrawn", "hidden", "merged", "waiting for approval"):
        make_idea(challenge, status=status)
    viewer = viewer_of(member)
    in_transaction(lambda: answer_idea(viewer, challenge_id=challenge.id, idea_id=skipped.id, act="skip"))
    assert next_idea(viewer, challenge.id, at=clock.now()) == asked.id
    make_vote(asked, member)
    assert next_idea(viewer, challenge.id, at=clock.now()) is None
    tomorrow = clock.now() + timedelta(days=1)
    assert next_idea(viewer, challenge.id, at=tomorrow) == skipped.id


def test_the_fewest_votes_come_first_and_each_person_has_an_order_of_their_own(app: Flask) -> None:
    challenge = make_challenge()
    many, few = [[make_idea(challenge, up_count=up) for _ in range(4)] for up in (3, 0)]
    now = clock.now()
    firsts = {next_idea(viewer_of(make_member()), challenge.id, at=now) for _ in range(25)}
    assert firsts <= {idea.id for idea in few}
    assert len(firsts) > 1
    member = make_member()
    first = next_idea(viewer_of(member), challenge.id, at=now)
    assert first == next_idea(viewer_of(member), challenge.id, at=now)
    for idea in few:
        saved(IdeaVote(idea_id=idea.id, member_id=member.id, value=1, cast_at=now))
    assert next_idea(viewer_of(member), challenge.id, at=now) in {idea.id for idea in many}


def test_what_others_skipped_often_comes_later(app: Flask) -> None:
    challenge = make_challenge()
    skipped, fresh = make_idea(challenge), make_idea(challenge)
    for _ in range(3):
        saved(IdeaSkip(member_id=make_member().id, idea_id=skipped.id, skipped_at=clock.now()))
    assert {next_idea(viewer_of(make_member()), challenge.id, at=clock.now()) for _ in range(10)} == {
        fresh.id
    }


@pytest.mark.parametrize("act", ["", "sideways", "1", "undo "])
def test_an_answer_that_is_none_is_refused(client: Client, act: str) -> None:
    idea = make_idea()
    client.sign_in(make_member())
    path = f"/challenges/{idea.challenge_id}/one-minute"
    client.post(path, {"idea_id": idea.id, "act": act}, status=400)
    client.post(path, {"act": "up"}, status=400)


def test_only_an_idea_of_this_challenge_that_one_may_see_takes_an_answer(client: Client) -> None:
    here, there = make_challenge(), make_idea()
    unseen = make_idea(make_challenge(organisations=[make_organisation()]))
    client.sign_in(make_member())
    for act in ("up", "skip", "undo"):
        client.post(path_of(here), {"idea_id": there.id, "act": act}, status=404)
        client.post(
            f"/challenges/{unseen.challenge_id}/one-minute", {"idea_id": unseen.id, "act": act}, status=404
        )
    own = make_member()
    client.sign_in(own)
    mine = make_idea(here, own)
    for act in ("up", "skip"):
        client.post(path_of(here), {"idea_id": mine.id, "act": act}, status=403)


@pytest.mark.parametrize("stage", ["in review", "answered", "archived"])
def test_a_challenge_that_takes_no_votes_has_no_minute(client: Client, stage: str) -> None:
    idea = make_idea(make_challenge(stage))
    client.sign_in(make_member())
    path = f"/challenges/{idea.challenge_id}/one-minute"
    client.get(path, status=409)
    client.post(path, {"idea_id": idea.id, "act": "skip"}, status=409)


def test_where_nobody_shared_an_idea_one_can_be_the_first(client: Client) -> None:
    client.sign_in(make_member())
    for stage, words, href in (
        ("open", "Nobody has shared an idea in this challenge yet", "/challenges/{}/ideas/new"),
        ("voting only", "Nobody shared an idea in this challenge", "/challenges"),
    ):
        challenge = make_challenge(stage)
        page = client.get(path_of(challenge))
        assert words in page.text
        assert "You have seen every idea" not in page.text
        assert [link["href"] for link in page.query(".empty a")] == [href.format(challenge.id)]


def test_thumbs_up_only_offers_no_thumb_down(client: Client) -> None:
    idea = make_idea(make_challenge(allows_down_votes=False))
    client.sign_in(make_member())
    page = client.get(f"/challenges/{idea.challenge_id}/one-minute")
    assert [button["value"] for button in page.query(".minute__act")] == ["up", "skip"]


def test_a_long_text_is_folded_and_strange_numbers_do_no_harm(client: Client) -> None:
    idea = make_idea(body_source="Words. " * 300)
    client.sign_in(make_member())
    path = f"/challenges/{idea.challenge_id}/one-minute"
    page = client.get(path)
    assert page.query("details summary .nhsuk-details__summary-text")[-1].text == "Read it all"
    for query in (
        "done=-3",
        "done=x",
        "earned=99999999999999999999",
        "last=x",
        "idea=0",
        "idea=99999999999999999",
    ):
        assert shown(client.get(f"{path}?{query}")) == idea.id
    assert "Thank you" in client.get(f"{path}?done=900&earned=900").text


def test_it_is_as_quick_for_somebody_who_voted_five_thousand_times(app: Flask, database_kind: str) -> None:
    challenge, author, member = make_challenge(), make_member(), make_member()
    first = 1_000_000
    at = clock.now()
    same = {
        "challenge_id": challenge.id,
        "author_id": author.id,
        **dict.fromkeys(("body_source", "body_html", "excerpt"), ""),
        "status": "new",
        "listed": True,
        **dict.fromkeys(("created_at", "published_at"), at),
        **dict.fromkeys(("up_count", "votes_count"), 1),
    }
    ids = range(first, first + 10_000)
    ideas = [{**same, "id": id, "title": "Idea", "shuffle_key": ranking.shuffle_key_of(id)} for id in ids]
    db.session.execute(insert(Idea), ideas)
    votes = [{"idea_id": id, "member_id": member.id, "value": 1, "cast_at": at} for id in ids[:5_000]]
    db.session.execute(insert(IdeaVote), votes)
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    viewer = viewer_of(member)
    took = []
    for _ in range(5):
        began = time.perf_counter()
        assert next_idea(viewer, challenge.id, at=at) in ids[5_000:]
        took.append(time.perf_counter() - began)
    assert min(took) < 0.1
    (plan,) = plans_of(lambda: next_idea(viewer, challenge.id, at=at))
    assert plan.count("ix_ideas_needs_votes") == 4, plan
    assert not re.search(r"Seq Scan on (ideas|idea_votes)|SCAN (fewest|part_\d)\b(?! USING)", plan), plan


def test_votes_cast_meanwhile_move_an_idea_back(app: Flask) -> None:
    challenge = make_challenge()
    first, second = make_idea(challenge), make_idea(challenge)
    voter = viewer_of(make_member())
    in_transaction(lambda: cast_vote(voter, kind="ideas", id=first.id, value=1))
    assert next_idea(viewer_of(make_member()), challenge.id, at=clock.now()) == second.id
