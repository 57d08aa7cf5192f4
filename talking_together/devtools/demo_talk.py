"""The challenges of the demo and what people said, voted and decided in them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from talking_together.challenges.contents import Content
from talking_together.challenges.dates import Dates
from talking_together.challenges.moving import mark_answered, schedule_challenge
from talking_together.challenges.services import write_challenge
from talking_together.comments.services import add_comment, delete_comment, edit_comment
from talking_together.comments.thanks import thank
from talking_together.devtools.demo_content.challenges import CHALLENGES
from talking_together.devtools.demo_content.ideas import IDEAS
from talking_together.devtools.demo_content.life import BESIDE
from talking_together.devtools.demo_content.people import PEOPLE
from talking_together.devtools.demo_content.shapes import Challenge, Comment, Idea, Step
from talking_together.devtools.demo_content.threads import THREADS
from talking_together.devtools.demo_draw import Voter, draw_votes
from talking_together.devtools.demo_life import asked, details_of, draw_cover
from talking_together.devtools.diary import Diary
from talking_together.ideas.decisions import change_status
from talking_together.ideas.services import submit_idea, withdraw_idea
from talking_together.telling.facts import tell_settled_here
from talking_together.votes.services import cast_vote

WRITTEN_BEFORE = timedelta(days=5)
THANKED_AFTER = timedelta(minutes=2)
SCHEDULED_BEFORE = timedelta(days=3)
TOLD_FOR = timedelta(days=90)

_CHALLENGES = {challenge.key: challenge for challenge in CHALLENGES}


def write_talk(diary: Diary) -> None:
    """Write down every challenge, idea, comment, vote and decision."""
    for challenge in CHALLENGES:
        _write_challenge(diary, challenge)
    for idea in IDEAS:
        _write_idea(diary, idea)
    _tell_daily(diary)


def _tell_daily(diary: Diary) -> None:
    """Let those concerned hear of each day's decisions and comments, as the worker would tell them."""
    for days in reversed(range(TOLD_FOR.days)):
        diary.add(diary.now - timedelta(days=days), tell_settled_here)


def _write_challenge(diary: Diary, challenge: Challenge) -> None:
    # One that is still to come has been written and scheduled by now.
    opens = min(challenge.opens.seen_from(diary.now), diary.now)
    diary.add(opens - WRITTEN_BEFORE, partial(_add_challenge, diary, challenge))
    diary.add(opens - SCHEDULED_BEFORE, partial(_schedule, diary, challenge))
    if challenge.answered:
        diary.add(challenge.answered.seen_from(diary.now), partial(_mark_answered, diary, challenge))


def _add_challenge(diary: Diary, challenge: Challenge) -> None:
    voting = challenge.voting_closes
    chosen = challenge.audience_organisations or challenge.audience_groups
    content = Content(
        title=challenge.question,
        summary=challenge.summary,
        brief=challenge.brief,
        audience="chosen" if chosen else "everyone",
        organisation_ids=frozenset(
            diary.id_of("organisation", key) for key in challenge.audience_organisations
        ),
        group_ids=frozenset(diary.id_of("group", key) for key in challenge.audience_groups),
        dates=Dates(
            challenge.opens.seen_from(diary.now),
            challenge.closes.seen_from(diary.now),
            voting.seen_from(diary.now) if voting else None,
        ),
        **asked(diary, challenge.key),
    )
    challenge_id = write_challenge(diary.viewer(challenge.author), content=content)
    diary.keep("challenge", challenge.key, challenge_id)
    draw_cover(diary, challenge.key, challenge.author)


def _schedule(diary: Diary, challenge: Challenge) -> None:
    schedule_challenge(diary.viewer(challenge.author), diary.id_of("challenge", challenge.key))


def _mark_answered(diary: Diary, challenge: Challenge) -> None:
    mark_answered(diary.viewer(challenge.author), diary.id_of("challenge", challenge.key))


def _write_idea(diary: Diary, idea: Idea) -> None:
    posted = idea.posted.seen_from(diary.now)
    diary.add(posted, partial(_submit, diary, idea))
    for step in idea.steps:
        diary.add(step.when.seen_from(diary.now), partial(_decide, diary, idea, step))
    if idea.withdrawn:
        diary.add(idea.withdrawn.seen_from(diary.now), partial(_withdraw, diary, idea))
    if idea.draft:
        return
    ends = _voting_ends(diary, idea)
    _write_votes(diary, idea, "ideas", idea.key, idea.author, (posted, ends), idea.reach, idea.appeal)
    for place, comment in enumerate(THREADS.get(idea.key, ())):
        _write_comment(diary, idea, comment, f"{idea.key}/{place}", None, ends)


