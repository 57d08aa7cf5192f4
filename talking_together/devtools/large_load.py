"""The large load: a challenge as busy as the busiest, to measure the site with.

Rows go in by the thousand, with counts, ranks, points and balances as the services would have
kept them, so that `verify` finds nothing.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Insert, bindparam, func, insert, select, update

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.comments.models import Comment
from talking_together.comments.paths import depth_of, path_of
from talking_together.core import clock, rich_text
from talking_together.core.database import continue_ids
from talking_together.devtools import load_words
from talking_together.devtools.ledger_load import without_totals
from talking_together.extensions import db
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea
from talking_together.points.models import PointEntry
from talking_together.points.rules import RULE_OF
from talking_together.votes.models import CommentVote, IdeaVote

MEMBERS = 2_000
QUESTION = "What would make next winter easier than the last one?"
SMALLER_QUESTION = "What would make the summer easier?"
# It is over, and what came of it is told in `large_life`.
FINISHED_QUESTION = "What did the summer teach us?"
COMMENTED_MOST = 200
BATCH = 5_000
OPEN_FOR = timedelta(days=20)
FINISHED_SINCE, FINISHED_FOR = timedelta(days=12), timedelta(days=17)
ADDRESS = "load-{:04}@demo.example"


@dataclass(frozen=True, slots=True)
class Size:
    """How much a challenge holds; ideas to comments to votes as 1 : 5 : 15."""

    ideas: int
    comments: int
    idea_votes: int
    comment_votes: int


LARGE = Size(ideas=10_000, comments=50_000, idea_votes=130_000, comment_votes=20_000)
SMALLER = Size(ideas=100, comments=500, idea_votes=1_300, comment_votes=200)
FINISHED = Size(ideas=1_000, comments=4_000, idea_votes=12_000, comment_votes=2_000)


@dataclass(frozen=True, slots=True)
class LargeLoad:
    """What was loaded, by the ids that a measurement asks for."""

    challenge_id: int
    smaller_challenge_id: int
    commented_idea_id: int
    smaller_commented_idea_id: int

    def lines(self) -> Iterator[str]:
        """Say it for the person at the command line."""
        yield f"Large load: {MEMBERS:,} more members ({ADDRESS.format(1)} and so on)."
        yield (
            f"Challenge {self.challenge_id} has {LARGE.ideas:,} ideas, {LARGE.comments:,} comments "
            f"and {LARGE.idea_votes + LARGE.comment_votes:,} votes."
        )
        yield f"Challenge {self.smaller_challenge_id} has {SMALLER.ideas:,} ideas."
        yield f"“{FINISHED_QUESTION}” is over: {FINISHED.ideas:,} ideas with answers, merges and results."
        for idea_id in (self.commented_idea_id, self.smaller_commented_idea_id):
            yield f"Idea {idea_id} has exactly {COMMENTED_MOST} comments."


@dataclass(slots=True)
class _Ledger:
    """Points earned, kept to the caps of the day as `points.services` keeps them."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    counted: Counter[tuple[int, str, Any]] = field(default_factory=Counter)
    balances: Counter[int] = field(default_factory=Counter)

    def earn(self, event: str, member_id: int, key: str, at: datetime, **about: int | None) -> None:
        rule, day = RULE_OF[event], clock.to_london(at).date()
        place = (member_id, event, day)
        if rule.daily_cap is not None and self.counted[place] >= rule.daily_cap:
            return
        self.counted[place] += 1
        self.balances[member_id] += rule.points
        self.entries.append(
            {
                "member_id": member_id,
                "event": event,
                "points": rule.points,
                "event_key": key,
                "is_reversal": False,
                "idea_id": None,
                "comment_id": None,
                "day": day,
                "at": at,
                **about,
            }
        )


def find_large_load() -> LargeLoad | None:
    """Return what an earlier large load brought, or None."""
    ids = dict(
        db.session.execute(
            select(Challenge.title, Challenge.id).where(Challenge.title.in_([QUESTION, SMALLER_QUESTION]))
        ).all()
    )
    if len(ids) < 2:
        return None
    return LargeLoad(
        ids[QUESTION],
        ids[SMALLER_QUESTION],
        _most_commented(ids[QUESTION]),
        _most_commented(ids[SMALLER_QUESTION]),
    )


def _most_commented(challenge_id: int) -> int:
    """Return the id of the challenge's first idea, which was loaded with the most comments."""
    return db.session.scalars(select(func.min(Idea.id)).where(Idea.challenge_id == challenge_id)).one()


