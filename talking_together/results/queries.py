"""Reads of results. What the viewer may not see does not exist."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, union

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.challenges.queries import MAX_ID
from talking_together.comments.models import Comment
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.ideas.co_author_queries import names_column, names_in
from talking_together.ideas.models import Idea, IdeaCoAuthor, IdeaDecision
from talking_together.ideas.policies import BESIDE
from talking_together.ideas.statuses import SAID_TO_AUTHORS
from talking_together.organisations.models import Organisation
from talking_together.results.content import (
    MOST_LISTED,
    MOST_SUPPORTED,
    WILL_DO,
    WILL_NOT,
    Content,
    Entry,
    Facts,
    IdeaFacts,
    Section,
    filled_from,
)
from talking_together.results.figures import Figures, figures_from, figures_of
from talking_together.results.models import (
    LISTS,
    ChallengeResultIdea,
    ChallengeResults,
    ChallengeResultSection,
)
from talking_together.results.policies import is_out
from talking_together.votes.models import CommentVote, IdeaVote

THEMES_TOLD = 3


@dataclass(frozen=True, slots=True)
class Stored:
    """Results as they stand in the database."""

    content: Content
    html: dict[str, str]
    figures: Figures | None
    version: str
    counted_at: datetime | None
    published_at: datetime | None
    corrected_at: datetime | None


@dataclass(frozen=True, slots=True)
class ResultIdea:
    """An idea in a list of the page; `is_listed` says whether everybody can open it."""

    id: int
    title: str
    status: str
    up_count: int
    down_count: int
    comments_count: int
    html: str
    by_whom: str
    by_when: str
    is_listed: bool
    byline: Byline


def find_stored(challenge_id: int, *, for_editing: bool = True) -> Stored | None:
    """Return the results of a challenge as moderators left them, or None before the first time.

    The lists of its ideas are read only `for_editing`; the page reads them by `result_ideas`.
    """
    rows = db.session.execute(
        select(
            ChallengeResults.updated_at,
            ChallengeResults.figures,
            ChallengeResults.counted_at,
            ChallengeResults.published_at,
            ChallengeResults.corrected_at,
            ChallengeResultSection.section,
            ChallengeResultSection.source,
            ChallengeResultSection.html,
            ChallengeResultSection.filled,
            ChallengeResultSection.replaced,
        )
        .join(ChallengeResultSection, ChallengeResultSection.challenge_id == ChallengeResults.challenge_id)
        .where(ChallengeResults.challenge_id == challenge_id)
    ).all()
    if not rows:
        return None
    results = rows[0]
    return Stored(
        content=Content(
            {each.section: Section(each.source, each.replaced, each.filled) for each in rows},
            _stored_lists(challenge_id) if for_editing else {},
        ),
        html={each.section: each.html for each in rows},
        figures=figures_from(results.figures) if results.figures else None,
        version=results.updated_at.isoformat(),
        counted_at=results.counted_at,
        published_at=results.published_at,
        corrected_at=results.corrected_at,
    )


def get_published(challenge_id: int, *, at: datetime) -> Stored:
    """Return the results that the audience of a challenge sees; NotFound before their moment."""
    found = find_stored(challenge_id, for_editing=False)
    if found is None or not is_out(found.published_at, at):
        raise NotFound()
    return found


def result_ideas(challenge_id: int) -> dict[str, list[ResultIdea]]:
    """Return the ideas that the page shows, list by list; what was hidden or withdrawn since is gone."""
    rows: Any = db.session.execute(
        select(
            *(getattr(ChallengeResultIdea, name) for name in _ENTRY),
            Idea.id,
            Idea.title,
            Idea.listed,
            names_column(),
            *byline_columns(),
        )
        .join(Idea, Idea.id == ChallengeResultIdea.idea_id)
        .outerjoin(Author, Author.id == Idea.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(ChallengeResultIdea.challenge_id == challenge_id, ChallengeResultIdea.shown, _stays_told_of())
        .order_by(ChallengeResultIdea.place)
    )
    lists: dict[str, list[ResultIdea]] = {name: [] for name in LISTS}
    for row in rows:
        lists[row.list].append(
            ResultIdea(
                id=row.id,
                title=row.title,
                status=row.status,
                up_count=row.up_count,
                down_count=row.down_count,
                comments_count=row.comments_count,
                html=row.html,
                by_whom=row.by_whom,
                by_when=row.by_when,
                is_listed=row.listed,
                byline=replace(byline_of(row), beside=names_in(row)),
            )
        )
    return lists


_ENTRY = (
    "list",
    "status",
    "up_count",
    "down_count",
    "comments_count",
    "html",
    "by_whom",
    "by_when",
)


def facts_of(challenge_id: int) -> Facts:
    """Return all that the results of a challenge are filled in with; NotFound for no challenge."""
    if challenge_id > MAX_ID:
        raise NotFound()
    row = db.session.execute(
        select(Challenge.title, Challenge.summary, Challenge.opens_at, _last_moment()).where(
            Challenge.id == challenge_id
        )
    ).first()
    if row is None:
        raise NotFound()
    return Facts(
        title=row.title,
        summary=row.summary,
        opens_at=row.opens_at,
        ends_at=row.ends_at,
        figures=figures_now(challenge_id),
        answered=_answered(challenge_id),
        themes=_themes(challenge_id),
        lists={
            "supported": _ideas(challenge_id, Idea.up_count > 0, most=MOST_SUPPORTED),
            "will do": _ideas(challenge_id, Idea.status.in_(WILL_DO), most=MOST_LISTED),
            "will not": _ideas(challenge_id, Idea.status.in_(WILL_NOT), most=MOST_LISTED),
        },
    )


def idea_facts(challenge_id: int, idea_ids: set[int]) -> dict[int, IdeaFacts]:
    """Return the ideas of a challenge among the ids, as they stand now."""
    if not idea_ids:
        return {}
    rows = _ideas(challenge_id, Idea.id.in_(idea_ids), most=len(idea_ids), told=_stays_told_of())
    return {idea.id: idea for idea in rows}


def figures_now(challenge_id: int) -> Figures:
    """Return the numbers of a challenge as they are at this moment."""
    sums = db.session.execute(
        select(
            func.count().label("ideas"),
            func.coalesce(func.sum(Idea.comments_count), 0).label("comments"),
            func.coalesce(func.sum(Idea.votes_count), 0).label("votes"),
        ).where(Idea.challenge_id == challenge_id, Idea.listed)
    ).one()
    found = db.session.execute(participants_statement(challenge_id))
    people = sorted(found, key=lambda row: (row.headcount, row.id))
    return figures_of(
        {row.id: row.people for row in people},
        {row.id: row.name for row in people},
        ideas=sums.ideas,
        comments=int(sums.comments),
        votes=int(sums.votes),
    )


def participants_statement(challenge_id: int) -> Any:
    """Return the statement that counts who wrote, stood beside an idea, commented or voted."""
    ideas = select(Idea.id).where(Idea.challenge_id == challenge_id, _told_of()).cte("told")
    comments = (
        select(Comment.id, Comment.author_id)
        .where(Comment.idea_id.in_(select(ideas.c.id)), Comment.deleted_at.is_(None))
        .cte("said")
    )
    people = union(
        select(Idea.author_id.label("member_id")).where(Idea.id.in_(select(ideas.c.id))),
        select(IdeaCoAuthor.member_id).where(
            IdeaCoAuthor.idea_id.in_(select(ideas.c.id)), IdeaCoAuthor.state.in_(BESIDE)
        ),
        select(comments.c.author_id),
        select(IdeaVote.member_id).where(IdeaVote.idea_id.in_(select(ideas.c.id))),
        select(CommentVote.member_id).where(CommentVote.comment_id.in_(select(comments.c.id))),
    ).subquery("people")
    return (
        select(Organisation.id, Organisation.name, Organisation.headcount, func.count().label("people"))
        .join(Member, Member.organisation_id == Organisation.id)
        .join(people, people.c.member_id == Member.id)
        .group_by(Organisation.id, Organisation.name, Organisation.headcount)
    )


def content_to_edit(stored: Stored | None, facts: Facts) -> Content:
    """Return what the editor opens with: what was saved, or what the facts fill in."""
    return stored.content if stored else filled_from(facts)


def _told_of() -> Any:
    """The condition that an idea counts: it is listed, or lives on in another."""
    return or_(Idea.listed, Idea.status == "merged")


# What was told of stays on the page of results under the same condition.
_stays_told_of = _told_of


def _stored_lists(challenge_id: int) -> dict[str, tuple[Entry, ...]]:
    rows = db.session.execute(
        select(*ChallengeResultIdea.__table__.c)
        .where(ChallengeResultIdea.challenge_id == challenge_id)
        .order_by(ChallengeResultIdea.place)
    )
    lists: dict[str, list[Entry]] = {name: [] for name in LISTS}
    for row in rows:
        lists[row.list].append(
            Entry(row.idea_id, row.source, row.by_whom, row.by_when, row.shown, row.filled)
        )
    return {name: tuple(entries) for name, entries in lists.items()}


def _last_moment() -> Any:
    return func.coalesce(
        Challenge.voting_closes_at, Challenge.closes_at, type_=Challenge.closes_at.type
    ).label("ends_at")


def _answered(challenge_id: int) -> int:
    statement = select(func.count()).where(
        Idea.challenge_id == challenge_id, Idea.listed, Idea.answered_at.is_not(None)
    )
    return int(db.session.scalar(statement) or 0)


def _themes(challenge_id: int) -> tuple[tuple[str, int], ...]:
    count = func.count().label("count")
    rows = db.session.execute(
        select(ChallengeTheme.name, count)
        .join(Idea, Idea.theme_id == ChallengeTheme.id)
        .where(ChallengeTheme.challenge_id == challenge_id, Idea.listed)
        .group_by(ChallengeTheme.name)
        .order_by(count.desc(), ChallengeTheme.name)
        .limit(THEMES_TOLD)
    )
    return tuple((row[0], row[1]) for row in rows)


def _ideas(challenge_id: int, condition: Any, *, most: int, told: Any = None) -> tuple[IdeaFacts, ...]:
    response = (
        select(IdeaDecision.response_source)
        .where(
            IdeaDecision.idea_id == Idea.id,
            IdeaDecision.response_source != "",
            IdeaDecision.to_status.not_in(SAID_TO_AUTHORS),
            IdeaDecision.undone_at.is_(None),
        )
        .order_by(IdeaDecision.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Idea.id,
            Idea.title,
            Idea.status,
            Idea.up_count,
            Idea.down_count,
            Idea.comments_count,
            func.coalesce(response, "").label("response"),
            *byline_columns(),
        )
        .outerjoin(Author, Author.id == Idea.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(Idea.challenge_id == challenge_id, Idea.listed if told is None else told, condition)
        .order_by(Idea.wilson.desc(), Idea.id)
        .limit(most)
    )
    return tuple(
        IdeaFacts(
            row.id,
            row.title,
            row.status,
            row.up_count,
            row.down_count,
            row.comments_count,
            row.response,
            byline_of(row),
        )
        for row in rows
    )