def _voting_ends(diary: Diary, idea: Idea) -> datetime:
    challenge = _CHALLENGES[idea.challenge]
    closes = (challenge.voting_closes or challenge.closes).seen_from(diary.now)
    gone = idea.withdrawn or idea.merged
    return min(closes, gone.seen_from(diary.now) if gone else diary.now, diary.now)


def _submit(diary: Diary, idea: Idea) -> None:
    written = submit_idea(
        diary.viewer(idea.author),
        challenge_id=diary.id_of("challenge", idea.challenge),
        title=idea.title,
        body=idea.body,
        details=details_of(diary, idea),
        publish=not idea.draft,
    )
    diary.keep("ideas", idea.key, written.id)


def _decide(diary: Diary, idea: Idea, step: Step) -> None:
    change_status(
        diary.viewer(step.by),
        idea_id=diary.id_of("ideas", idea.key),
        status=step.status,
        response=step.response,
    )


def _withdraw(diary: Diary, idea: Idea) -> None:
    withdraw_idea(diary.viewer(idea.author), idea_id=diary.id_of("ideas", idea.key))


def _write_comment(
    diary: Diary, idea: Idea, comment: Comment, key: str, parent: str | None, ends: datetime
) -> None:
    posted = comment.posted.seen_from(diary.now)
    diary.add(posted, partial(_add_comment, diary, idea, comment, key, parent))
    if comment.edit:
        diary.add(comment.edit.when.seen_from(diary.now), partial(_edit, diary, comment, key))
    until = ends
    if comment.removed:
        until = comment.removed.seen_from(diary.now)
        diary.add(until, partial(_remove, diary, comment, key))
    _write_votes(diary, idea, "comments", key, comment.author, (posted, until), comment.reach, comment.appeal)
    for place, reply in enumerate(comment.replies):
        _write_comment(diary, idea, reply, f"{key}/{place}", key, ends)
    _write_thanks(diary, idea, comment, key, until)


def _write_thanks(diary: Diary, idea: Idea, comment: Comment, key: str, until: datetime) -> None:
    """Let an author who answers somebody thank them for their comment, too."""
    if comment.removed or comment.author == idea.author:
        return
    for answer in comment.replies:
        at = answer.posted.seen_from(diary.now) + THANKED_AFTER
        if answer.author == idea.author and at < until:
            diary.add(at, partial(_thank, diary, idea, key))
            return


def _thank(diary: Diary, idea: Idea, key: str) -> None:
    thank(diary.viewer(idea.author), comment_id=diary.id_of("comments", key), value=1)


def _add_comment(diary: Diary, idea: Idea, comment: Comment, key: str, parent: str | None) -> None:
    said = add_comment(
        diary.viewer(comment.author),
        idea_id=diary.id_of("ideas", idea.key),
        parent_id=diary.id_of("comments", parent) if parent else None,
        body=comment.edit.earlier_body if comment.edit else comment.body,
    )
    diary.keep("comments", key, said.id)


def _edit(diary: Diary, comment: Comment, key: str) -> None:
    edit_comment(diary.viewer(comment.author), comment_id=diary.id_of("comments", key), body=comment.body)


def _remove(diary: Diary, comment: Comment, key: str) -> None:
    delete_comment(diary.viewer(comment.author), comment_id=diary.id_of("comments", key))


def _write_votes(
    diary: Diary,
    idea: Idea,
    kind: str,
    key: str,
    author: str,
    window: tuple[datetime, datetime],
    reach: float,
    appeal: float,
) -> None:
    voters = _voters(diary, _CHALLENGES[idea.challenge], author, *window)
    # Nobody votes on what they wrote.
    wrote = {each.member for each in BESIDE if (kind, each.idea) == ("ideas", key)}
    for vote in draw_votes(key, voters, reach=reach, appeal=appeal):
        if vote.key in wrote:
            continue
        diary.add(vote.at, partial(_vote, diary, vote.key, kind, key, vote.value))


def _vote(diary: Diary, voter: str, kind: str, key: str, value: int) -> None:
    cast_vote(diary.viewer(voter), kind=kind, id=diary.id_of(kind, key), value=value)


def _voters(
    diary: Diary, challenge: Challenge, author: str, since: datetime, until: datetime
) -> Iterator[Voter]:
    for person in PEOPLE:
        in_group = not challenge.audience_groups or set(person.groups) & set(challenge.audience_groups)
        if person.key == author or not in_group:
            continue
        left = person.left.seen_from(diary.now) if person.left else diary.now
        yield Voter(person.key, max(since, person.joined.seen_from(diary.now)), min(until, left))