def load_large(*, password_hash: str, organisation_ids: list[int]) -> LargeLoad:
    """Write the members and both challenges."""
    now = clock.now()
    ledger = _Ledger()
    members = _add_members(password_hash, organisation_ids, now, ledger)
    large = _add_challenge(QUESTION, LARGE, members, now, ledger)
    smaller = _add_challenge(SMALLER_QUESTION, SMALLER, members, now, ledger)
    _add_challenge(FINISHED_QUESTION, FINISHED, members, now - FINISHED_SINCE, ledger, FINISHED_FOR)
    with without_totals(db.session.connection()):
        _insert(insert(PointEntry), ledger.entries)
    balance = update(Member).where(Member.id == bindparam("member")).values(points=bindparam("balance"))
    db.session.connection().execute(
        balance,
        [{"member": member, "balance": ledger.balances[member]} for member in members],
    )
    return LargeLoad(large, smaller, _most_commented(large), _most_commented(smaller))


def _add_members(
    password_hash: str, organisation_ids: list[int], now: datetime, ledger: _Ledger
) -> list[int]:
    first = _next_id(Member)
    rng = random.Random("members")
    rows = []
    for place, name in enumerate(load_words.names(MEMBERS)):
        address = ADDRESS.format(place + 1)
        joined_at = now - timedelta(days=rng.uniform(30, 100))
        ledger.earn("joined", first + place, f"joined:member:{first + place}", joined_at)
        rows.append(
            {
                "id": first + place,
                "sign_in_name": address,
                "email": address,
                "password_hash": password_hash,
                "name": name,
                "job_title": "",
                "about": "",
                "organisation_id": organisation_ids[place % len(organisation_ids)],
                "role": "staff",
                "is_active": True,
                "joined_at": joined_at,
                "on_leaderboard": rng.random() < 0.6,
                "theme": "system",
                "points": 0,
            }
        )
    _insert(insert(Member), rows)
    continue_ids(Member)
    return [first + place for place in range(MEMBERS)]


def _add_challenge(
    question: str,
    size: Size,
    members: list[int],
    now: datetime,
    ledger: _Ledger,
    over_after: timedelta | None = None,
) -> int:
    """Write a challenge with all that hangs on it, as it stands at a moment, and return its id."""
    brief = "\n\n".join(load_words.bodies(3, least=3, most=5))
    opened = now - (over_after or OPEN_FOR)
    challenge_id = db.session.execute(
        insert(Challenge)
        .values(
            title=question,
            summary="For everyone who works with us, whatever their employer.",
            brief_source=brief,
            brief_html=rich_text.render(brief),
            audience="everyone",
            is_published=True,
            opens_at=opened,
            closes_at=now if over_after else now + timedelta(days=12),
            ideas_count=size.ideas,
            created_at=opened,
            updated_at=opened,
        )
        .returning(Challenge.id)
    ).scalar_one()
    draw = _Draw(random.Random(question), members, now, ledger)
    ideas = draw.ideas(size, challenge_id, opened)
    comments = draw.comments(size, ideas)
    idea_votes = draw.idea_votes(size, ideas)
    comment_votes = draw.comment_votes(size, comments)
    for idea in ideas:
        idea["votes_count"] = idea["up_count"] + idea["down_count"]
        idea["wilson"] = ranking.wilson_lower_bound(idea["up_count"], idea["down_count"])
        idea["trending"] = ranking.trending_of(idea["activity"], idea["published_at"])
    for model, rows in ((Idea, ideas), (Comment, comments)):
        _insert(insert(model), rows)
        continue_ids(model)
    _insert(insert(IdeaVote), idea_votes)
    _insert(insert(CommentVote), comment_votes)
    return challenge_id


