"""Those who serve at a sponsor's desk."""

from typing import Any

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.access import SPONSOR
from talking_together.rewards.models import DeskMember, Sponsor
from tests.factories.members import make_member
from tests.factories.rows import next_number, saved


def make_desk_member(sponsor: Sponsor | None = None, **values: Any) -> Member:
    """Return somebody at a sponsor's desk, of a new sponsor unless one is given, who can sign in."""
    if sponsor is None:
        sponsor = saved(Sponsor(name=f"Leisure {next_number()}", created_at=clock.now()))
    member = make_member(**{"role": SPONSOR, "organisation_id": None, **values})
    saved(DeskMember(member_id=member.id, sponsor_id=sponsor.id))
    return member
