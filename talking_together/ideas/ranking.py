"""The values that the orders of ideas stand on: pure functions, stored with every write.

`top` is the lower bound of Wilson's score interval at 95 % (E. B. Wilson, "Probable inference,
the law of succession, and statistical inference", Journal of the American Statistical
Association 22, 1927): the share of thumbs up that an idea has earned beyond reasonable doubt.

`trending` is recent activity that decays by half every three days. Every activity of weight w at
a time t counts w · 2^((t - now) / h) now. As all ideas decay alike, the order between them never
changes with time alone, so what is stored needs no renewal: the same sum seen from a fixed epoch
instead of from now, on a logarithmic scale. `activity` is the sum seen from the idea's own
publication, S = 1 + Σ w · 2^((t - published) / h), and

    trending = (published - epoch) / h + log2(S)

`needs votes` shows the fewest votes first. Among equals the order is a ring of `shuffle_key`s
that each person enters at another point each day (`rotation_of`).
"""

import hashlib
import math
from datetime import UTC, date, datetime, timedelta

# The 97.5th percentile of the normal distribution: 95 % of it lies within ± this.
Z = 1.959963984540054

HALF_LIFE = timedelta(days=3)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
UP_VOTE_WEIGHT = 1.0
COMMENT_WEIGHT = 2.0
# A term that later leaves the sum must not have pushed the small ones out of a double's 53 bits:
# from 120 days after publication on, activity counts as if on that day.
MAX_HALF_LIVES = 40

KEY_SPACE = 2**62
# Odd, so that multiplying is a bijection of the key space; near KEY_SPACE divided by the golden
# ratio, so that neighbouring ids land far apart.
_MULTIPLIER = 2850178704830799621


def wilson_lower_bound(up: int, down: int) -> float:
    """Return the least share of thumbs up that these votes support at 95 %; 0 without votes."""
    if up == 0:
        return 0.0
    votes = up + down
    share = up / votes
    z2 = Z * Z
    centre = share + z2 / (2 * votes)
    margin = Z * math.sqrt((share * (1 - share) + z2 / (4 * votes)) / votes)
    return max(0.0, (centre - margin) / (1 + z2 / votes))


def activity_term(weight: float, at: datetime, published_at: datetime) -> float:
    """Return what one activity adds to an idea's `activity`."""
    half_lives = (at - published_at) / HALF_LIFE
    return weight * 2.0 ** min(half_lives, MAX_HALF_LIVES)


def activity_after(activity: float, *, added: float = 0.0, removed: float = 0.0) -> float:
    """Return the activity with terms added and removed; publication itself is always left."""
    return max(1.0, activity - removed + added)


def trending_of(activity: float, published_at: datetime) -> float:
    """Return the value of the `trending` order."""
    return (published_at - EPOCH) / HALF_LIFE + math.log2(activity)


def shuffle_key_of(idea_id: int) -> int:
    """Return the idea's place on the ring: a different one for every id below 2^62."""
    return idea_id * _MULTIPLIER % KEY_SPACE


def rotation_of(member_id: int, day: date) -> int:
    """Return where this person enters the ring of shuffle keys on this London day."""
    digest = hashlib.sha256(f"{member_id}:{day.isoformat()}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % KEY_SPACE
