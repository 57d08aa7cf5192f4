"""The one seam through which every page reaches an author."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, case, select
from sqlalchemy.orm import aliased

from talking_together.accounts.models import Member
from talking_together.accounts.photo_paths import small_photo_path
from talking_together.core.people import initials_of
from talking_together.organisations.models import Organisation

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

UNNAMED = "A member"
# Who has left and asked for it: neither name, initials, photo nor organisation is shown.
FORMER = "A former colleague"
_WITHIN_A_SENTENCE = {UNNAMED: "a member", FORMER: "a former colleague"}

Author = aliased(Member, name="author")
AuthorOrganisation = aliased(Organisation, name="author_organisation")


@dataclass(frozen=True, slots=True)
class Byline:
    """What a page may say of who wrote something; all but the name may be missing.

    `photo` is the path of the small photo. Without one the initials stand in its place, and
    without those a drawn head.
    """

    name: str
    initials: str = ""
    organisation_id: int | None = None
    organisation_short_name: str | None = None
    photo: str | None = None
    # The names of those who wrote it with its author.
    beside: tuple[str, ...] = ()

    @property
    def within(self) -> str:
        """Return the name as it stands within a sentence."""
        return within_sentence(self.name)


_UNNAMED = Byline(UNNAMED, "?")
_FORMER = Byline(FORMER)


def byline_columns() -> list[ColumnElement[Any]]:
    """Return the columns of `Author` and `AuthorOrganisation` that a byline is made from.

    The statement joins both from the left: what has no author in its row has none to show.
    """
    return [
        Author.id.label("author_member_id"),
        Author.name.label("author_name"),
        Author.shown_as_former.label("author_is_former"),
        Author.photo_key.label("author_photo_key"),
        Author.organisation_id.label("author_organisation_id"),
        AuthorOrganisation.short_name.label("author_organisation_short_name"),
    ]


def byline_of(row: Row[Any]) -> Byline:
    """Return the byline of a row selected with `byline_columns`."""
    if row.author_name is None:
        return _UNNAMED
    if row.author_is_former:
        return _FORMER
    key = row.author_photo_key
    return Byline(
        row.author_name,
        initials_of(row.author_name),
        row.author_organisation_id,
        row.author_organisation_short_name,
        small_photo_path(row.author_member_id, key) if key else None,
    )


def own_byline(viewer: "Viewer") -> Byline:
    """Return the viewer's own byline, as others see it."""
    return Byline(
        viewer.name,
        viewer.initials,
        viewer.organisation_id,
        viewer.organisation_short_name,
        viewer.photo,
    )


def within_sentence(name: str) -> str:
    """Return a shown name as it stands within a sentence: what is no name begins in lower case."""
    return _WITHIN_A_SENTENCE.get(name, name)


def shown_name(member: Any) -> ColumnElement[Any]:
    """Return what others may read as the name of a member, for a statement that makes no byline."""
    return case((member.shown_as_former, FORMER), else_=member.name)


def unless_former(member: Any, column: Any) -> ColumnElement[Any]:
    """Return something else of a member, which is nothing once they are shown as a former colleague."""
    return case((member.shown_as_former, None), else_=column)


def is_former(member_id: Any) -> ColumnElement[bool]:
    """Return the condition that an id, which may be missing, is that of a former colleague."""
    return select(Member.id).where(Member.id == member_id, Member.shown_as_former).exists()
