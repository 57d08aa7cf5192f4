"""Reads of ideas. What the viewer may not see does not exist."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    table,
)
from sqlalchemy import SmallInteger as Value
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.challenges.queries import (
    THE_MEMBER,
    viewer_values,
    visible_to,
    visible_to_given,
    visible_to_member,
)
from talking_together.challenges.voting import Options, ranks_hidden, shown_counts, shows_thumb_down
from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page
from talking_together.core.statements import given, is_one_of, run
from talking_together.following.queries import follows_idea
from talking_together.ideas.co_author_queries import (
    carries_others_column,
    names_column,
    names_in,
    part_column,
    seen_beside,
)
from talking_together.ideas.models import Idea, IdeaDecision, IdeaRevision, IdeaTag
from talking_together.ideas.orders import TELLING, page_in_order
from talking_together.ideas.policies import why_no_vote, wrote
from talking_together.ideas.shown import ChallengeOfIdea, Decision, IdeaCard, IdeaInFull

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

# Named, not imported: votes are a room above this one, and the viewer's own vote belongs in the
# one statement that a list is read with.
_votes = table(
    "idea_votes", column("idea_id", BigInteger), column("member_id", BigInteger), column("value", Value)
)

CHALLENGE_DATES = (
    Challenge.is_published,
    Challenge.opens_at,
    Challenge.closes_at,
    Challenge.voting_closes_at,
    Challenge.answered_at,
    Challenge.archived_at,
    Challenge.paused_at,
)

# What the challenge's options say about votes (`challenges.voting`).
CHALLENGE_OPTIONS = (Challenge.allows_down_votes, Challenge.counts_shown)

# Not in lists, yet there for moderators.
_SEEN_BY_MODERATORS = ("waiting for approval", "withdrawn", "hidden")


class _Listed(Options, Protocol):
    @property
    def id(self) -> int: ...


def seen_by(viewer: "Viewer") -> ColumnElement[bool]:
    """Return the condition on Idea, joined to Challenge, that the idea exists for the viewer."""
    return and_(visible_to(viewer), _seen(viewer.is_moderator, viewer.id))


def seen_by_member(at: datetime) -> ColumnElement[bool]:
    """Return the same condition on Idea, Challenge and Member, for a statement about many members."""
    moderates = Member.role.in_(("moderator", "admin"))
    return and_(
        visible_to_member(at), or_(_seen(False, THE_MEMBER), and_(moderates, _seen(True, THE_MEMBER)))
    )


def seen_by_given(*, is_moderator: bool) -> ColumnElement[bool]:
    """Return the same condition for a statement made once and run with `viewer_values`."""
    return and_(
        visible_to_given(is_moderator=is_moderator), _seen(is_moderator, given("viewer_id", Member.id))
    )


def _seen(is_moderator: bool, viewer_id: Any) -> ColumnElement[bool]:
    # A merged one is in no list, yet what was written stays readable.
    seen = [Idea.listed, Idea.status == "merged", Idea.author_id == viewer_id, seen_beside(viewer_id)]
    if is_moderator:
        seen.append(is_one_of(Idea.status, _SEEN_BY_MODERATORS))
    return or_(*seen)


def ideas_in(
    viewer: "Viewer",
    challenge: _Listed,
    *,
    order: str = "trending",
    after: str | None = None,
    size: int = 20,
    theme_id: int | None = None,
    at: datetime,
) -> Page:
    """Return a page of `IdeaCard`s of a challenge that the viewer may see, in one statement.

    While the counts are hidden, an order that would tell of them is replaced by a shuffled one.
    """
    if order in TELLING and ranks_hidden(viewer, challenge, at):
        order = "shuffled"
    page = page_in_order(
        _cards(is_moderator=viewer.is_moderator),
        viewer_values(viewer),
        challenge.id,
        order=order,
        after=after,
        size=size,
        member_id=viewer.id,
        theme_id=theme_id,
    )
    rows = [IdeaCard(**_card(viewer, row, challenge, at)) for row in page.rows]
    return Page(rows, page.next_cursor)


def cards_of(viewer: "Viewer", ids: Sequence[int], *, at: datetime) -> dict[int, IdeaCard]:
    """Return the `IdeaCard`s of those of the ideas that are listed for the viewer, in one statement."""
    values = {"ids": list(ids), **viewer_values(viewer)}
    rows = run(_cards_by_id(is_moderator=viewer.is_moderator), values)
    return {row.id: IdeaCard(**_card(viewer, row, row, at)) for row in rows}


def find_idea(viewer: "Viewer", idea_id: int) -> IdeaInFull | None:
    """Return an idea as the viewer may see it, in one statement, or None."""
    row = run(
        _one_idea(is_moderator=viewer.is_moderator), {"idea_id": idea_id, **viewer_values(viewer)}
    ).first()
    if row is None:
        return None
    challenge = ChallengeOfIdea(
        id=row.challenge_id,
        title=row.challenge_title,
        needs_approval=row.needs_approval,
        **{name.key: getattr(row, name.key) for name in (*CHALLENGE_DATES, *CHALLENGE_OPTIONS)},
    )
    at = clock.now()
    more = {name.key: getattr(row, name.key) for name in _FULL}
    if ranks_hidden(viewer, challenge, at):
        # An answer falls due by the number of thumbs up, and so would tell of it.
        more["answer_due_at"] = None
    return IdeaInFull(
        **_card(viewer, row, challenge, at),
        **more,
        author_id=row.author_id,
        answered_at=row.idea_answered_at,
        revisions_count=row.revisions_count,
        includes_others=row.includes_others,
        carries_others=row.carries_others,
        follows=row.follows,
        theme_name=row.theme_name,
        tags=tags_of(row),
        challenge=challenge,
    )


def get_idea(viewer: "Viewer", idea_id: int) -> IdeaInFull:
    """Return an idea as the viewer may see it; NotFound where it does not exist for them."""
    idea = find_idea(viewer, idea_id)
    if idea is None:
        raise NotFound()
    return idea


def decisions_on(idea_id: int) -> list[Decision]:
    """Return the changes of status of an idea that the viewer may see, oldest first."""
    rows = run(_DECISIONS, {"idea_id": idea_id})
    return [
        Decision(
            id=row.id,
            from_status=row.from_status,
            to_status=row.to_status,
            response_html=row.response_html,
            at=row.at,
            byline=byline_of(row),
            role=row.decided_as,
        )
        for row in rows
    ]


_DECISIONS = (
    select(
        IdeaDecision.id,
        IdeaDecision.from_status,
        IdeaDecision.to_status,
        IdeaDecision.response_html,
        IdeaDecision.at,
        IdeaDecision.decided_as,
        *byline_columns(),
    )
    .join(Author, Author.id == IdeaDecision.decided_by, isouter=True)
    .join(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id, isouter=True)
    .where(IdeaDecision.idea_id == given("idea_id", Idea.id), IdeaDecision.undone_at.is_(None))
    .order_by(IdeaDecision.id)
)


def unanswered(viewer: "Viewer", *, size: int = 20) -> Sequence[Any]:
    """Return the ideas that have waited longest for a moderator's answer, oldest first."""
    values = {"most": size, **viewer_values(viewer)}
    return run(_unanswered(is_moderator=viewer.is_moderator), values).all()


