"""What a moderator writes into a challenge, as the service takes it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.challenges.dates import Dates
from talking_together.challenges.models import (
    COUNTS_SHOWN,
    MOST_PROMPTS,
    ChallengeGroup,
    ChallengeOrganisation,
)
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.organisations.models import Organisation, StaffGroup

MOST_THEMES = 30
MOST_ANSWER_VOTES = 10_000
MODERATING_ROLES = ("moderator", "admin")


@dataclass(frozen=True, slots=True)
class Theme:
    """Something to file ideas under; one that has its id is kept under whatever name."""

    name: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How voting, publishing and answering go in a challenge; the names are those of its columns."""

    allows_down_votes: bool = True
    counts_shown: str = "always"
    needs_approval: bool = False
    names_may_be_hidden: bool = False
    answer_votes: int | None = None
    answer_days: int = 14

    def columns(self) -> dict[str, Any]:
        """Return the columns of the challenge that hold the options."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Content:
    """What a moderator writes: the words, the audience, the dates and the ways of a challenge.

    `prompts` are by place: an empty one is no prompt, and those after it keep their place.
    """

    title: str
    summary: str
    brief: str
    audience: str
    organisation_ids: frozenset[int]
    group_ids: frozenset[int]
    dates: Dates
    sponsor_name: str = ""
    sponsor_role: str = ""
    prompts: tuple[str, ...] = ()
    themes: tuple[Theme, ...] = ()
    moderator_ids: frozenset[int] = frozenset()
    options: Options = field(default_factory=Options)


def check_content(content: Content) -> None:
    """Raise InvalidInput, naming the field, unless what was chosen exists and fits together."""
    _check_audience(content)
    if content.sponsor_role and not content.sponsor_name:
        raise InvalidInput("Enter who has this role", field="sponsor_name")
    _check_each_once(content.prompts, "prompt_1", "You ask the same thing twice")
    _check_each_once([theme.name for theme in content.themes], "themes", "Two themes have the same name")
    if len(content.prompts) > MOST_PROMPTS or len(content.themes) > MOST_THEMES:
        raise InvalidInput(f"A challenge has at most {MOST_THEMES} themes", field="themes")
    if content.options.counts_shown not in COUNTS_SHOWN:
        raise InvalidInput("Choose when people see the counts", field="counts_shown")
    _check_exist(
        select(Member.id).where(Member.is_active, Member.role.in_(MODERATING_ROLES)),
        Member.id,
        content.moderator_ids,
        "moderators",
    )


def ensure_complete(content: Content) -> None:
    """Raise InvalidInput where a challenge that people can see would lack its words."""
    if not content.summary:
        raise InvalidInput("Enter a short summary: people can see this challenge", field="summary")
    if not content.brief:
        raise InvalidInput("Enter the brief: people can see this challenge", field="brief")


def audiences_of(content: Content) -> list[tuple[Any, str, list[int]]]:
    """Return the tables, columns and ids of those a challenge is put to, where not to everyone."""
    if content.audience == "everyone":
        return []
    return [
        (ChallengeOrganisation, "organisation_id", sorted(content.organisation_ids)),
        (ChallengeGroup, "group_id", sorted(content.group_ids)),
    ]


def _check_audience(content: Content) -> None:
    if content.audience == "everyone":
        return
    if not content.organisation_ids and not content.group_ids:
        raise InvalidInput("Choose at least one organisation or group", field="organisations")
    for model, ids, name in (
        (Organisation, content.organisation_ids, "organisations"),
        (StaffGroup, content.group_ids, "groups"),
    ):
        _check_exist(select(model.id), model.id, ids, name)


def _check_exist(statement: Any, column: Any, ids: Collection[int], field: str) -> None:
    found = set(db.session.scalars(statement.where(column.in_(ids)))) if ids else set()
    if found != set(ids):
        raise InvalidInput("Choose from the list: one of these is not there any more", field=field)


def _check_each_once(words: Collection[str], field: str, message: str) -> None:
    said = [each.casefold() for each in words if each]
    if len(said) != len(set(said)):
        raise InvalidInput(message, field=field)
