"""Everybody enters a prize draw at once, several sweeps make it, and groups pledge at once.

python -m tests.support.draw_storm                      # both databases, 200 entries each
python -m tests.support.draw_storm --entries 2000 sqlite
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import func, select, update

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict
from talking_together.extensions import db
from talking_together.points.recounts import drift as drift_of_points
from talking_together.rewards.draws.services import enter_draw
from talking_together.rewards.draws.sweeps import make_due_draws
from talking_together.rewards.models import DrawWinner, Reward, TeamPrize, Voucher
from talking_together.rewards.team_prizes.services import pledge_points
from tests.factories import make_group, make_organisation, viewer_of
from tests.factories.draws import make_draw, make_member_with_points, make_team_prize
from tests.support.databases import Database, postgresql_database, sqlite_database
from tests.support.sites import make_site

PRIZES = 5
SWEEPS = 4


class Outcome(NamedTuple):
    """What a storm left behind, and how long it took."""

    has_gaps: bool
    draws: int
    winners: int
    pledged: int
    vouchers_of_groups: int
    drift: int
    entering: float
    drawing: float


def storm(app: Flask, *, connections: int, entries: int) -> Outcome:
    """Let everybody enter and pledge at once, and several sweeps make the draw."""
    organisation, group = make_organisation(), make_group()
    draw = make_draw(cost=10, stock=PRIZES)
    prize = make_team_prize(cost=5 * entries - 3)
    members = [viewer_of(make_member_with_points(20, organisation, groups=[group])) for _ in range(entries)]
    entering = [
        partial(enter_draw, member, reward_id=draw.id, expected_cost=10, entries_before=0)
        for member in members
    ]
    pledging = [
        partial(pledge_points, member, reward_id=prize.id, group_id=group.id, points=6, pledged_before=0)
        for member in members
    ]
    started = time.monotonic()
    numbers = _at_once(app, connections, entering)
    seconds = time.monotonic() - started
    _at_once(app, connections, pledging)
    db.session.execute(update(Reward).where(Reward.id == draw.id).values(ends_at=clock.now()))
    db.session.commit()
    started = time.monotonic()
    draws = _at_once(app, SWEEPS, [make_due_draws] * SWEEPS, in_one=False)
    drawing = time.monotonic() - started
    db.session.rollback()
    of_groups = select(func.count()).where(Voucher.group_id.is_not(None))
    return Outcome(
        has_gaps=sorted(numbers) != list(range(1, entries + 1)),
        draws=sum(draws),
        winners=db.session.scalar(select(func.count(DrawWinner.voucher_id))) or 0,
        pledged=(db.session.scalar(select(TeamPrize.pledged)) or 0) - prize.cost,
        vouchers_of_groups=db.session.scalar(of_groups) or 0,
        drift=len(list(drift_of_points())),
        entering=seconds,
        drawing=drawing,
    )


def _at_once(
    app: Flask, connections: int, jobs: Sequence[Callable[[], Any]], *, in_one: bool = True
) -> list[Any]:
    """Do the jobs over so many connections, each in a transaction unless they have their own."""

    def work(job: Callable[[], Any]) -> Any:
        with app.app_context():
            try:
                return in_transaction(job) if in_one else job()
            except Conflict:
                # A pledge that came when the group had enough.
                return 0

    db.session.commit()
    with ThreadPoolExecutor(connections) as pool:
        return list(pool.map(work, jobs))


def _run(kind: str, database: Database, options: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as instance:
        app = make_site(database.url, Path(instance))
        database.prepare(app)
        with app.app_context():
            outcome = storm(app, connections=options.connections, entries=options.entries)
            db.session.remove()
            db.engine.dispose()
    print(  # noqa: T201
        f"{kind}: {options.entries:,} entries over {options.connections} connections in "
        f"{outcome.entering:.1f} s, gaps: {outcome.has_gaps}; {SWEEPS} sweeps at once made "
        f"{outcome.draws} draw in {outcome.drawing:.2f} s with {outcome.winners} winners; pledged too "
        f"much: {outcome.pledged}, vouchers of the group: {outcome.vouchers_of_groups}; "
        f"drift {outcome.drift}"
    )
    return outcome[:6] == (False, 1, PRIZES, 0, 1, 0)


def main() -> int:
    """Run the storm on the databases asked for; return 1 if anything went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--entries", type=int, default=200)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    calm = True
    for kind in options.databases:
        context = sqlite_database() if kind == "sqlite" else postgresql_database("draw_storm")
        with context as database:
            calm = _run(kind, database, options) and calm
    return 0 if calm else 1


if __name__ == "__main__":
    raise SystemExit(main())
