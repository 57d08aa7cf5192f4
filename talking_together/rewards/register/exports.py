"""The register of gifts as a file."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from talking_together.rewards.catalogue.wording import KIND_WORDS
from talking_together.rewards.policies import may_be_taxed
from talking_together.rewards.register.wording import STATE_WORDS
from talking_together.rewards.vouchers.policies import state_of
from talking_together.rewards.vouchers.terms import tax_year_in_words

FORMATS = ("csv", "xlsx")
# A workbook is made in memory.
MOST_IN_WORKBOOK = 100_000
HEADINGS = (
    "Number",
    "Given",
    "Tax year",
    "Donor",
    "Reward",
    "Kind",
    "Face value in pounds",
    "Above £25",
    "Points",
    "Person",
    "Member number",
    "Organisation",
    "Won by the group",
    "Set up by the same person",
    "State",
    "Used",
    "Cancelled",
    "Why cancelled",
)


def lines_of(gifts: Iterable[Any], at: datetime) -> Iterator[Sequence[Any]]:
    """Yield a line for each gift as it stands at a moment."""
    for gift in gifts:
        yield (
            gift.id,
            gift.given_at,
            tax_year_in_words(gift.tax_year),
            gift.donor,
            gift.reward_title,
            KIND_WORDS[gift.kind],
            gift.face_value_pence / 100,
            "yes" if may_be_taxed(gift.face_value_pence) else "no",
            gift.cost,
            gift.person,
            gift.member_id,
            gift.organisation_name,
            gift.group_name,
            "yes" if gift.set_up_by_them else "no",
            STATE_WORDS[state_of(gift, at)],
            gift.used_at,
            gift.cancelled_at,
            gift.cancel_reason,
        )
