"""A challenge as tables for spreadsheets: what was said and decided, and never who voted how."""

from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

from sqlalchemy import BigInteger, func, literal, select, tuple_
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    byline_columns,
    byline_of,
    shown_name,
)
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.challenges.queries import MAX_ID
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.core.database import one_snapshot
from talking_together.core.errors import NotFound
from talking_together.core.formatting import idea_path
from talking_together.core.spreadsheets import write_csv_files, write_xlsx
from talking_together.core.statements import given
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaCoAuthor, IdeaDecision, IdeaRevision, IdeaTag
from talking_together.ideas.policies import BESIDE
from talking_together.ideas.statuses import SAID_TO_AUTHORS

FORMATS = ("csv", "xlsx")
# So many rows are in memory at once.
BATCH = 500
EVERYBODY, MODERATORS = "Everybody", "Moderators only"
REMOVED = "Removed by its author"

IDEA_HEADINGS = (
    "Idea",
    "Title",
    "Text",
    "Answers",
    "Author",
    "Organisation",
    "With",
    "Theme",
    "Tags",
    "Status",
    "Seen by",
    "Published",
    "Edited",
    "Thumbs up",
    "Thumbs down",
    "Comments",
    "Response",
    "Response by",
    "Response on",
    "Merged into",
    "Address",
)
COMMENT_HEADINGS = (
    "Comment",
    "Idea",
    "Reply to",
    "Text",
    "Author",
    "Organisation",
    "Seen by",
    "Written",
    "Edited",
    "Thumbs up",
    "Thumbs down",
)
WORDING_HEADINGS = ("Idea", "Title", "Text", "Answers", "Stood until", "Changed by", "Seen by")
DECISION_HEADINGS = ("Idea", "Title", "From", "To", "Response", "Decided by", "On", "Taken back", "Seen by")

Table = tuple[str, Sequence[str], Iterator[Sequence[Any]]]
_Decider = aliased(Member, name="decider")
_Editor = aliased(Member, name="editor")


def write_challenge(file: IO[bytes], challenge_id: int, *, format: str, base_url: str) -> None:
    """Write a challenge as of one moment into a file, a few hundred rows in memory at a time."""
    with one_snapshot():
        challenge = _challenge(challenge_id)
        tables: tuple[Table, ...] = (
            ("Challenge", ("What", "Value"), _about(challenge)),
            ("Ideas", IDEA_HEADINGS, _ideas(challenge_id, base_url)),
            ("Comments", COMMENT_HEADINGS, _comments(challenge_id)),
            ("Decisions", DECISION_HEADINGS, _decisions(challenge_id)),
            ("Earlier wordings", WORDING_HEADINGS, _wordings(challenge_id)),
        )
        write: Callable[[IO[bytes], Any], None] = write_xlsx if format == "xlsx" else write_csv_files
        write(file, tables)


def _challenge(challenge_id: int) -> Any:
    if challenge_id > MAX_ID:
        raise NotFound()
    row = db.session.execute(select(*Challenge.__table__.c).where(Challenge.id == challenge_id)).first()
    if row is None:
        raise NotFound()
    return row


def _about(challenge: Any) -> Iterator[Sequence[Any]]:
    yield ("Question", challenge.title)
    yield ("Summary", challenge.summary)
    yield ("Brief", challenge.brief_source)
    yield ("Asked by", challenge.sponsor_name)
    yield ("Opened", challenge.opens_at)
    yield ("Closed for ideas", challenge.closes_at)
    yield ("Closed for votes", challenge.voting_closes_at or challenge.closes_at)
    yield ("Answered", challenge.answered_at)
    yield ("Downloaded", clock.now())
    yield ("Times", "London")


def _ideas(challenge_id: int, base_url: str) -> Iterator[Sequence[Any]]:
    last = 0
    while rows := db.session.execute(_IDEAS, {"challenge_id": challenge_id, "last": last}).all():
        ids = [row.id for row in rows]
        responses = {row.idea_id: row for row in db.session.execute(_responses(ids))}
        tags = _gathered(select(IdeaTag.idea_id, IdeaTag.tag).where(IdeaTag.idea_id.in_(ids)))
        with_them = _gathered(
            select(IdeaCoAuthor.idea_id, shown_name(Member))
            .join(Member, Member.id == IdeaCoAuthor.member_id)
            .where(IdeaCoAuthor.idea_id.in_(ids), IdeaCoAuthor.state.in_(BESIDE))
        )
        for row in rows:
            byline, response = byline_of(row), responses.get(row.id)
            yield (
                row.id,
                row.title,
                row.body_source,
                _answers_of(row),
                byline.name,
                byline.organisation_short_name,
                "; ".join(with_them.get(row.id, ())),
                row.theme,
                "; ".join(tags.get(row.id, ())),
                row.status.capitalize(),
                EVERYBODY if row.listed else MODERATORS,
                row.published_at,
                row.edited_at,
                row.up_count,
                row.down_count,
                row.comments_count,
                response.response_source if response else None,
                response.decided_by if response else None,
                response.at if response else None,
                row.merged_into_id,
                f"{base_url}{idea_path(row)}",
            )
        last = ids[-1]


def _comments(challenge_id: int) -> Iterator[Sequence[Any]]:
    last: tuple[int, str] = (0, "")
    while rows := db.session.execute(_comments_after(challenge_id, last)).all():
        for row in rows:
            byline, removed = byline_of(row), row.deleted_at is not None
            yield (
                row.id,
                row.idea_id,
                row.parent_id,
                REMOVED if removed else row.body_source,
                "" if removed else byline.name,
                "" if removed else byline.organisation_short_name,
                EVERYBODY if row.listed else MODERATORS,
                row.created_at,
                row.edited_at,
                row.up_count,
                row.down_count,
            )
        last = (rows[-1].idea_id, rows[-1].path)


