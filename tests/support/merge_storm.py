"""Hundreds of merges, each undone, while people vote, comment and follow; then every row is compared.

python -m tests.support.merge_storm                     # both databases, 200 merges each
python -m tests.support.merge_storm --merges 50 sqlite

What the people did meanwhile is written down as they do it and worked into what is expected of each
row: a vote stands where it was cast last, a reply goes with its conversation, a follow with its idea.
"""

import argparse
import random
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import event, select

from talking_together.accounts.viewers import Viewer
from talking_together.core.commits import in_transaction
from talking_together.core.errors import TalkingTogetherError
from talking_together.devtools.verify import differences as drift
from talking_together.extensions import db
from talking_together.merging.models import Merge
from talking_together.merging.services import merge_ideas, undo_merge
from tests.factories import make_moderator, viewer_of
from tests.support.databases import Database, postgresql_database, sqlite_database
from tests.support.merge_people import Person, Site, make_site_of_ideas
from tests.support.merge_rows import expected_after
from tests.support.sites import make_site
from tests.support.snapshots import Difference, differences, snapshot

# At most so many stand at once; the rest of the ideas can be voted on.
STANDING = 6


class Outcome(NamedTuple):
    """What a storm left behind; errors, deadlocks, rows that differ and drift must be 0."""

    merges: int
    acts: int
    refused: int
    errors: list[str]
    deadlocks: int
    differing: list[Difference]
    drift: list[str]
    seconds: float


def storm(app: Flask, *, merges: int, ideas: int, people: int, connections: int, seed: int = 1) -> Outcome:
    """Merge and undo at random while people act over other connections; compare all rows after."""
    site = make_site_of_ideas(ideas=ideas, people=people, seed=seed, acts=ideas * 15)
    moderators = [viewer_of(make_moderator()) for _ in range(2)]
    before = snapshot()
    deadlocks = _counting_deadlocks()
    stop, started = threading.Event(), time.monotonic()
    acting = [
        Person(site, site.people[place::connections], random.Random(seed * 100 + place))  # noqa: S311
        for place in range(connections)
    ]
    with ThreadPoolExecutor(connections + len(moderators)) as pool:
        talking = [pool.submit(_act, app, person, stop) for person in acting]
        share = merges // len(moderators)
        merging = [
            pool.submit(_merge, app, site, moderator, random.Random(seed + place), share)  # noqa: S311
            for place, moderator in enumerate(moderators)
        ]
        made = [future.result() for future in merging]
        stop.set()
        errors = [error for future in talking for error in future.result()]
    seconds = time.monotonic() - started
    db.session.expire_all()
    done = sorted((act for person in acting for act in person.done), key=lambda act: act.at)
    expected = expected_after(before, done)
    return Outcome(
        merges=sum(count for count, _ in made),
        acts=len(done),
        refused=sum(person.refused for person in acting),
        errors=errors + [error for _, found in made for error in found],
        deadlocks=len(deadlocks),
        differing=differences(expected, snapshot_within(expected)),
        drift=list(drift()),
        seconds=seconds,
    )


def snapshot_within(expected: Any) -> Any:
    """Return the rows as they are; sums of many terms that are as good as expected count as equal."""
    rows = snapshot()
    for name in ("activity", "trending"):
        for key, row in rows["ideas"].items():
            wanted = expected["ideas"][key][name]
            if abs(row[name] - wanted) <= 1e-6 * max(1.0, abs(wanted)) and key in expected["touched"]:
                row[name] = wanted
    # The ledger and the balances have laws of their own, which the recount holds them to.
    for key in rows["point_entries"].keys() - expected["point_entries"].keys():
        del rows["point_entries"][key]
    rows["members"] = expected["members"]
    rows["touched"] = expected["touched"]
    return rows