@cache
def _unanswered(*, is_moderator: bool) -> Any:
    return (
        select(
            Idea.id,
            Idea.title,
            Idea.status,
            Idea.published_at,
            Idea.up_count,
            Idea.comments_count,
            Idea.challenge_id,
            Challenge.title.label("challenge_title"),
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(
            visible_to_given(is_moderator=is_moderator),
            Challenge.archived_at.is_(None),
            Challenge.is_published,
            Idea.status == "new",
        )
        .order_by(Idea.published_at, Idea.id)
        .limit(given("most", Idea.id))
    )


_CARD = (
    Idea.id,
    Idea.author_id,
    Idea.title,
    Idea.excerpt,
    Idea.status,
    Idea.published_at,
    Idea.comments_count,
    Idea.up_count,
    Idea.down_count,
)
_FULL = (
    Idea.listed,
    Idea.theme_id,
    Idea.answer_owner_id,
    Idea.answer_due_at,
    Idea.body_source,
    Idea.body_html,
    Idea.created_at,
    Idea.edited_at,
    Idea.answers,
    Idea.merged_into_id,
)
# No tag holds one.
_BETWEEN_TAGS = ","


@cache
def _cards(*, is_moderator: bool) -> Select[Any]:
    cards = _from_ideas(*_CARD).join(Challenge, Challenge.id == Idea.challenge_id)
    return cards.where(visible_to_given(is_moderator=is_moderator))


@cache
def _cards_by_id(*, is_moderator: bool) -> Select[Any]:
    chosen = Idea.id.in_(bindparam("ids", type_=Idea.id.type, expanding=True))
    return (
        _cards(is_moderator=is_moderator)
        .add_columns(*CHALLENGE_DATES, *CHALLENGE_OPTIONS)
        .where(Idea.listed, chosen)
    )


@cache
def _one_idea(*, is_moderator: bool) -> Select[Any]:
    revisions = select(func.count()).where(IdeaRevision.idea_id == Idea.id).scalar_subquery()
    theme = select(ChallengeTheme.name).where(ChallengeTheme.id == Idea.theme_id).scalar_subquery()
    return (
        _from_ideas(
            *_CARD,
            *_FULL,
            # The challenge has an `answered_at` of its own.
            Idea.answered_at.label("idea_answered_at"),
            revisions.label("revisions_count"),
            _includes_others().label("includes_others"),
            carries_others_column(),
            follows_idea(Idea.id, given("viewer_id", Member.id)).label("follows"),
            theme.label("theme_name"),
            tags_column(),
            Idea.challenge_id,
            Challenge.title.label("challenge_title"),
            Challenge.needs_approval,
            *CHALLENGE_DATES,
            *CHALLENGE_OPTIONS,
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(Idea.id == given("idea_id", Idea.id), seen_by_given(is_moderator=is_moderator))
    )


def tags_column() -> Any:
    """Return the column of an idea's tags, for `tags_of`."""
    tags = select(func.aggregate_strings(IdeaTag.tag, _BETWEEN_TAGS)).where(IdeaTag.idea_id == Idea.id)
    return tags.scalar_subquery().label("tags")


def tags_of(row: Row[Any]) -> list[str]:
    """Return the tags of a row selected with `tags_column`, in the order of the alphabet."""
    return sorted(row.tags.split(_BETWEEN_TAGS)) if row.tags else []


def _includes_others() -> Any:
    joined = aliased(Idea, name="joined")
    return select(joined.id).where(joined.merged_into_id == Idea.id).correlate(Idea).exists()


def _from_ideas(*columns: Any) -> Select[Any]:
    """Select from ideas with their authors and the own votes of the viewer to come."""
    viewer_id = given("viewer_id", Member.id)
    return (
        select(
            *columns,
            func.coalesce(_votes.c.value, 0).label("my_vote"),
            part_column(viewer_id),
            names_column(),
            *byline_columns(),
        )
        .select_from(Idea)
        .outerjoin(Author, Author.id == Idea.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .outerjoin(_votes, and_(_votes.c.idea_id == Idea.id, _votes.c.member_id == viewer_id))
    )


def _byline(row: Row[Any]) -> Byline:
    byline, beside = byline_of(row), names_in(row)
    return replace(byline, beside=beside) if beside else byline


def _card(viewer: "Viewer", row: Row[Any], challenge: Options, at: datetime) -> dict[str, Any]:
    counts = shown_counts(viewer, challenge, up=row.up_count, down=row.down_count, my_vote=row.my_vote, at=at)
    return {
        "id": row.id,
        "title": row.title,
        "excerpt": row.excerpt,
        "status": row.status,
        "published_at": row.published_at,
        "comments_count": row.comments_count,
        "up_count": counts.up,
        "down_count": counts.down,
        "my_vote": row.my_vote,
        "takes_down": shows_thumb_down(challenge, my_vote=row.my_vote),
        "is_mine": wrote(viewer, row),
        "my_part": row.my_part,
        "why_not": why_no_vote(viewer, row, challenge, at),
        "byline": _byline(row),
    }
