"""Reads of what was done with ideas: "You said, we did"."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal, select, tuple_, union_all
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
    shown_name,
    unless_former,
)
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.challenges.queries import viewer_values, visible_to_given
from talking_together.core import clock
from talking_together.core.addresses import slug_of
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, moment_in, page_of
from talking_together.core.statements import given, is_one_of, looked_at_last, run
from talking_together.files.models import File
from talking_together.files.queries import ShownPicture, picture_alias, picture_columns, picture_of
from talking_together.ideas.co_author_queries import names_column, names_in
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.organisations.models import Organisation

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

# The changes of status that are told of, as the index of decisions has them.
STATUSES = ("in progress", "done")
PAGE_SIZE = 10
Decider = aliased(Member, name="decider")
_LaterDecision = aliased(IdeaDecision, name="later_decision")
_picture = picture_alias("picture")


@dataclass(frozen=True, slots=True)
class Acted:
    """An idea that is in progress or done, with the answer that says so."""

    id: int
    title: str
    excerpt: str
    status: str
    published_at: datetime | None
    byline: Byline
    challenge_id: int
    challenge_title: str
    theme: str | None
    response_html: str
    at: datetime
    decided_by: str
    decision_id: int
    picture: ShownPicture | None

    @property
    def slug(self) -> str:
        """Return the words of its address."""
        return slug_of(self.title)


@dataclass(frozen=True, slots=True)
class ActedTitle:
    """An idea that is in progress or done, as the first page names it, with when that was said."""

    id: int
    title: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Choices:
    """What the page can be narrowed down to."""

    organisations: tuple[tuple[int, str], ...]
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was done since a moment, and how much is under way."""

    done: int
    in_progress: int