@dataclass(slots=True)
class _Draw:
    """Draws who writes and votes what and when, the same each time but for the present moment."""

    rng: random.Random
    members: list[int]
    now: datetime
    ledger: _Ledger

    def ideas(self, size: Size, challenge_id: int, opened: datetime) -> list[dict[str, Any]]:
        first = _next_id(Idea)
        sources = load_words.bodies(300, least=4, most=8)
        texts = [(source, rich_text.render(source), rich_text.excerpt_of(source)) for source in sources]
        moments = sorted(self._moment(opened) for _ in range(size.ideas))
        rows = []
        for place, title in enumerate(load_words.titles(size.ideas)):
            source, html, excerpt = self.rng.choice(texts)
            author, id, at = self.rng.choice(self.members), first + place, moments[place]
            self.ledger.earn("idea published", author, f"idea published:idea:{id}", at, idea_id=id)
            rows.append(
                {
                    "id": id,
                    "challenge_id": challenge_id,
                    "author_id": author,
                    "title": title,
                    "body_source": source,
                    "body_html": html,
                    "excerpt": excerpt,
                    "status": "new",
                    "listed": True,
                    "created_at": at,
                    "published_at": at,
                    "up_count": 0,
                    "down_count": 0,
                    "comments_count": 0,
                    "activity": 1.0,
                    "shuffle_key": ranking.shuffle_key_of(id),
                }
            )
        return rows

    def comments(self, size: Size, ideas: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Draw the comments; the first idea gets exactly so many of them."""
        first = _next_id(Comment)
        texts = [(source, rich_text.render(source)) for source in load_words.bodies(400, least=1, most=3)]
        most = min(COMMENTED_MOST, size.comments // 2)
        chosen = [ideas[0]] * most
        chosen += self.rng.choices(ideas[1:], self._popularity(len(ideas) - 1), k=size.comments - most)
        threads: dict[int, list[dict[str, Any]]] = defaultdict(list)
        rows = []
        for place, idea in enumerate(chosen):
            id, thread = first + place, threads[idea["id"]]
            parent = self.rng.choice(thread) if thread and self.rng.random() < 0.5 else None
            at = self._moment(parent["created_at"] if parent else idea["published_at"])
            row = self._comment(id, idea, parent, at, self.rng.choice(texts))
            thread.append(row)
            rows.append(row)
        return rows

    def _comment(
        self,
        id: int,
        idea: dict[str, Any],
        parent: dict[str, Any] | None,
        at: datetime,
        text: tuple[str, str],
    ) -> dict[str, Any]:
        author = self.rng.choice(self.members)
        idea["comments_count"] += 1
        idea["activity"] += ranking.activity_term(ranking.COMMENT_WEIGHT, at, idea["published_at"])
        about = {"idea_id": idea["id"], "comment_id": id}
        self.ledger.earn("comment published", author, f"comment published:comment:{id}", at, **about)
        above = parent["path"] if parent else None
        return {
            "id": id,
            "idea_id": idea["id"],
            "parent_id": parent["id"] if parent else None,
            "author_id": author,
            "path": path_of(id, above),
            "depth": depth_of(above),
            "body_source": text[0],
            "body_html": text[1],
            "created_at": at,
            "told_at": at,
            "up_count": 0,
            "down_count": 0,
        }

    def idea_votes(self, size: Size, ideas: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows = []
        for idea, voter, value, at in self._votes(size.idea_votes, ideas, "published_at"):
            if value == 1:
                idea["activity"] += ranking.activity_term(ranking.UP_VOTE_WEIGHT, at, idea["published_at"])
            self._earn_by_vote("idea", idea, voter, value, at, {"idea_id": idea["id"]})
            rows.append({"idea_id": idea["id"], "member_id": voter, "value": value, "cast_at": at})
        return rows

    def comment_votes(self, size: Size, comments: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows = []
        for comment, voter, value, at in self._votes(size.comment_votes, comments, "created_at"):
            about = {"idea_id": comment["idea_id"], "comment_id": comment["id"]}
            self._earn_by_vote("comment", comment, voter, value, at, about)
            rows.append({"comment_id": comment["id"], "member_id": voter, "value": value, "cast_at": at})
        return rows

    def _votes(
        self, count: int, things: list[dict[str, Any]], began: str
    ) -> Iterator[tuple[dict[str, Any], int, int, datetime]]:
        weights = list(accumulate(self._popularity(len(things))))
        cast: set[tuple[int, int]] = set()
        while len(cast) < count:
            (thing,) = self.rng.choices(things, cum_weights=weights)
            voter = self.rng.choice(self.members)
            if voter == thing["author_id"] or (thing["id"], voter) in cast:
                continue
            cast.add((thing["id"], voter))
            value = 1 if self.rng.random() < 0.82 else -1
            thing["up_count" if value == 1 else "down_count"] += 1
            yield thing, voter, value, self._moment(thing[began])

    def _earn_by_vote(
        self, noun: str, thing: dict[str, Any], voter: int, value: int, at: datetime, about: dict[str, int]
    ) -> None:
        key = f"vote cast:{noun}:{thing['id']}:member:{voter}"
        self.ledger.earn("vote cast", voter, key, at, **about)
        if value == 1:
            key = f"thumb up on {noun}:{thing['id']}:by:{voter}"
            self.ledger.earn(f"thumb up on {noun}", thing["author_id"], key, at, **about)

    def _moment(self, since: datetime) -> datetime:
        """Draw a moment after another one, sooner rather than later."""
        return since + (self.now - since) * self.rng.betavariate(1, 2)

    def _popularity(self, count: int) -> list[float]:
        return [self.rng.lognormvariate(0, 0.9) for _ in range(count)]


def _next_id(model: Any) -> int:
    return (db.session.scalar(select(func.max(model.id))) or 0) + 1


def _insert(statement: Insert, rows: list[dict[str, Any]]) -> None:
    connection = db.session.connection()
    for start in range(0, len(rows), BATCH):
        connection.execute(statement, rows[start : start + BATCH])
