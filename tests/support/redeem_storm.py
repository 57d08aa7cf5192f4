"""Rewards asked for by many at once, over parallel connections, then counted.

python -m tests.support.redeem_storm                    # both databases
python -m tests.support.redeem_storm --people 200 --stock 40 sqlite

Five storms: the last ones of a number, the last ones of a list of codes, a balance spent on several
rewards at once, one button pressed many times, and vouchers that are redeemed, cancelled and used at the
same moment. Negative balances, double codes and drift must be 0.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.accounts.viewers import Viewer
from talking_together.core.commits import in_transaction
from talking_together.core.errors import TalkingTogetherError
from talking_together.devtools.verify import differences
from talking_together.extensions import db
from talking_together.rewards.models import Reward, Voucher
from talking_together.rewards.vouchers.cancelling import cancel_own_voucher
from talking_together.rewards.vouchers.redeeming import redeem_reward
from talking_together.rewards.vouchers.using import use_voucher
from tests.factories import make_member, make_organisation, viewer_of
from tests.factories.desks import make_desk_member
from tests.factories.points import give_points
from tests.factories.rewards import make_reward, make_sponsor
from tests.support.databases import Database, postgresql_database, sqlite_database
from tests.support.parallel import run_together
from tests.support.sites import make_site

COST = 50


class Outcome(NamedTuple):
    """What a storm left behind: how it ended for whom, and what must be 0 or empty."""

    name: str
    results: dict[str, int]
    given: int
    negative: int
    double_codes: int
    drift: list[str]
    seconds: float

    @property
    def is_clean(self) -> bool:
        """Return whether nothing is below zero, double, or other than a recount says."""
        return (self.negative, self.double_codes, self.drift) == (0, 0, [])

    def __str__(self) -> str:
        ends = ", ".join(f"{name} {count}" for name, count in sorted(self.results.items()))
        return (
            f"{self.name}: given {self.given} ({ends}); negative balances {self.negative}, double codes "
            f"{self.double_codes}, drift {len(self.drift)}; {self.seconds:.1f} s"
        )


def last_ones(app: Flask, *, people: int, stock: int, codes: bool) -> Outcome:
    """Let many ask for the last ones of a reward at once, each with points for it."""
    reward = make_reward(
        cost=COST, stock=stock, codes=[f"SWIM-{place:04}" for place in range(stock)] if codes else ()
    )
    jobs = [_redeeming(member, reward.id) for member in _rich(people)]
    return _outcome(app, "codes" if codes else "number", [reward], jobs)


def spent_twice(app: Flask, *, tries: int) -> Outcome:
    """Let one member, who has points for one, ask for as many different rewards at once."""
    [member] = _rich(1)
    rewards = [make_reward(cost=COST, stock=tries) for _ in range(tries)]
    return _outcome(app, "spent twice", rewards, [_redeeming(member, reward.id) for reward in rewards])


def pressed_often(app: Flask, *, presses: int) -> Outcome:
    """Let one member press the same button many times at once, with points for all of it."""
    [member] = _rich(1, points=COST * presses)
    reward = make_reward(cost=COST, stock=presses)
    return _outcome(app, "pressed often", [reward], [_redeeming(member, reward.id)] * presses)


def changed_minds(app: Flask, *, people: int, stock: int, seed: int = 1) -> Outcome:
    """Redeem, cancel and use at once: each voucher ends cancelled or used, never both."""
    chance, sponsor = random.Random(seed), make_sponsor()  # noqa: S311 - repeatable, not secret
    reward = make_reward(sponsor, cost=COST, stock=stock)
    desk = viewer_of(make_desk_member(sponsor))
    first = _rich(min(people, stock))
    ids = [_done(_redeeming(member, reward.id)).voucher_id for member in first]
    codes = {row.id: row.code for row in db.session.execute(select(Voucher.id, Voucher.code))}
    jobs: list[Callable[[], Any]] = []
    for member, voucher_id in zip(first, ids, strict=True):
        jobs.append(partial(_named, "cancelled", cancel_own_voucher, member, voucher_id=voucher_id))
        jobs.append(partial(_named, "used", use_voucher, desk, code=codes[voucher_id]))
    jobs += [_redeeming(member, reward.id) for member in _rich(people)]
    chance.shuffle(jobs)
    return _outcome(app, "cancelled, used and redeemed", [reward], jobs)


def _rich(people: int, *, points: int = COST) -> list[Viewer]:
    """Return members with points, for one voucher each unless said."""
    organisation = make_organisation()
    members = [make_member(organisation) for _ in range(people)]
    for member in members:
        give_points(member.id, points)
    return [viewer_of(member) for member in members]


def _redeeming(member: Viewer, reward_id: int) -> Callable[[], Any]:
    return partial(
        _named, "redeemed", redeem_reward, member, reward_id=reward_id, expected_cost=COST, number=1
    )


def _named(name: str, service: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[str, Any]:
    """Return what was done with its result, or what stopped it."""
    try:
        return name, in_transaction(lambda: service(*args, **kwargs))
    except TalkingTogetherError as fact:
        return type(fact).__name__, None


def _done(job: Callable[[], Any]) -> Any:
    return job()[1]


def _outcome(app: Flask, name: str, rewards: Sequence[Reward], jobs: Sequence[Callable[[], Any]]) -> Outcome:
    started = time.monotonic()
    results = run_together(app, jobs)
    seconds = time.monotonic() - started
    twice = select(Voucher.sponsor_code).where(Voucher.sponsor_code.is_not(None))
    twice = twice.group_by(Voucher.reward_id, Voucher.sponsor_code).having(func.count() > 1)
    codes = select(Voucher.code).group_by(Voucher.code).having(func.count() > 1)
    return Outcome(
        name,
        dict(Counter(each[0] if isinstance(each, tuple) else repr(each)[:80] for each in results)),
        sum(reward.given for reward in rewards),
        db.session.scalar(select(func.count()).where(Member.points < 0)) or 0,
        len(db.session.scalars(twice).all()) + len(db.session.scalars(codes).all()),
        list(differences()),
        seconds,
    )


def _run(kind: str, database: Database, options: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as instance:
        app = make_site(database.url, Path(instance))
        database.prepare(app)
        with app.app_context():
            outcomes = [
                last_ones(app, people=options.people, stock=options.stock, codes=False),
                last_ones(app, people=options.people, stock=options.stock, codes=True),
                spent_twice(app, tries=options.stock),
                pressed_often(app, presses=options.stock),
                changed_minds(app, people=options.people, stock=options.stock),
            ]
            db.session.remove()
            db.engine.dispose()
    for outcome in outcomes:
        print(f"{kind}: {outcome}")  # noqa: T201
    return all(outcome.is_clean for outcome in outcomes)


def main() -> int:
    """Run the storms on the databases asked for; return 1 if anything went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--stock", type=int, default=10)
    options = parser.parse_args()
    calm = True
    for kind in options.databases:
        context = sqlite_database() if kind == "sqlite" else postgresql_database("redeem_storm")
        with context as database:
            calm = _run(kind, database, options) and calm
    return 0 if calm else 1


if __name__ == "__main__":
    raise SystemExit(main())
