"""Why somebody was not given a voucher, or cannot use one: errors that state the fact."""

from datetime import datetime

from talking_together.core.errors import Conflict, NotFound
from talking_together.core.formatting import count_of, moment, pounds
from talking_together.rewards.vouchers.terms import tax_year_in_words


class NotGiven(Conflict):
    """A voucher could not be given to a member; `reason` is in few words, for lists."""

    reason = "not given"


class RewardGone(NotGiven):
    """There is none left, or its time is over."""

    message = "There are none left."
    reason = "none left"


class LimitMet(NotGiven):
    """The member has had as many as one person can."""

    reason = "has had as many as one person can"

    def __init__(self, limit: int) -> None:
        times = {1: "once", 2: "twice"}.get(limit, f"{limit} times")
        super().__init__(f"Each person can have this {times}, and you have had it.")


class OrganisationOptedOut(NotGiven):
    """The member's organisation does not take part in rewards."""

    message = "Your organisation does not take part in rewards."
    reason = "the organisation does not take part"


class CeilingReached(NotGiven):
    """The gift would lift what the member had this tax year above what their organisation allows."""

    reason = "above the organisation's ceiling"

    def __init__(self, *, ceiling: int, had: int, worth: int, tax_year: int) -> None:
        super().__init__(
            f"Your organisation allows each person gifts of {pounds(ceiling)} in a tax year. In "
            f"{tax_year_in_words(tax_year)} you have had {pounds(had)}, and this is worth {pounds(worth)}."
        )


class PriceChanged(NotGiven):
    """It costs something else than the page said that the member pressed on."""

    reason = "the price changed"

    def __init__(self, cost: int) -> None:
        super().__init__(f"This costs {count_of(cost, 'point')} now. Nothing was taken from you.")


class NotYours(NotFound):
    """The reward does not exist for the member."""


class UnknownCode(NotFound):
    """No voucher has the code."""

    message = "There is no voucher with this code."


class NotUsable(Conflict):
    """A voucher cannot be used now."""


class NotOfThisDesk(NotUsable):
    """The voucher is for another sponsor's desk."""

    message = "This voucher is not one of yours: another sponsor gives it."


class WasUsed(NotUsable):
    """The voucher was used before."""

    def __init__(self, used_at: datetime) -> None:
        super().__init__(f"This was used on {moment(used_at)}.")


class WasCancelled(NotUsable):
    """The voucher was cancelled."""

    def __init__(self, cancelled_at: datetime) -> None:
        super().__init__(f"This was cancelled on {moment(cancelled_at)}.")


class HasExpired(NotUsable):
    """The voucher's last day is over."""

    def __init__(self, last_moment: datetime) -> None:
        super().__init__(f"This was good until the end of {moment(last_moment).partition(' at ')[0]}.")
