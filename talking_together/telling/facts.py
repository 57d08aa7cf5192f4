"""What is told of: decisions on ideas, comments on them, and news of challenges."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from talking_together.challenges.models import ChallengeNews
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.following.models import IdeaFollow
from talking_together.ideas.earnings import ask_for_those_who_wrote
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.telling.concerned import (
    concerned_by_decision,
    concerned_by_merge,
    followers_of_challenge,
    followers_told_of_comment,
)
from talking_together.telling.fan_out import Fact, Source, tell_all, tell_some

# Everybody concerned hears of these; of the others only those who wrote the idea, or nobody here:
# approval tells of itself, merging those who wrote, and withdrawing is the author's own act.
TOLD_TO_ALL = frozenset({"under review", "shortlisted", "planned", "in progress", "done", "not now"})
TOLD_TO_AUTHORS = frozenset({("new", "hidden"), ("hidden", "new"), *((was, "hidden") for was in TOLD_TO_ALL)})
NEWS_KINDS = {
    "dates changed": "challenge dates changed",
    "paused": "challenge paused",
    "reopened": "challenge reopened",
    "results published": "results published",
}
SKIP_CHUNK = 1_000


def who_hears(from_status: str, to_status: str) -> str:
    """Return who is told of a change of status: "all", "authors", "others" or "nobody"."""
    if from_status in ("merged", "waiting for approval", "draft"):
        return "nobody"
    if to_status in TOLD_TO_ALL:
        return "all"
    if to_status == "merged":
        return "others"
    return "authors" if (from_status, to_status) in TOLD_TO_AUTHORS else "nobody"


def _of_decision(decision: Any) -> Fact | None:
    hears = who_hears(decision.from_status, decision.to_status)
    # A merge can be undone while it is being told.
    if hears == "nobody" or decision.undone_at is not None:
        return None
    if hears == "others":
        people = concerned_by_merge(decision)
    else:
        people = concerned_by_decision(decision, authors_only=hears == "authors")
    return Fact(
        key=f"decision:{decision.id}",
        people=people,
        about={"idea_id": decision.idea_id, "decision_id": decision.id},
    )


def _of_comment(comment: Any) -> Fact | None:
    if comment.deleted_at is not None:
        return None
    return Fact(
        key=f"comment:{comment.id}",
        people=followers_told_of_comment(comment),
        about={"idea_id": comment.idea_id, "comment_id": comment.id},
    )


def _of_news(news: Any) -> Fact | None:
    later = aliased(ChallengeNews)
    is_superseded = select(
        exists().where(
            later.challenge_id == news.challenge_id,
            later.kind == news.kind,
            later.told_at.is_(None),
            later.id > news.id,
        )
    )
    if db.session.scalar(is_superseded):
        # Dates that were moved three times in a row are told once, as they stand.
        return None
    return Fact(
        key=f"news:{news.id}",
        people=followers_of_challenge(news.challenge_id, NEWS_KINDS[news.kind], but=news.details.get("by")),
        about={"challenge_id": news.challenge_id},
    )


def _honour_done(decision: Any) -> None:
    """Let those who wrote an idea that is done reach what they reach by it, now that it stands."""
    if decision.to_status == "done":
        columns = Idea.id, Idea.author_id, Idea.co_authors_count
        ask_for_those_who_wrote(db.session.execute(select(*columns).where(Idea.id == decision.idea_id)).all())


DECISIONS = Source(
    "decisions",
    IdeaDecision,
    IdeaDecision.at,
    _of_decision,
    only=(IdeaDecision.undone_at.is_(None),),
    then=_honour_done,
)
COMMENTS = Source("comments", Comment, Comment.created_at, _of_comment)
NEWS = Source("news", ChallengeNews, ChallengeNews.at, _of_news)
SOURCES = (DECISIONS, COMMENTS, NEWS)


def tell_settled(*, stop: Callable[[], bool] = lambda: False) -> None:
    """Tell everybody concerned of what has stood long enough."""
    while not stop() and in_transaction(skip_unfollowed):
        pass
    for source in SOURCES:
        tell_all(source, stop=stop)


def tell_settled_here() -> None:
    """Do the same within the caller's own transaction, as the demo's story is written in one."""
    while skip_unfollowed():
        pass
    for source in SOURCES:
        while tell_some(source):
            pass


def skip_unfollowed() -> bool:
    """Note of comments on ideas that nobody else follows that there is nobody to tell; return if any were."""
    of_others = exists().where(
        IdeaFollow.idea_id == Comment.idea_id,
        IdeaFollow.member_id.is_distinct_from(Comment.author_id),
    )
    some = (
        select(Comment.id)
        .where(*COMMENTS.waiting(), ~of_others)
        .order_by(Comment.created_at)
        .limit(SKIP_CHUNK)
    )
    skipped = db.session.execute(
        update(Comment)
        .where(Comment.id.in_(some), Comment.told_at.is_(None))
        .values(told_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return int(skipped.rowcount) == SKIP_CHUNK  # type: ignore[attr-defined]
