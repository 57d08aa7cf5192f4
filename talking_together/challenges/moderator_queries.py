"""What moderators read to write challenges, choose audiences and watch over stages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, func, or_, select

from talking_together.accounts.models import Member, MemberGroup
from talking_together.challenges import stages
from talking_together.challenges.models import Challenge, ChallengeGroup, ChallengeOrganisation
from talking_together.challenges.queries import MAX_ID
from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.organisations.models import Organisation, StaffGroup

# A partnership puts a few dozen challenges in its life; the oldest beyond this are in the archive.
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """An organisation or staff group that a challenge can be put to."""

    id: int
    name: str
    chosen: bool


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
    organisations: list[AudienceChoice]
    groups: list[AudienceChoice]
    people: int

    @property
    def closes_for_ideas_later(self) -> bool:
        """Return whether the time for ideas is still to end."""
        return self.closes_at is None or self.closes_at > clock.now()

    @property
    def version(self) -> str:
        """Return what tells this wording and these dates from any later ones."""
        return self.updated_at.isoformat()


def audience_choices(challenge_id: int | None) -> tuple[list[AudienceChoice], list[AudienceChoice]]:
    """Return all organisations and all groups, each with whether the challenge is put to it."""
    organisations = select(
        Organisation.id,
        Organisation.name,
        exists()
        .where(
            ChallengeOrganisation.organisation_id == Organisation.id,
            ChallengeOrganisation.challenge_id == challenge_id,
        )
        .label("chosen"),
    ).order_by(func.lower(Organisation.name))
    groups = select(
        StaffGroup.id,
        StaffGroup.name,
        exists()
        .where(ChallengeGroup.group_id == StaffGroup.id, ChallengeGroup.challenge_id == challenge_id)
        .label("chosen"),
    ).order_by(func.lower(StaffGroup.name))
    return _choices(organisations), _choices(groups)


def get_managed(challenge_id: int, *, at: datetime) -> ManagedChallenge:
    """Return a challenge with its audience for its moderators; NotFound when there is none."""
    if challenge_id > MAX_ID:
        raise NotFound()
    row = db.session.execute(
        select(*_COLUMNS, _people().label("people")).where(Challenge.id == challenge_id)
    ).first()
    if row is None:
        raise NotFound()
    organisations, groups = audience_choices(challenge_id)
    return ManagedChallenge(
        **{column.key: getattr(row, column.key) for column in _COLUMNS},
        people=row.people,
        stage=stages.stage_of(row, at),
        organisations=organisations,
        groups=groups,
    )


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
)


def managed_challenges(*, archived: bool) -> list[Row[Any]]:
    """Return the challenges that moderators watch over, in the archive or out of it."""
    shelved = Challenge.archived_at.is_not(None)
    return list(
        db.session.execute(
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
    )


def _choices(statement: Any) -> list[AudienceChoice]:
    return [AudienceChoice(row.id, row.name, bool(row.chosen)) for row in db.session.execute(statement)]


def _people() -> Any:
    # Someone known only from an earlier consultation has no sign-in name and sees nothing.
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
            Member.is_active,
            Member.sign_in_name.is_not(None),
            or_(Challenge.audience == "everyone", in_organisation, in_group),
        )
        .correlate(Challenge)
        .scalar_subquery()
    )
