"""Sponsors, rewards in any stage, vouchers, and what organisations allow."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from talking_together.accounts.models import Member
from talking_together.core import clock, rich_text
from talking_together.extensions import db
from talking_together.organisations.models import Organisation, StaffGroup
from talking_together.rewards.draw_seeds import publish_seed
from talking_together.rewards.models import (
    GiftPolicy,
    Reward,
    RewardCode,
    RewardGroup,
    RewardOrganisation,
    Sponsor,
    Voucher,
)
from tests.factories.rows import next_number, saved

# What sets a reward apart in each stage; its period in days from now.
STAGES: dict[str, dict[str, Any]] = {
    "draft": {"state": "draft", "starts_at": -7, "ends_at": 30},
    "upcoming": {"state": "published", "starts_at": 2, "ends_at": 30},
    "open": {"state": "published", "starts_at": -7, "ends_at": 30},
    "ended": {"state": "published", "starts_at": -30, "ends_at": -1},
    "gone": {"state": "published", "starts_at": -7, "ends_at": 30, "stock": 3, "given": 3},
    "closed": {"state": "closed", "starts_at": -7, "ends_at": 30},
}


def make_sponsor(**values: Any) -> Sponsor:
    """Return somebody who gives rewards."""
    return saved(
        Sponsor(
            **{
                "name": f"Riverside Leisure {next_number()}",
                "words": "Five pools and seven gyms along the river.",
                "link": "https://leisure.example/",
                "created_at": clock.now(),
                **values,
            }
        )
    )


def make_reward(
    sponsor: Sponsor | None = None,
    stage: str = "open",
    *,
    organisations: Iterable[Organisation] = (),
    groups: Iterable[StaffGroup] = (),
    codes: Iterable[str] = (),
    **values: Any,
) -> Reward:
    """Return a reward in the stage, for the organisations and groups or for everyone.

    With `codes`, it has as many as there are codes, and each voucher takes one.
    """
    codes, now = list(codes), clock.now()
    kind = values.setdefault("kind", "redeem")
    body = values.pop("body_source", "One swim at any of our pools. **Bring a towel.**")
    dates = {
        name: now + timedelta(days=value) if name.endswith("_at") else value
        for name, value in STAGES[stage].items()
    }
    reward = saved(
        Reward(
            **{
                "sponsor_id": (sponsor or make_sponsor()).id,
                "title": f"A swim for one, number {next_number()}",
                "body_source": body,
                "body_html": rich_text.render(body),
                "cost": 0 if kind == "gift" else 50,
                "face_value_pence": 550,
                "stock_kind": "codes" if codes else "number",
                "stock": len(codes) or 10,
                "given_for": "joined" if kind == "gift" else None,
                "created_at": now - timedelta(days=30),
                "changed_at": now - timedelta(days=30),
                **dates,
                **values,
            }
        )
    )
    if kind == "draw" and reward.state != "draft":
        publish_seed(reward.id, at=now)
        db.session.commit()
    for code in codes:
        saved(RewardCode(reward_id=reward.id, code=code))
    for organisation in organisations:
        saved(RewardOrganisation(reward_id=reward.id, organisation_id=organisation.id))
    for group in groups:
        saved(RewardGroup(reward_id=reward.id, group_id=group.id))
    return reward


def make_gift_policy(organisation: Organisation, **values: Any) -> GiftPolicy:
    """Return what an organisation allows; without values it has opted out."""
    values = values or {"opted_out": True}
    return saved(GiftPolicy(organisation_id=organisation.id, changed_at=clock.now(), **values))


def make_voucher(reward: Reward, member: Member, **values: Any) -> Voucher:
    """Return a voucher that the member was given of the reward, good for three months.

    It is a row alone: what the reward has given, its codes and the ledger stay as they are.
    """
    now, number = clock.now(), next_number()
    return saved(
        Voucher(
            **{
                "code": f"VOUCHER{number:09d}",
                "reward_id": reward.id,
                "kind": reward.kind,
                "member_id": member.id,
                "number": number,
                "organisation_id": member.organisation_id,
                "sponsor_id": reward.sponsor_id,
                "donor": "Riverside Leisure",
                "reward_title": reward.title,
                "cost": reward.cost,
                "face_value_pence": reward.face_value_pence,
                "tax_year": 2026,
                "given_at": now,
                "expires_at": now + timedelta(days=90),
                **values,
            }
        )
    )