def acted_on(
    viewer: "Viewer",
    *,
    status: str | None = None,
    organisation_id: int | None = None,
    theme: str | None = None,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Return a page of `Acted` that the viewer may see, the latest first, in one statement."""
    statement = _acted(
        is_moderator=viewer.is_moderator,
        by_status=status is not None,
        by_organisation=organisation_id is not None,
        by_theme=theme is not None,
        from_cursor=bool(after),
    )
    values = {
        "status": status,
        "organisation_id": organisation_id,
        "theme": theme,
        "rows": size + 1,
        **viewer_values(viewer),
    }
    if cursor := decode_cursor(after, (str, int)):
        values |= {"before_at": moment_in(cursor[0]), "before_id": cursor[1]}
    rows = [_acted_from(row) for row in run(statement, values)]
    return page_of(rows, size, lambda row: encode_cursor(row.at.isoformat(), row.decision_id))


@cache
def _acted(
    *, is_moderator: bool, by_status: bool, by_organisation: bool, by_theme: bool, from_cursor: bool
) -> Any:
    first_picture = (
        select(func.min(File.id))
        .where(
            File.idea_id == Idea.id,
            File.kind == "picture",
            # Not one that its text no longer shows.
            Idea.body_html.contains(File.key),
        )
        .correlate(Idea)
        .scalar_subquery()
    )
    columns = (
        Idea.id,
        Idea.title,
        Idea.excerpt,
        Idea.status,
        Idea.published_at,
        Idea.challenge_id,
        Challenge.title.label("challenge_title"),
        ChallengeTheme.name.label("theme"),
        IdeaDecision.id.label("decision_id"),
        IdeaDecision.response_html,
        IdeaDecision.at,
        shown_name(Decider).label("decided_by"),
        *picture_columns(_picture, "picture"),
        names_column(),
        *byline_columns(),
    )
    statement = (
        _from_decisions(*columns, is_moderator=is_moderator)
        .outerjoin(Author, Author.id == Idea.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .outerjoin(Decider, Decider.id == IdeaDecision.decided_by)
        .outerjoin(ChallengeTheme, ChallengeTheme.id == Idea.theme_id)
        .outerjoin(_picture, _picture.id == first_picture)
    )
    if by_status:
        statement = statement.where(Idea.status == given("status", Idea.status))
    if by_organisation:
        # A former colleague's organisation is not told, also not by a filter.
        of_author = unless_former(Author, Author.organisation_id)
        statement = statement.where(of_author == given("organisation_id", Member.organisation_id))
    if by_theme:
        statement = statement.where(ChallengeTheme.name == given("theme", ChallengeTheme.name))
    if from_cursor:
        statement = statement.where(
            tuple_(IdeaDecision.at, IdeaDecision.id)
            < tuple_(given("before_at", IdeaDecision.at), given("before_id", IdeaDecision.id))
        )
    return statement


def titles_acted_on(viewer: "Viewer", *, most: int) -> list[ActedTitle]:
    """Return the titles alone of what `acted_on` begins with."""
    rows = run(_titles(is_moderator=viewer.is_moderator), {"rows": most, **viewer_values(viewer)})
    return [ActedTitle(row.id, row.title, row.status, row.at) for row in rows]


@cache
def _titles(*, is_moderator: bool) -> Any:
    columns = (Idea.id, Idea.title, Idea.status, IdeaDecision.at)
    return _from_decisions(*columns, is_moderator=is_moderator)


def _from_decisions(*columns: Any, is_moderator: bool) -> Any:
    return (
        select(*columns)
        .select_from(IdeaDecision)
        .join(Idea, Idea.id == IdeaDecision.idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(_told_of(is_moderator=is_moderator))
        .order_by(IdeaDecision.at.desc(), IdeaDecision.id.desc())
        .limit(given("rows", Idea.id))
    )


def choices_for(viewer: "Viewer") -> Choices:
    """Return the organisations and themes that something the viewer may see was done for."""
    organisations, themes = {}, set()
    for row in run(_choices(is_moderator=viewer.is_moderator), viewer_values(viewer)):
        if row.id is None:
            themes.add(row.name)
        else:
            organisations[row.id] = row.name
    return Choices(
        tuple(sorted(organisations.items(), key=lambda each: each[1].casefold())),
        tuple(sorted(themes, key=str.casefold)),
    )


@cache
def _choices(*, is_moderator: bool) -> Any:
    acted = (
        select(Idea.author_id, Idea.theme_id)
        .select_from(IdeaDecision)
        .join(Idea, Idea.id == IdeaDecision.idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(_told_of(is_moderator=is_moderator))
        .cte("acted")
    )
    return union_all(
        select(Organisation.id, Organisation.name)
        .join(Member, Member.organisation_id == Organisation.id)
        .join(acted, acted.c.author_id == Member.id)
        .where(~Member.shown_as_former)
        .distinct(),
        select(literal(None, Organisation.id.type), ChallengeTheme.name)
        .join(acted, acted.c.theme_id == ChallengeTheme.id)
        .distinct(),
    )


def counts_for(viewer: "Viewer", *, since: datetime) -> Counts:
    """Return how many ideas that the viewer may see were done since a moment, and are in progress."""
    row = run(_counts(is_moderator=viewer.is_moderator), {"since": since, **viewer_values(viewer)}).one()
    return Counts(int(row.done or 0), int(row.in_progress or 0))


@cache
def _counts(*, is_moderator: bool) -> Any:
    done = and_(Idea.status == "done", IdeaDecision.at >= given("since", IdeaDecision.at))
    return (
        select(
            func.sum(case((done, 1), else_=0)).label("done"),
            func.sum(case((Idea.status == "in progress", 1), else_=0)).label("in_progress"),
        )
        .select_from(IdeaDecision)
        .join(Idea, Idea.id == IdeaDecision.idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(_told_of(is_moderator=is_moderator))
    )


def beginning_of_counting() -> datetime:
    """Return the January that numbers of what was done begin with: this year's, once that is a while ago."""
    today = clock.today()
    year = today.year if today.month > 3 else today.year - 1
    return clock.from_london(datetime(year, 1, 1))  # noqa: DTZ001 - a London wall time


def since_in_words(since: datetime) -> str:
    """Return "January", with its year when that is not this one."""
    year = clock.to_london(since).year
    return "January" if year == clock.today().year else f"January {year}"


def counts_in_words(counts: Counts, since: str) -> str:
    """Return the numbers as a sentence: "23 ideas done since January, 4 in progress"."""
    done = f"{counts.done:,} {'idea' if counts.done == 1 else 'ideas'} done since {since}"
    return f"{done}, {counts.in_progress:,} in progress" if counts.in_progress else done


def _told_of(*, is_moderator: bool) -> Any:
    """The condition that a decision put its idea where it is now, and that the viewer may see it."""
    later = (
        select(_LaterDecision.id)
        .where(
            _LaterDecision.idea_id == IdeaDecision.idea_id,
            _LaterDecision.id > IdeaDecision.id,
            _LaterDecision.undone_at.is_(None),
        )
        .correlate(IdeaDecision)
        .exists()
    )
    return and_(
        is_one_of(IdeaDecision.to_status, STATUSES),
        IdeaDecision.undone_at.is_(None),
        # Told of from the latest on: the index of what was acted on leads, not that of a status.
        looked_at_last(Idea.status) == IdeaDecision.to_status,
        Idea.listed,
        ~later,
        visible_to_given(is_moderator=is_moderator),
    )


def _acted_from(row: Any) -> Acted:
    shown_already = "<img" in row.response_html
    return Acted(
        id=row.id,
        title=row.title,
        excerpt=row.excerpt,
        status=row.status,
        published_at=row.published_at,
        byline=replace(byline_of(row), beside=names_in(row)),
        challenge_id=row.challenge_id,
        challenge_title=row.challenge_title,
        theme=row.theme,
        response_html=row.response_html,
        at=row.at,
        decided_by=row.decided_by or "A moderator",
        decision_id=row.decision_id,
        picture=None if shown_already else picture_of(row, "picture"),
    )
