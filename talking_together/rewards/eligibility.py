"""Who may have a reward, as conditions in SQL on Reward."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, exists, literal, or_

from talking_together.accounts.models import MemberGroup
from talking_together.audit.models import AuditEntry
from talking_together.rewards.models import GiftPolicy, Reward, RewardGroup, RewardOrganisation


def may_have(member_id: Any, organisation_id: Any) -> ColumnElement[bool]:
    """Return the condition that a member may have the reward: it is for them, and their employer takes part.

    Both arguments may be values, places of values (`core.statements.given`) or columns of the
    statement around it: `may_have(Member.id, Member.organisation_id)`.
    """
    return and_(is_for(member_id, organisation_id), takes_part(organisation_id))


def is_for(member_id: Any, organisation_id: Any) -> ColumnElement[bool]:
    """Return the condition that the reward is for a member: by organisation, by group, or for everybody."""
    organisations = exists().where(RewardOrganisation.reward_id == Reward.id)
    groups = exists().where(RewardGroup.reward_id == Reward.id)
    by_organisation = exists().where(
        RewardOrganisation.reward_id == Reward.id, RewardOrganisation.organisation_id == organisation_id
    )
    by_group = exists().where(
        RewardGroup.reward_id == Reward.id,
        RewardGroup.group_id == MemberGroup.group_id,
        MemberGroup.member_id == member_id,
    )
    return or_(
        and_(
            ~organisations.correlate_except(RewardOrganisation),
            ~groups.correlate_except(RewardGroup),
        ),
        by_organisation.correlate_except(RewardOrganisation),
        by_group.correlate_except(RewardGroup, MemberGroup),
    )


def takes_part(organisation_id: Any) -> ColumnElement[bool]:
    """Return the condition that there is an organisation, and that it has not opted out of rewards."""
    known = literal(organisation_id, Integer) if _is_value(organisation_id) else organisation_id
    opted_out = exists().where(GiftPolicy.organisation_id == known, GiftPolicy.opted_out)
    return and_(known.is_not(None), ~opted_out.correlate_except(GiftPolicy))


def had_a_hand_in(member_id: Any, reward_id: Any, *, until: Any = None) -> ColumnElement[bool]:
    """Return the condition that a member set a reward up, or changed it later; `until` a moment.

    Asked of the log, which keeps every act of those who run rewards. All are columns around it.
    """
    own = exists().where(
        AuditEntry.subject_type == "reward",
        AuditEntry.subject_id == reward_id,
        AuditEntry.actor_id == member_id,
        *([] if until is None else [AuditEntry.at <= until]),
    )
    return own.correlate_except(AuditEntry)


def is_open(at: Any) -> ColumnElement[bool]:
    """Return the condition that the reward is published, within its period, and not all given."""
    return and_(
        Reward.state == "published",
        or_(Reward.starts_at.is_(None), Reward.starts_at <= at),
        or_(Reward.ends_at.is_(None), Reward.ends_at > at),
        Reward.given < Reward.stock,
    )


def _is_value(given: Any) -> bool:
    return given is None or isinstance(given, int)
