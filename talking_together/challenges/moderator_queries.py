"""What moderators read to write challenges, choose audiences and watch over stages."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, case, column, exists, func, literal, or_, select, table, union_all
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member, MemberGroup
from talking_together.accounts.queries import takes_part
from talking_together.challenges import stages
from talking_together.challenges.contents import MODERATING_ROLES, Options
from talking_together.challenges.models import (
    Challenge,
    ChallengeGroup,
    ChallengeModerator,
    ChallengeOrganisation,
    ChallengePrompt,
    ChallengeTheme,
)
from talking_together.challenges.queries import MAX_ID
from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.files.queries import ShownPicture, picture_alias, picture_columns, picture_of
from talking_together.organisations.models import Organisation, StaffGroup

# A partnership puts a few dozen challenges in its life; the oldest beyond this are in the archive.
MOST_LISTED = 200

# Named, not imported: ideas are a room above this one.
_ideas = table("ideas", column("id"), column("challenge_id"), column("theme_id"), column("votes_count"))
_comments = table("comments", column("idea_id"), column("up_count"), column("down_count"))


@dataclass(frozen=True, slots=True)
class Choice:
    """An organisation, staff group or moderator that can be chosen for a challenge."""

    id: int
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PromptOf:
    """A prompt of a challenge and its place."""

    place: int
    words: str


@dataclass(frozen=True, slots=True)
class ThemeOf:
    """A theme of a challenge, with how many ideas are filed under it."""

    id: int
    name: str
    ideas_count: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen for a challenge, and what hangs on it."""

    organisations: list[Choice]
    groups: list[Choice]
    moderators: list[Choice]
    prompts: list[PromptOf]
    themes: list[ThemeOf]


@dataclass(frozen=True, slots=True)
class ManagedChallenge:
    """A challenge as its moderators work on it."""

    id: int
    title: str
    summary: str
    brief_source: str
    stage: str
    audience: str
    is_published: bool
    opens_at: datetime | None
    closes_at: datetime | None
    voting_closes_at: datetime | None
    answered_at: datetime | None
    archived_at: datetime | None
    paused_at: datetime | None
    ideas_count: int
    updated_at: datetime
    sponsor_name: str
    sponsor_role: str
    options: Options
    has_votes: bool
    cloned_from: int | None
    copied_from: str | None
    cover: ShownPicture | None
    sponsor_photo: ShownPicture | None
    choices: Choices
    people: int

    @property
    def closes_for_ideas_later(self) -> bool:
        """Return whether the time for ideas is still to end."""
        return self.closes_at is None or self.closes_at > clock.now()

    @property
    def is_looked_after(self) -> bool:
        """Return whether anybody looks after it."""
        return any(choice.chosen for choice in self.choices.moderators)

    @property
    def version(self) -> str:
        """Return what tells this wording and these dates from any later ones."""
        return self.updated_at.isoformat()


def choices_for(challenge_id: int | None) -> Choices:
    """Return what can be chosen for a challenge and what hangs on it, in one statement."""
    rows = list(db.session.execute(_all_choices(challenge_id)))

    def chosen_of(kind: str) -> list[Choice]:
        found = [Choice(row.id, row.name, bool(row.number)) for row in rows if row.kind == kind]
        return sorted(found, key=lambda choice: choice.name.casefold())

    return Choices(
        chosen_of("organisation"),
        chosen_of("group"),
        chosen_of("moderator"),
        sorted(
            (PromptOf(row.number, row.name) for row in rows if row.kind == "prompt"),
            key=lambda prompt: prompt.place,
        ),
        sorted(
            (ThemeOf(row.id, row.name, row.number) for row in rows if row.kind == "theme"),
            key=lambda theme: theme.id,
        ),
    )


def _all_choices(challenge_id: int | None) -> Any:
    def part(kind: str, id: Any, name: Any, number: Any) -> Any:
        return select(literal(kind).label("kind"), id.label("id"), name.label("name"), number.label("number"))

    def chosen(model: Any, column: Any, id: Any) -> Any:
        mine = exists().where(model.challenge_id == challenge_id, column == id)
        return case((mine, 1), else_=0)

    filed = select(func.count()).where(_ideas.c.theme_id == ChallengeTheme.id).scalar_subquery()
    return union_all(
        part(
            "organisation",
            Organisation.id,
            Organisation.name,
            chosen(ChallengeOrganisation, ChallengeOrganisation.organisation_id, Organisation.id),
        ),
        part(
            "group",
            StaffGroup.id,
            StaffGroup.name,
            chosen(ChallengeGroup, ChallengeGroup.group_id, StaffGroup.id),
        ),
        part(
            "moderator",
            Member.id,
            shown_name(Member),
            chosen(ChallengeModerator, ChallengeModerator.member_id, Member.id),
        ).where(Member.is_active, Member.role.in_(MODERATING_ROLES)),
        part("prompt", ChallengePrompt.id, ChallengePrompt.words, ChallengePrompt.place).where(
            ChallengePrompt.challenge_id == challenge_id
        ),
        part("theme", ChallengeTheme.id, ChallengeTheme.name, filed).where(
            ChallengeTheme.challenge_id == challenge_id
        ),
    )