def _act(app: Flask, person: Person, stop: threading.Event) -> list[str]:
    errors = []
    with app.app_context():
        while not stop.is_set():
            try:
                person.act()
            except TalkingTogetherError:
                person.refused += 1
            except Exception as error:  # noqa: BLE001 - counted and shown
                errors.append(f"{type(error).__name__}: {error}"[:300])
            # People think between two presses; without this SQLite's one writer is never free.
            time.sleep(0.002)
        db.session.remove()
    return errors


def _merge(
    app: Flask, site: Site, moderator: Viewer, chance: random.Random, merges: int
) -> tuple[int, list[str]]:
    """Make so many merges and undo each of them; return how many were made and what failed."""
    made, standing, errors = 0, [], []
    with app.app_context():
        while made < merges or standing:
            # So that people come to act in between, on a database with one writer at a time too.
            time.sleep(0.02)
            can_merge = made < merges and len(standing) < STANDING
            try:
                if can_merge and (not standing or chance.random() < 0.5):
                    standing += _merge_some(site, moderator, chance)
                    made += 1
                else:
                    merge_id = chance.choice(standing)
                    _in_transaction(undo_merge, moderator, merge_id=merge_id, reason="They differ")
                    standing.remove(merge_id)
            except TalkingTogetherError:
                # A pair that cannot be merged, or one that others were merged on top of.
                continue
            except Exception as error:  # noqa: BLE001 - counted and shown
                errors.append(f"{type(error).__name__}: {error}"[:300])
                if len(errors) > 20:
                    break
        db.session.remove()
    return made, errors


def _merge_some(site: Site, moderator: Viewer, chance: random.Random) -> list[int]:
    survivor_id, *merged_ids = chance.sample(site.idea_ids, chance.choice((2, 2, 2, 3)))
    made = _in_transaction(
        merge_ideas, moderator, survivor_id=survivor_id, merged_ids=merged_ids, reason="Alike"
    )
    return [merge.id for merge in made]


def _in_transaction(service: Callable[..., Any], moderator: Viewer, **values: Any) -> Any:
    return in_transaction(lambda: service(moderator, **values))


def _counting_deadlocks() -> list[str]:
    """Return a list that every deadlock the database breaks off is added to."""
    found: list[str] = []

    def note(context: Any) -> None:
        if getattr(context.original_exception, "sqlstate", "") == "40P01":
            found.append(str(context.original_exception))

    event.listen(db.engine, "handle_error", note)
    return found


def _run(kind: str, database: Database, options: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as instance:
        app = make_site(database.url, Path(instance))
        database.prepare(app)
        with app.app_context():
            outcome = storm(
                app,
                merges=options.merges,
                ideas=options.ideas,
                people=options.people,
                connections=options.connections,
                seed=options.seed,
            )
            standing = db.session.scalars(select(Merge.id).where(Merge.undone_at.is_(None))).all()
            db.session.remove()
            db.engine.dispose()
    print(  # noqa: T201
        f"{kind}: {outcome.merges} times merged and undone in {outcome.seconds:.1f} s, while people acted"
        f" {outcome.acts:,} times over {options.connections} connections ({outcome.refused:,} more were"
        f" refused in words); errors {len(outcome.errors)}, deadlocks {outcome.deadlocks},"
        f" rows that differ {len(outcome.differing)}, verify {len(outcome.drift)},"
        f" still merged {len(standing)}"
    )
    for line in (*outcome.errors[:5], *outcome.differing[:10], *outcome.drift[:10]):
        print(f"  {line}")  # noqa: T201
    return not (outcome.errors or outcome.deadlocks or outcome.differing or outcome.drift or standing)


def main() -> int:
    """Run the storm on the databases asked for; return 1 if anything differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--merges", type=int, default=200)
    parser.add_argument("--ideas", type=int, default=60)
    parser.add_argument("--people", type=int, default=80)
    parser.add_argument("--connections", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    calm = True
    for kind in options.databases:
        context = sqlite_database() if kind == "sqlite" else postgresql_database("merge_storm")
        with context as database:
            calm = _run(kind, database, options) and calm
    return 0 if calm else 1


if __name__ == "__main__":
    raise SystemExit(main())
