"""What happens to the demo's ideas beside talk and decisions: merges, follows, duties, results."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from talking_together.challenges.contents import Options, Theme
from talking_together.challenges.files import set_picture
from talking_together.challenges.models import ChallengePrompt, ChallengeTheme
from talking_together.core import clock
from talking_together.core.images import cover_picture
from talking_together.devtools.demo_content.life import (
    ASKS,
    BESIDE,
    DUTIES,
    FILINGS,
    FOLLOWS,
    MERGES,
    NOTES,
    RESULTS,
    RUSHES,
)
from talking_together.devtools.demo_content.shapes import (
    Beside,
    Duty,
    Follow,
    Idea,
    Merge,
    Note,
    Results,
    Rush,
)
from talking_together.devtools.demo_scenery import scenery
from talking_together.devtools.diary import Diary
from talking_together.extensions import db
from talking_together.following.services import follow_challenge, follow_idea
from talking_together.ideas.batches import give_answers
from talking_together.ideas.co_authors import ask_co_author
from talking_together.ideas.details import Details
from talking_together.ideas.notes import add_note
from talking_together.merging.services import merge_ideas
from talking_together.results.content import Content, filled_from
from talking_together.results.queries import facts_of, find_stored
from talking_together.results.services import publish_results, save_results
from talking_together.results.sweeps import announce_due
from talking_together.votes.co_authors import accept_co_authorship
from talking_together.votes.services import cast_vote

BETWEEN_THUMBS = timedelta(milliseconds=500)


def write_life(diary: Diary) -> None:
    """Write down every merge, follow, note and duty, and the results."""
    for merge in MERGES:
        diary.add(merge.when.seen_from(diary.now), partial(_merge, diary, merge))
    for beside in BESIDE:
        diary.add(beside.asked.seen_from(diary.now), partial(_ask, diary, beside))
        diary.add(beside.accepted.seen_from(diary.now), partial(_accept, diary, beside))
    for follow in FOLLOWS:
        diary.add(follow.when.seen_from(diary.now), partial(_follow, diary, follow))
    for note in NOTES:
        diary.add(note.when.seen_from(diary.now), partial(_note, diary, note))
    for duty in DUTIES:
        diary.add(duty.when.seen_from(diary.now), partial(_ask_for_answer, diary, duty))
    for rush in RUSHES:
        _write_rush(diary, rush)
    for results in RESULTS:
        diary.add(results.written.seen_from(diary.now), partial(_publish, diary, results))
        diary.add(results.published.seen_from(diary.now), announce_due)


def asked(diary: Diary, challenge: str) -> dict[str, Any]:
    """Return how a challenge asks, as its content takes it."""
    ask = ASKS.get(challenge)
    if ask is None:
        return {}
    return {
        "sponsor_name": ask.sponsor[0],
        "sponsor_role": ask.sponsor[1],
        "prompts": ask.prompts,
        "themes": tuple(Theme(name) for name in ask.themes),
        "moderator_ids": frozenset(diary.id_of("member", key) for key in ask.moderators),
        "options": Options(answer_votes=ask.answer_votes, answer_days=ask.answer_days),
    }


def draw_cover(diary: Diary, challenge: str, author: str) -> None:
    """Draw the cover of a challenge that has one."""
    if ask := ASKS.get(challenge):
        set_picture(
            diary.viewer(author),
            diary.id_of("challenge", challenge),
            "cover",
            picture=cover_picture(scenery(challenge, ask.scenery)),
            alternative_text=ask.scenery_words,
        )


def details_of(diary: Diary, idea: Idea) -> Details | None:
    """Return what stands beside the text of an idea."""
    filing = FILINGS.get(idea.key)
    if filing is None:
        return None
    challenge_id = diary.id_of("challenge", idea.challenge)
    prompts = db.session.scalars(
        select(ChallengePrompt.id)
        .where(ChallengePrompt.challenge_id == challenge_id)
        .order_by(ChallengePrompt.place)
    )
    theme_id = db.session.scalar(
        select(ChallengeTheme.id).where(
            ChallengeTheme.challenge_id == challenge_id, ChallengeTheme.name == filing.theme
        )
    )
    # Not every question was answered by everybody.
    answers = dict(zip(prompts, filing.answers, strict=False))
    return Details(answers=answers, theme_id=theme_id, tags=filing.tags)


def _merge(diary: Diary, merge: Merge) -> None:
    merge_ideas(
        diary.viewer(merge.by),
        survivor_id=diary.id_of("ideas", merge.survivor),
        merged_ids=[diary.id_of("ideas", merge.merged)],
        reason=merge.reason,
    )


def _ask(diary: Diary, beside: Beside) -> None:
    member_id = diary.id_of("member", beside.member)
    ask_co_author(diary.viewer(beside.by), idea_id=diary.id_of("ideas", beside.idea), member_id=member_id)


def _accept(diary: Diary, beside: Beside) -> None:
    accept_co_authorship(diary.viewer(beside.member), idea_id=diary.id_of("ideas", beside.idea))


def _follow(diary: Diary, follow: Follow) -> None:
    member_id = diary.id_of("member", follow.member)
    if follow.kind == "challenge":
        follow_challenge(member_id, challenge_id=diary.id_of("challenge", follow.key))
    else:
        follow_idea(member_id, idea_id=diary.id_of("ideas", follow.key))


def _note(diary: Diary, note: Note) -> None:
    add_note(diary.viewer(note.by), idea_id=diary.id_of("ideas", note.idea), body=note.body)


def _ask_for_answer(diary: Diary, duty: Duty) -> None:
    give_answers(
        diary.viewer(duty.by),
        idea_ids=[diary.id_of("ideas", duty.idea)],
        owner_id=diary.id_of("member", duty.owner),
        due=clock.to_london(duty.due.seen_from(diary.now)).date(),
    )


def _write_rush(diary: Diary, rush: Rush) -> None:
    ideas = [("ideas", key) for key in rush.ideas]
    comments = [("comments", f"{key}/{place}") for key, place in rush.comments]
    at = rush.began.seen_from(diary.now)
    for kind, key in (*ideas, *comments):
        diary.add(at, partial(_thumb_up, diary, rush.member, kind, key))
        at += BETWEEN_THUMBS


def _thumb_up(diary: Diary, member: str, kind: str, key: str) -> None:
    cast_vote(diary.viewer(member), kind=kind, id=diary.id_of(kind, key), value=1)


def _publish(diary: Diary, results: Results) -> None:
    challenge_id, moderator = diary.id_of("challenge", results.challenge), diary.viewer(results.by)
    content = _worded(diary, filled_from(facts_of(challenge_id)), results)
    save_results(moderator, challenge_id=challenge_id, version="", content=content)
    stored = find_stored(challenge_id)
    if stored:
        publish_results(
            moderator,
            challenge_id=challenge_id,
            version=stored.version,
            at=results.published.seen_from(diary.now),
        )


def _worded(diary: Diary, content: Content, results: Results) -> Content:
    outcomes = {diary.id_of("ideas", key): outcome for key, outcome in results.outcomes.items()}
    sections = {
        **content.sections,
        "heard": replace(content.sections["heard"], source=results.heard),
        "next": replace(content.sections["next"], source=results.closing),
    }
    will_do = tuple(
        replace(entry, by_whom=outcomes[entry.idea_id].by_whom, by_when=outcomes[entry.idea_id].by_when)
        if entry.idea_id in outcomes
        else entry
        for entry in content.lists["will do"]
    )
    return replace(content, sections=sections, lists={**content.lists, "will do": will_do})