def get_managed(challenge_id: int, *, at: datetime) -> ManagedChallenge:
    """Return a challenge with its audience for its moderators; NotFound when there is none."""
    if challenge_id > MAX_ID:
        raise NotFound()
    row = db.session.execute(
        select(
            *_COLUMNS,
            *_OPTIONS,
            _people().label("people"),
            has_votes().label("has_votes"),
            Challenge.cloned_from,
            select(_original.title)
            .where(_original.id == Challenge.cloned_from)
            .scalar_subquery()
            .label("copied_from"),
            *picture_columns(_COVER, "cover"),
            *picture_columns(_PHOTO, "photo"),
        )
        .outerjoin(_COVER, _COVER.id == Challenge.cover_id)
        .outerjoin(_PHOTO, _PHOTO.id == Challenge.sponsor_photo_id)
        .where(Challenge.id == challenge_id)
    ).first()
    if row is None:
        raise NotFound()
    return ManagedChallenge(
        **{column.key: getattr(row, column.key) for column in _COLUMNS},
        people=row.people,
        stage=stages.stage_of(row, at),
        options=Options(**{column.key: getattr(row, column.key) for column in _OPTIONS}),
        has_votes=row.has_votes,
        cloned_from=row.cloned_from,
        copied_from=row.copied_from,
        cover=picture_of(row, "cover"),
        sponsor_photo=picture_of(row, "photo"),
        choices=choices_for(challenge_id),
    )


def has_votes() -> Any:
    """Return the condition on Challenge that somebody has voted in it, on an idea or a comment."""
    on_comment = exists().where(
        _comments.c.idea_id == _ideas.c.id, _comments.c.up_count + _comments.c.down_count > 0
    )
    voted = or_(_ideas.c.votes_count > 0, on_comment.correlate(_ideas))
    return exists().where(_ideas.c.challenge_id == Challenge.id, voted).correlate(Challenge)


_original = aliased(Challenge)
_COPIED_FROM = (
    select(_original.title)
    .where(_original.id == Challenge.cloned_from)
    .scalar_subquery()
    .label("copied_from")
)
_COVER, _PHOTO = picture_alias("cover"), picture_alias("sponsor_photo")
_OPTIONS = tuple(getattr(Challenge, name) for name in Options.__slots__)


_COLUMNS = (
    Challenge.id,
    Challenge.title,
    Challenge.summary,
    Challenge.brief_source,
    Challenge.audience,
    Challenge.is_published,
    Challenge.opens_at,
    Challenge.closes_at,
    Challenge.voting_closes_at,
    Challenge.answered_at,
    Challenge.archived_at,
    Challenge.paused_at,
    Challenge.ideas_count,
    Challenge.updated_at,
    Challenge.sponsor_name,
    Challenge.sponsor_role,
)


def managed_challenges(*, archived: bool) -> list[Row[Any]]:
    """Return the challenges that moderators watch over, in the archive or out of it."""
    return list(db.session.execute(managed(archived=archived)))


@cache
def managed(*, archived: bool) -> Any:
    """Return the statement of `managed_challenges`, to which a page adds what it counts of each."""
    shelved = Challenge.archived_at.is_not(None)
    return (
        select(
            Challenge.id,
            Challenge.title,
            Challenge.is_published,
            Challenge.opens_at,
            Challenge.closes_at,
            Challenge.voting_closes_at,
            Challenge.answered_at,
            Challenge.archived_at,
            Challenge.paused_at,
            Challenge.ideas_count,
        )
        .where(shelved if archived else ~shelved)
        .order_by(Challenge.updated_at.desc(), Challenge.id.desc())
        .limit(MOST_LISTED)
    )


def _people() -> Any:
    in_organisation = (
        exists()
        .where(
            ChallengeOrganisation.challenge_id == Challenge.id,
            ChallengeOrganisation.organisation_id == Member.organisation_id,
        )
        .correlate(Challenge, Member)
    )
    in_group = (
        exists()
        .where(
            ChallengeGroup.challenge_id == Challenge.id,
            ChallengeGroup.group_id == MemberGroup.group_id,
            MemberGroup.member_id == Member.id,
        )
        .correlate(Challenge, Member)
    )
    return (
        select(func.count())
        .select_from(Member)
        .where(
            takes_part(),
            or_(Challenge.audience == "everyone", in_organisation, in_group),
        )
        .correlate(Challenge)
        .scalar_subquery()
    )