def _decisions(challenge_id: int) -> Iterator[Sequence[Any]]:
    last = 0
    while rows := db.session.execute(_DECISIONS, {"challenge_id": challenge_id, "last": last}).all():
        for row in rows:
            hidden = not row.listed or row.to_status in SAID_TO_AUTHORS or row.undone_at is not None
            yield (
                row.idea_id,
                row.title,
                row.from_status.capitalize(),
                row.to_status.capitalize(),
                row.response_source,
                row.decided_by,
                row.at,
                row.undone_at,
                MODERATORS if hidden else EVERYBODY,
            )
        last = rows[-1].id


def _wordings(challenge_id: int) -> Iterator[Sequence[Any]]:
    last = 0
    while rows := db.session.execute(_WORDINGS, {"challenge_id": challenge_id, "last": last}).all():
        for row in rows:
            yield (
                row.idea_id,
                row.title,
                row.body_source,
                _answers_of(row),
                row.replaced_at,
                row.changed_by,
                EVERYBODY if row.listed else MODERATORS,
            )
        last = rows[-1].id


def _answers_of(row: Any) -> str:
    return "\n\n".join(f"{each['words']}\n{each['source']}" for each in row.answers)


def _gathered(statement: Any) -> dict[int, list[str]]:
    """Return the words of each idea, in their order."""
    found: dict[int, list[str]] = {}
    for idea_id, word in sorted(db.session.execute(statement).all()):
        found.setdefault(idea_id, []).append(word)
    return found


_IDEAS = (
    select(
        Idea.id,
        Idea.title,
        Idea.body_source,
        Idea.answers,
        Idea.status,
        Idea.listed,
        Idea.published_at,
        Idea.edited_at,
        Idea.up_count,
        Idea.down_count,
        Idea.comments_count,
        Idea.merged_into_id,
        ChallengeTheme.name.label("theme"),
        *byline_columns(),
    )
    .select_from(Idea)
    .outerjoin(Author, Author.id == Idea.author_id)
    .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
    .outerjoin(ChallengeTheme, ChallengeTheme.id == Idea.theme_id)
    # A draft is its author's alone.
    .where(
        Idea.challenge_id == given("challenge_id", Idea.challenge_id),
        Idea.id > given("last", Idea.id),
        Idea.status != "draft",
    )
    .order_by(Idea.id)
    .limit(BATCH)
)
_DECISIONS = (
    select(
        IdeaDecision.id,
        IdeaDecision.idea_id,
        Idea.title,
        Idea.listed,
        IdeaDecision.from_status,
        IdeaDecision.to_status,
        IdeaDecision.response_source,
        shown_name(_Decider).label("decided_by"),
        IdeaDecision.at,
        IdeaDecision.undone_at,
    )
    .join(Idea, Idea.id == IdeaDecision.idea_id)
    .outerjoin(_Decider, _Decider.id == IdeaDecision.decided_by)
    .where(
        Idea.challenge_id == given("challenge_id", Idea.challenge_id),
        IdeaDecision.id > given("last", IdeaDecision.id),
        Idea.status != "draft",
    )
    .order_by(IdeaDecision.id)
    .limit(BATCH)
)

_WORDINGS = (
    select(
        IdeaRevision.id,
        IdeaRevision.idea_id,
        IdeaRevision.title,
        IdeaRevision.body_source,
        IdeaRevision.answers,
        IdeaRevision.replaced_at,
        shown_name(_Editor).label("changed_by"),
        Idea.listed,
    )
    .join(Idea, Idea.id == IdeaRevision.idea_id)
    .outerjoin(_Editor, _Editor.id == IdeaRevision.replaced_by)
    .where(
        Idea.challenge_id == given("challenge_id", Idea.challenge_id),
        IdeaRevision.id > given("last", IdeaRevision.id),
        Idea.status != "draft",
    )
    .order_by(IdeaRevision.id)
    .limit(BATCH)
)


def _comments_after(challenge_id: int, last: tuple[int, str]) -> Any:
    return (
        select(
            Comment.id,
            Comment.idea_id,
            Comment.parent_id,
            Comment.path,
            Comment.body_source,
            Comment.created_at,
            Comment.edited_at,
            Comment.deleted_at,
            Comment.up_count,
            Comment.down_count,
            Idea.listed,
            *byline_columns(),
        )
        .join(Idea, Idea.id == Comment.idea_id)
        .outerjoin(Author, Author.id == Comment.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(
            Idea.challenge_id == challenge_id,
            Idea.status != "draft",
            tuple_(Comment.idea_id, Comment.path) > tuple_(literal(last[0], BigInteger), literal(last[1])),
        )
        .order_by(Comment.idea_id, Comment.path)
        .limit(BATCH)
    )


def _responses(idea_ids: list[int]) -> Any:
    """Return the statement for the latest response in words on each of the ideas."""
    latest = (
        select(func.max(IdeaDecision.id))
        .where(
            IdeaDecision.idea_id.in_(idea_ids),
            IdeaDecision.response_source != "",
            IdeaDecision.to_status.not_in(SAID_TO_AUTHORS),
            IdeaDecision.undone_at.is_(None),
        )
        .group_by(IdeaDecision.idea_id)
    )
    return (
        select(
            IdeaDecision.idea_id,
            IdeaDecision.response_source,
            shown_name(_Decider).label("decided_by"),
            IdeaDecision.at,
        )
        .outerjoin(_Decider, _Decider.id == IdeaDecision.decided_by)
        .where(IdeaDecision.id.in_(latest))
    )
