"""Reads of who stands beside an idea's author: asked, accepted, or credited by a merge."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
    shown_name,
)
from talking_together.accounts.models import Member
from talking_together.core.errors import NotFound
from talking_together.core.statements import given, is_one_of, run
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

# No name holds one.
_BETWEEN_NAMES = "\n"
# What somebody who was asked may read before they answer, though others cannot.
_READ_WHEN_ASKED = ("draft", "waiting for approval")


@dataclass(frozen=True, slots=True)
class CoAuthor:
    """Somebody beside an idea's author, as the page of its co-authors shows them."""

    member_id: int
    state: str
    asked_at: datetime
    byline: Byline


def co_authors_of(idea_id: int) -> list[CoAuthor]:
    """Return who was asked to stand beside the author of an idea, or is credited, in order."""
    rows = db.session.execute(
        select(IdeaCoAuthor.member_id, IdeaCoAuthor.state, IdeaCoAuthor.asked_at, *byline_columns())
        .join(Author, Author.id == IdeaCoAuthor.member_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(IdeaCoAuthor.idea_id == idea_id)
        .order_by(IdeaCoAuthor.asked_at, IdeaCoAuthor.member_id)
    )
    return [CoAuthor(row.member_id, row.state, row.asked_at, byline_of(row)) for row in rows]


def beside(idea_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the ids of the members who wrote the ideas with their authors, by the idea's id."""
    if not idea_ids:
        return {}
    rows = db.session.execute(
        select(IdeaCoAuthor.idea_id, IdeaCoAuthor.member_id)
        .where(IdeaCoAuthor.idea_id.in_(idea_ids), IdeaCoAuthor.state.in_(BESIDE))
        .order_by(IdeaCoAuthor.member_id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row.idea_id].append(row.member_id)
    return found


def seen_beside(viewer_id: Any) -> ColumnElement[bool]:
    """Return the condition on Idea that it exists for one who stands beside its author, or is asked to."""
    return (
        exists()
        .where(
            IdeaCoAuthor.idea_id == Idea.id,
            IdeaCoAuthor.member_id == viewer_id,
            or_(
                is_one_of(IdeaCoAuthor.state, BESIDE),
                and_(IdeaCoAuthor.state == "invited", is_one_of(Idea.status, _READ_WHEN_ASKED)),
            ),
        )
        .correlate_except(IdeaCoAuthor)
    )


def part_column(viewer_id: Any) -> Any:
    """Return the column `my_part`: where the viewer stands beside the author, none for an idea of one."""
    state = (
        select(IdeaCoAuthor.state)
        .where(IdeaCoAuthor.idea_id == Idea.id, IdeaCoAuthor.member_id == viewer_id)
        .correlate(Idea)
        .scalar_subquery()
    )
    return case((Idea.co_authors_count > 0, state)).label("my_part")


def names_column() -> Any:
    """Return the column `beside_names`, for `names_in`; the names are looked up where there are any."""
    names = (
        select(func.aggregate_strings(shown_name(Member), _BETWEEN_NAMES))
        .select_from(IdeaCoAuthor)
        .join(Member, Member.id == IdeaCoAuthor.member_id)
        .where(IdeaCoAuthor.idea_id == Idea.id, is_one_of(IdeaCoAuthor.state, BESIDE))
        .correlate(Idea)
        .scalar_subquery()
    )
    return case((Idea.co_authors_count > 0, names)).label("beside_names")


def names_in(row: Any) -> tuple[str, ...]:
    """Return the names beside the author's of a row selected with `names_column`."""
    return tuple(sorted(row.beside_names.split(_BETWEEN_NAMES))) if row.beside_names else ()


def carries_others_column() -> Any:
    """Return the column `carries_others`: whether an idea that others wrote was merged into this one."""
    joined = aliased(Idea, name="joined_by_others")
    credited = exists().where(IdeaCoAuthor.idea_id == Idea.id, IdeaCoAuthor.state == "credited")
    by_others = exists().where(
        joined.merged_into_id == Idea.id, joined.author_id.is_distinct_from(Idea.author_id)
    )
    return or_(credited.correlate(Idea), by_others.correlate(Idea)).label("carries_others")


def get_own_part(viewer: "Viewer", idea_id: int) -> Any:
    """Return where the viewer stands beside the author; NotFound for one who was never asked."""
    part = own_part(viewer, idea_id)
    if part is None:
        raise NotFound()
    return part


def own_part(member: "Viewer", idea_id: int) -> Any:
    """Return where the member stands beside the author, `state`, read now: under the idea's lock."""
    return run(_OWN_PART, {"idea_id": idea_id, "member_id": member.id}).first()


_OWN_PART = select(IdeaCoAuthor.state).where(
    IdeaCoAuthor.idea_id == given("idea_id", Idea.id),
    IdeaCoAuthor.member_id == given("member_id", IdeaCoAuthor.member_id),
)
