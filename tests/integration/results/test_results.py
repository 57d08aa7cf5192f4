"""Results of a challenge: written from its facts, published at a moment, corrected later."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from talking_together.audit.models import AuditEntry
from talking_together.challenges.models import Challenge, ChallengeNews
from talking_together.core import clock
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.extensions import db
from talking_together.ideas.decisions import change_status
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.notifications.models import Notification
from talking_together.results.models import ChallengeResultIdea, ChallengeResults
from talking_together.results.queries import content_to_edit, facts_of, figures_now, find_stored
from talking_together.results.services import (
    ResultsChangedMeanwhile,
    publish_results,
    save_results,
    take_back_results,
)
from talking_together.results.sweeps import announce_results
from talking_together.telling.facts import tell_settled
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
from tests.factories.rows import saved
from tests.support.client import Client

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def challenge(app: object, hold_clock: Callable[[datetime], None]) -> Challenge:
    """Return a challenge in review with an idea planned and one not now, and nine who took part."""
    hold_clock(NOON)
    challenge, moderator = make_challenge("in review", title="What would help?"), viewer_of(make_moderator())
    hospital, charity = make_organisation(name="Hospital"), make_organisation(name="Charity")
    planned = make_idea(challenge, make_member(hospital), title="A shared list", up_count=7, down_count=1)
    refused = make_idea(challenge, make_member(charity), title="A new wing", up_count=1)
    make_comment(planned, make_member(hospital))
    for _ in range(6):
        make_vote(planned, make_member(hospital))
    change_status(moderator, idea_id=planned.id, status="planned", response="Yes: **from May**.")
    change_status(moderator, idea_id=refused.id, status="not now", response="There is no money for it.")
    db.session.commit()
    return challenge


def published(challenge: Challenge, moderator: Any, at: datetime | None = None) -> None:
    """Save the results as the facts fill them in, and publish them."""
    stored = find_stored(challenge.id)
    if stored is None:
        content = content_to_edit(None, facts_of(challenge.id))
        save_results(moderator, challenge_id=challenge.id, version="", content=content)
        stored = find_stored(challenge.id)
    assert stored
    publish_results(moderator, challenge_id=challenge.id, version=stored.version, at=at)
    db.session.commit()


def test_results_are_written_from_the_facts_and_read_by_everybody(
    client: Client, challenge: Challenge
) -> None:
    path = f"/moderation/challenges/{challenge.id}/results"
    page = client.sign_in(make_moderator()).get(path)
    form = page.form(path)
    assert "**What would help?**" in form.fields["asked"]
    assert "9 people took part" in form.fields["people"]
    assert form.fields["will_do-0-source"] == "Yes: **from May**."
    assert form.fields["will_not-0-source"] == "There is no money for it."
    form.submit(
        action="publish", **{"will_do-0-by_whom": "The pharmacy team", "will_do-0-by_when": "31 May 2026"}
    )
    client.sign_in(make_member())
    shown = client.get(f"/challenges/{challenge.id}", status=301).follow()
    shown = client.get(shown.query(".hero a[href$='/results']")[0]["href"], statements=5)
    assert shown.heading == "Results: What would help?"
    for words in (
        "9 people took part",
        "The pharmacy team",
        "31 May 2026",
        "from May",
        "There is no money for it.",
        "Who took part",
        "13 thumbs up",
    ):
        assert words in shown.text, words


def test_a_group_of_fewer_than_five_is_never_counted_by_itself(challenge: Challenge) -> None:
    figures = figures_now(challenge.id)
    assert figures.people == 9
    assert figures.organisations == ()
    assert figures.others == 9
    council = make_organisation(name="Council")
    idea = db.session.scalars(select(Idea).where(Idea.title == "A shared list")).one()
    for _ in range(20):
        make_vote(idea, make_member(council))
    figures = figures_now(challenge.id)
    assert [(each.name, each.people) for each in figures.organisations] == [("Council", 20)]
    assert (figures.people, figures.others) == (29, 9)


def test_nobody_sees_results_before_their_moment_and_everybody_at_it(
    client: Client, challenge: Challenge, hold_clock: Callable[[datetime], None]
) -> None:
    moderator, member = make_moderator(), make_member()
    moment = NOON + timedelta(days=2)
    path = f"/challenges/{challenge.id}-what-would-help/results"
    published(challenge, viewer_of(moderator), at=moment)
    client.sign_in(member).get(path, status=404)
    assert not client.get(f"/challenges/{challenge.id}-what-would-help").query("a[href$='/results']")
    hold_clock(moment - timedelta(seconds=1))
    assert announce_results() == 0
    client.get(path, status=404)
    hold_clock(moment)
    client.get(path, status=200)
    assert client.get(f"/challenges/{challenge.id}-what-would-help").query("a[href$='/results']")


def test_followers_news_is_written_once_and_only_when_the_moment_has_come(
    challenge: Challenge, hold_clock: Callable[[datetime], None]
) -> None:
    publisher, follower = make_moderator(), make_member()
    make_follow(publisher, challenge)
    make_follow(follower, challenge)
    published(challenge, viewer_of(publisher), at=NOON + timedelta(hours=1))
    assert announce_results() == 0
    hold_clock(NOON + timedelta(hours=1))
    assert announce_results() == 1
    assert announce_results() == 0
    news = db.session.scalars(select(ChallengeNews)).one()
    assert (news.kind, news.challenge_id, news.at) == (
        "results published",
        challenge.id,
        NOON + timedelta(hours=1),
    )
    # Who published them knows.
    hold_clock(NOON + timedelta(hours=2))
    tell_settled()
    told = select(Notification.member_id).where(Notification.kind == "results published")
    assert db.session.scalars(told).all() == [follower.id]


def test_results_can_be_taken_back_until_their_moment(
    client: Client, challenge: Challenge, hold_clock: Callable[[datetime], None]
) -> None:
    moderator = make_moderator()
    published(challenge, viewer_of(moderator), at=NOON + timedelta(hours=1))
    path = f"/moderation/challenges/{challenge.id}/results"
    page = client.sign_in(moderator).get(path)
    assert "They will be published on" in page.text
    page.form(f"{path}/take-back").submit()
    hold_clock(NOON + timedelta(hours=2))
    assert announce_results() == 0
    client.get(f"/challenges/{challenge.id}-what-would-help/results", status=404)
    published(challenge, viewer_of(moderator))
    with pytest.raises(Conflict, match="correct them"):
        take_back_results(viewer_of(moderator), challenge_id=challenge.id)


def test_a_page_does_not_change_under_its_readers(client: Client, challenge: Challenge) -> None:
    moderator = make_moderator()
    published(challenge, viewer_of(moderator))
    idea = db.session.scalars(select(Idea).where(Idea.title == "A shared list")).one()
    path = f"/challenges/{challenge.id}-what-would-help/results"
    before = client.sign_in(make_member()).get(path)
    idea.up_count, idea.votes_count = 99, 100
    make_vote(idea, make_member())
    db.session.commit()
    assert client.get(path).text == before.text


def test_a_correction_is_seen_at_once_and_says_so(
    client: Client, challenge: Challenge, hold_clock: Callable[[datetime], None]
) -> None:
    moderator = make_moderator()
    published(challenge, viewer_of(moderator))
    path = f"/moderation/challenges/{challenge.id}/results"
    client.sign_in(moderator)
    client.get(path).form(path).submit(action="save")
    assert db.session.scalars(select(ChallengeResults.corrected_at)).one() is None
    hold_clock(NOON + timedelta(days=3))
    client.get(path).form(path).submit(action="save", next="We will meet again in **June**.")
    shown = client.sign_in(make_member()).get(f"/challenges/{challenge.id}-what-would-help/results")
    assert "corrected on Saturday 7 March" in shown.text
    assert "We will meet again in June." in shown.text
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.like("results%")).order_by(AuditEntry.id)
    ).all()
    assert actions == ["results published", "results corrected"]


def test_what_was_hidden_or_withdrawn_since_is_not_told_of(client: Client, challenge: Challenge) -> None:
    published(challenge, viewer_of(make_moderator()))
    path = f"/challenges/{challenge.id}-what-would-help/results"
    assert "A new wing" in client.sign_in(make_member()).get(path).text
    idea = db.session.scalars(select(Idea).where(Idea.title == "A new wing")).one()
    idea.status, idea.listed = "hidden", False
    db.session.commit()
    assert "A new wing" not in client.get(path).text


def test_results_belong_to_the_audience_of_their_challenge(client: Client) -> None:
    ours = make_organisation()
    challenge = make_challenge("in review", organisations=[ours], title="Ours")
    published(challenge, viewer_of(make_moderator()))
    path = f"/challenges/{challenge.id}-ours/results"
    client.sign_in(make_member(ours)).get(path)
    client.sign_in(make_member()).get(path, status=404)


def test_filling_in_again_saves_nothing_and_keeps_what_was_written(
    client: Client, challenge: Challenge
) -> None:
    path = f"/moderation/challenges/{challenge.id}/results"
    client.sign_in(make_moderator())
    client.get(path).form(path).submit(action="save", heard="Mine.")
    page = client.get(path).form(path).submit(action="fill:heard", status=200)
    form = page.form(path)
    assert "answered so far" in form.fields["heard"]
    assert form.fields["replaced_heard"] == "Mine."
    stored = find_stored(challenge.id)
    assert stored
    assert stored.content.sections["heard"].source == "Mine."
    again = form.submit(action="back:heard", status=200).form(path)
    assert again.fields["heard"] == "Mine."


def test_ideas_are_put_in_order_and_left_out(client: Client, challenge: Challenge) -> None:
    path = f"/moderation/challenges/{challenge.id}/results"
    form = client.sign_in(make_moderator()).get(path).form(path)
    first, second = form.fields["supported-0-idea_id"], form.fields["supported-1-idea_id"]
    form = form.submit(action=f"up:supported:{second}", status=200).form(path)
    assert (form.fields["supported-0-idea_id"], form.fields["supported-1-idea_id"]) == (second, first)
    fields = {name: value for name, value in form.fields.items() if name != "supported-1-shown"}
    client.post(path, {**fields, "action": "publish"})
    rows = db.session.execute(
        select(ChallengeResultIdea.idea_id, ChallengeResultIdea.shown)
        .where(ChallengeResultIdea.list == "supported")
        .order_by(ChallengeResultIdea.place)
    ).all()
    assert [tuple(row) for row in rows] == [(int(second), True), (int(first), False)]
    shown = client.get(f"/challenges/{challenge.id}-what-would-help/results")
    assert len(shown.query(".results__ranking > li")) == 1


def test_saving_publishes_nothing_and_keeps_the_moment_that_was_typed(
    client: Client, challenge: Challenge
) -> None:
    path = f"/moderation/challenges/{challenge.id}/results"
    form = client.sign_in(make_moderator()).get(path).form(path)
    again = form.submit(action="save", published_at="2026-11-28T09:00").follow()
    assert "once you have pressed “Save and publish”" in again.text
    assert again.form(path).fields["published_at"] == "2026-11-28T09:00"
    for typed in ("2026-11-28", "x" * 50, "0000-00-00T99:99"):
        assert not client.get(path, query={"on": typed}).form(path).fields["published_at"]
    moment = f"{clock.to_london(NOON + timedelta(days=3)):%Y-%m-%dT%H:%M}"
    again = again.form(path).submit(action="publish", published_at=moment).follow()
    assert "will be published on" in again.text


def test_two_at_once_do_not_write_over_each_other(client: Client, challenge: Challenge) -> None:
    path = f"/moderation/challenges/{challenge.id}/results"
    client.sign_in(make_moderator())
    form = client.get(path).form(path)
    client.get(path).form(path).submit(action="save", heard="The first.")
    refused = form.submit(action="save", heard="The second.", status=409)
    assert "Someone else changed these results" in refused.text
    assert refused.form(path).fields["heard"] == "The second."
    refused.form(path).submit(action="save")
    content, moderator = content_to_edit(None, facts_of(challenge.id)), viewer_of(make_moderator())
    with pytest.raises(ResultsChangedMeanwhile):
        save_results(moderator, challenge_id=challenge.id, version="", content=content)


def test_a_long_text_comes_back_with_its_reason(client: Client, challenge: Challenge) -> None:
    path = f"/moderation/challenges/{challenge.id}/results"
    form = client.sign_in(make_moderator()).get(path).form(path)
    page = form.submit(action="save", status=400, **{"will_do-0-by_when": "x" * 61})
    assert "By when must be 60 characters or fewer" in page.query(".nhsuk-error-summary")[0].text
    assert page.form(path).fields["will_do-0-by_when"] == "x" * 61


@pytest.mark.parametrize("stage", ["open", "voting only"])
def test_what_is_still_growing_is_not_published(client: Client, stage: str) -> None:
    challenge = make_challenge(stage)
    path = f"/moderation/challenges/{challenge.id}/results"
    form = client.sign_in(make_moderator()).get(path).form(path)
    answer = form.submit(action="publish", status=409)
    assert "once the challenge has closed" in answer.text
    assert db.session.scalar(select(func.count()).select_from(ChallengeResults)) == 0


@pytest.mark.parametrize("stage", ["draft", "scheduled", "archived"])
def test_there_is_nothing_to_write_before_opening_or_in_the_archive(client: Client, stage: str) -> None:
    challenge = make_challenge(stage)
    client.sign_in(make_moderator()).get(f"/moderation/challenges/{challenge.id}/results", status=409)


def test_a_moment_that_cannot_be_is_refused(challenge: Challenge) -> None:
    moderator = viewer_of(make_moderator())
    for at in (clock.now() - timedelta(days=1), clock.now() + timedelta(days=400)):
        with pytest.raises(InvalidInput):
            published(challenge, moderator, at=at)


def test_ideas_of_another_challenge_are_not_taken(client: Client, challenge: Challenge) -> None:
    stranger = make_idea()
    path = f"/moderation/challenges/{challenge.id}/results"
    form = client.sign_in(make_moderator()).get(path).form(path)
    form.submit(action="save", **{"will_do-0-idea_id": str(stranger.id)})
    kept = db.session.scalars(select(ChallengeResultIdea.idea_id)).all()
    assert stranger.id not in kept


def test_who_wrote_an_idea_with_its_author_is_named_beside_them(client: Client, challenge: Challenge) -> None:
    planned = db.session.scalars(select(Idea).where(Idea.status == "planned")).one()
    friend = make_member(name="Ana Silva")
    saved(IdeaCoAuthor(idea_id=planned.id, member_id=friend.id, state="credited", asked_at=NOON))
    planned.co_authors_count = 1
    db.session.commit()
    published(challenge, viewer_of(make_moderator()))
    page = client.sign_in(make_member()).get(f"/challenges/{challenge.id}/results", status=301).follow()
    assert page.text.count(", with Ana Silva") == 2


def test_the_preview_shows_what_was_saved(client: Client, challenge: Challenge) -> None:
    path = f"/moderation/challenges/{challenge.id}/results"
    client.sign_in(make_moderator()).get(f"{path}/preview", status=404)
    client.get(path).form(path).submit(action="save", heard="As saved.")
    page = client.get(f"{path}/preview", statements=6)
    assert "As saved." in page.text
    assert "not published yet" in page.text


def test_what_was_typed_and_not_saved_is_offered_back(client: Client, challenge: Challenge) -> None:
    path = f"/moderation/challenges/{challenge.id}/results"
    form = client.sign_in(make_moderator()).get(path).form(path)
    key = f"results:{challenge.id}"
    client.post(f"/drafts/{key}", {**form.fields, "heard": "Half a", "will_do-0-by_whom": "Me"}, status=200)
    offered = client.get(path)
    assert "You have unsaved changes" in offered.text
    used = client.get(path, query={"draft": key}).form(path)
    assert (used.fields["heard"], used.fields["will_do-0-by_whom"]) == ("Half a", "Me")
    used.submit(action="save")
    assert "unsaved changes" not in client.get(path).text


def test_why_an_idea_was_sent_back_or_hidden_is_no_answer_to_it(challenge: Challenge) -> None:
    assert facts_of(challenge.id).answered == 2
    idea = make_idea(challenge, up_count=3)
    make_decision(idea, "draft", from_status="waiting for approval", response="It named a patient")
    make_decision(idea, "new", from_status="waiting for approval")
    make_decision(idea, "hidden", response="It was aimed at one person")
    make_decision(idea, "new", from_status="hidden")
    facts = facts_of(challenge.id)
    assert facts.answered == 2
    assert [each.response for each in facts.lists["supported"] if each.id == idea.id] == [""]
