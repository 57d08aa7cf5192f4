"""Searches over what one may see. What the viewer may not see is not found."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Row,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
    unless_former,
)
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.challenges.queries import viewer_values, visible_to_given
from talking_together.comments.models import Comment
from talking_together.core.addresses import slug_path
from talking_together.core.database import dialect_name
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaTag
from talking_together.organisations.models import Organisation
from talking_together.search import hits
from talking_together.search.filters import SINCE, Filters
from talking_together.search.index import BASE, KINDS, thing_of
from talking_together.search.marks import marked, marked_words
from talking_together.search.near import near_words
from talking_together.search.words import Asked

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 20
# Of what was typed, as much is shown again.
MOST_SHOWN = 300
# More challenges than this are not offered to narrow a search to.
MOST_CHALLENGES = 200
# What is one's own and not yet for others can be found by oneself.
_OWN = ("draft", "waiting for approval")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found; `title` and `text` have what was found marked."""

    kind: str
    id: int
    path: str
    title: Markup
    text: Markup
    tags: Markup
    status: str
    at: datetime
    challenge_title: str
    challenge_path: str
    byline: Byline


@dataclass(frozen=True, slots=True)
class Choices:
    """What a search can be narrowed to: pairs of id and name."""

    challenges: list[tuple[int, str]]
    organisations: list[tuple[int, str]]
    themes: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits; `any_word` says that nothing has all words, and these have some.

    `near` are words like those that nothing has, from titles that the viewer may see.
    """

    page: Page
    any_word: bool = False
    near: tuple[str, ...] = ()


def choices_for(viewer: "Viewer", filters: Filters) -> Choices:
    """Return what the viewer may narrow a search to, in one statement."""
    rows = run(
        _choices(is_moderator=viewer.is_moderator),
        {"of_challenge": filters.challenge or 0, **viewer_values(viewer)},
    ).all()

    def named(kind: str) -> list[tuple[int, str]]:
        return [(row.id, row.name) for row in rows if row.kind == kind]

    return Choices(named("challenge"), named("organisation"), named("theme"))


def results_for(
    viewer: "Viewer",
    asked: Asked,
    *,
    filters: Filters,
    choices: Choices,
    after: str | None = None,
    at: datetime,
) -> Results:
    """Return what was found, the best first, in two statements; three where nothing has all words.

    A cursor names the last hit, which is ranked anew for the next page: what is written meanwhile
    moves the ranks of all hits alike.
    """
    cursor = decode_cursor(after, (float, int, int))
    any_word = bool(cursor and cursor[2])
    search = _Search(viewer, asked, filters, choices, at)
    rows = search.rows(cursor, any_word=any_word)
    if not rows and cursor is None and len(asked.words) > 1:
        any_word = True
        rows = search.rows(None, any_word=True)
    if not rows:
        near = () if filters or cursor else near_words(viewer, asked)
        return Results(Page([], None), near=near)
    page = page_of(rows, PAGE_SIZE, lambda row: encode_cursor(row.score, row.document, int(any_word)))
    shown = search.shown([row.document for row in page.rows], any_word=any_word)
    return Results(Page(shown, page.next_cursor), any_word)


@dataclass(frozen=True, slots=True)
class _Search:
    viewer: "Viewer"
    asked: Asked
    filters: Filters
    choices: Choices
    at: datetime

    def rows(self, cursor: tuple[float, int, int] | None, *, any_word: bool) -> list[Row[Any]]:
        """Return the documents of a page and one more, with their scores."""
        dialect = dialect_name()
        statement = _ranked(
            dialect,
            self.filters.kind,
            tuple(self.filters.parts()),
            is_moderator=self.viewer.is_moderator,
            is_first=cursor is None,
        )
        values = {
            **viewer_values(self.viewer),
            **hits.values_of(dialect, self.asked, self._within(), any_word=any_word),
            **self.filters.parts(),
            "challenge": self.filters.challenge,
            "theme": self.filters.theme,
            "organisation": self.filters.organisation,
            "rows": PAGE_SIZE + 1,
        }
        if self.filters.since:
            values["since"] = self.at - SINCE[self.filters.since]
        if cursor:
            values |= {"last_score": cursor[0], "last_document": cursor[1]}
        return list(run(statement, values).all())

    def _within(self) -> list[int] | None:
        """Return the challenges to look in, None for every one."""
        if self.filters.challenge is not None:
            return [self.filters.challenge]
        if self.viewer.is_moderator or len(self.choices.challenges) >= MOST_CHALLENGES:
            return None
        return [id for id, _ in self.choices.challenges] or [0]

    def shown(self, documents: list[int], *, any_word: bool) -> list[Hit]:
        """Return the hits of a page in their order, with their texts."""
        dialect = dialect_name()
        values = hits.shown_values(dialect, self.asked, documents, any_word=any_word)
        rows = {row.document: row for row in db.session.execute(_shown(dialect), values)}
        return [_hit(rows[document]) for document in documents if document in rows]


def _hit(row: Row[Any]) -> Hit:
    kind, id = thing_of(row.document)
    challenge_path = slug_path("challenges", row.challenge_id, row.challenge_title)
    paths = {"challenge": challenge_path, "comment": f"/comments/{id}"}
    return Hit(
        kind=kind,
        id=id,
        path=paths.get(kind) or slug_path("ideas", id, row.idea_title),
        title=marked(row.title) if kind != "comment" else Markup.escape(row.idea_title),
        text=marked_words(row.body),
        tags=marked(row.keywords),
        status=row.status or "",
        at=row.at,
        challenge_title=row.challenge_title,
        challenge_path=challenge_path,
        byline=byline_of(row),
    )


@cache
def _choices(*, is_moderator: bool) -> Any:
    challenges = (
        select(Challenge.id, Challenge.title)
        .where(visible_to_given(is_moderator=is_moderator))
        .order_by(Challenge.id.desc())
        .limit(MOST_CHALLENGES)
        .subquery()
    )
    return union_all(
        select(literal("challenge", String).label("kind"), challenges.c.id, challenges.c.title.label("name")),
        select(literal("organisation", String), Organisation.id, Organisation.short_name),
        select(literal("theme", String), ChallengeTheme.id, ChallengeTheme.name)
        .join(Challenge, Challenge.id == ChallengeTheme.challenge_id)
        .where(
            ChallengeTheme.challenge_id == given("of_challenge", Challenge.id),
            visible_to_given(is_moderator=is_moderator),
        ),
    )


@cache
def _ranked(dialect: str, kind: str, narrowed: tuple[str, ...], *, is_moderator: bool, is_first: bool) -> Any:
    """Return the statement of a page: the hits of each kind that exist for the viewer, the best first."""
    arms = []
    for each in [kind] if kind else KINDS:
        found = hits.found(dialect, each)
        arm = _arm(each, found, _conditions(each, narrowed))
        if arm is not None:
            arms.append(arm.where(visible_to_given(is_moderator=is_moderator)))
    if not arms:
        return select(literal(0).label("document"), literal(0.0).label("score")).where(literal(1) == 0)
    ranked = union_all(*arms).cte("ranked").prefix_with("MATERIALIZED")
    statement = (
        select(ranked.c.document, ranked.c.score)
        .order_by(ranked.c.score.desc(), ranked.c.document.desc())
        .limit(bindparam("rows", type_=Integer))
    )
    if is_first:
        return statement
    last = bindparam("last_document", type_=BigInteger)
    now = select(ranked.c.score).where(ranked.c.document == last).scalar_subquery()
    score = func.coalesce(now, bindparam("last_score", type_=Float))
    return statement.where(tuple_(ranked.c.score, ranked.c.document) < tuple_(score, last))


def _arm(kind: str, found: Any, conditions: list[ColumnElement[bool]] | None) -> Any:
    """Select the hits of one kind, joined to what their conditions are about; None for no hit at all."""
    if conditions is None:
        return None
    id = found.c.document.op("/")(literal_column(str(BASE)))
    selected = select(found.c.document, found.c.score)
    if kind == "challenge":
        joined = selected.join(Challenge, Challenge.id == id)
        author_id: Any = Challenge.author_id
    elif kind == "idea":
        joined = selected.join(Idea, Idea.id == id).join(Challenge, Challenge.id == Idea.challenge_id)
        own = and_(Idea.author_id == given("viewer_id", Member.id), Idea.status.in_(_OWN))
        joined, author_id = joined.where(or_(Idea.listed, own)), Idea.author_id
    else:
        joined = (
            selected.join(Comment, Comment.id == id)
            .join(Idea, Idea.id == Comment.idea_id)
            .join(Challenge, Challenge.id == Idea.challenge_id)
            .where(Comment.deleted_at.is_(None), Idea.listed)
        )
        author_id = Comment.author_id
    return joined.outerjoin(Author, Author.id == author_id).where(*conditions)


def _conditions(kind: str, narrowed: tuple[str, ...]) -> list[ColumnElement[bool]] | None:
    """Return what the filters ask of a kind, None where they ask for what it has none of."""
    if kind == "challenge" and {"theme", "tag", "status"} & set(narrowed):
        return None
    at = {
        "challenge": func.coalesce(Challenge.opens_at, Challenge.created_at),
        "idea": func.coalesce(Idea.published_at, Idea.created_at),
        "comment": Comment.created_at,
    }[kind]
    organisation = unless_former(Author, Author.organisation_id)
    has_tag = and_(IdeaTag.idea_id == Idea.id, IdeaTag.tag == given("tag", IdeaTag.tag))
    asked: dict[str, ColumnElement[bool]] = {
        "challenge": Challenge.id == given("challenge", Challenge.id),
        "theme": Idea.theme_id == given("theme", ChallengeTheme.id),
        "tag": select(IdeaTag.idea_id).where(has_tag).correlate(Idea).exists(),
        "status": Idea.status == bindparam("status", type_=String),
        # Whose organisation is not shown is not found by it.
        "organisation": organisation == given("organisation", Organisation.id),
        "since": at >= given("since", Challenge.created_at),
    }
    return [asked[name] for name in narrowed if name in asked]


@cache
def _shown(dialect: str) -> Any:
    shown = hits.shown(dialect)
    kind = shown.c.document.op("%")(literal_column(str(BASE)))
    id = shown.c.document.op("/")(literal_column(str(BASE)))
    is_comment, is_challenge = kind == KINDS["comment"], kind == KINDS["challenge"]
    author_id = case(
        (is_comment, Comment.author_id), (is_challenge, Challenge.author_id), else_=Idea.author_id
    )
    at = case(
        (is_comment, Comment.created_at),
        (is_challenge, func.coalesce(Challenge.opens_at, Challenge.created_at)),
        else_=func.coalesce(Idea.published_at, Idea.created_at),
    )
    return (
        select(
            shown,
            func.coalesce(at, null(), type_=Challenge.created_at.type).label("at"),
            Idea.title.label("idea_title"),
            Idea.status,
            Challenge.id.label("challenge_id"),
            Challenge.title.label("challenge_title"),
            *byline_columns(),
        )
        .select_from(shown)
        .outerjoin(Comment, and_(is_comment, Comment.id == id))
        .outerjoin(Idea, Idea.id == case((is_comment, Comment.idea_id), (is_challenge, None), else_=id))
        .join(Challenge, Challenge.id == case((is_challenge, id), else_=Idea.challenge_id))
        .outerjoin(Author, Author.id == author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
    )
