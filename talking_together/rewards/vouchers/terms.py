"""How long a voucher is good for, and which tax year it is counted in."""

from datetime import datetime, time, timedelta

from talking_together.core import clock

TAX_YEAR_BEGINS = (4, 6)


def tax_year_of(at: datetime) -> int:
    """Return the year in which the tax year of a moment began: on 6 April, in London."""
    day = clock.to_london(at).date()
    return day.year if (day.month, day.day) >= TAX_YEAR_BEGINS else day.year - 1


def tax_year_in_words(year: int) -> str:
    """Return a tax year as people write it: "2026/27"."""
    return f"{year}/{(year + 1) % 100:02}"


def expiry_of(given_at: datetime, valid_days: int) -> datetime:
    """Return the end of the London day so many days after the one on which a voucher was given.

    The moment is exclusive: at midnight it is no longer good. The end of a reward's own period does not
    shorten it, since that is when the last ones are given.
    """
    last_day = clock.to_london(given_at).date() + timedelta(days=valid_days)
    return clock.from_london(datetime.combine(last_day + timedelta(days=1), time()))
