"""What the sweep finds of planted gaming: `python -m tests.support.gaming_figures`.

For each size of site and each seed a site of simulated members is drawn (`tests.support.gaming`), and what
the detectors say of it is set against what was planted. Prints for each kind how much was planted, how
much of it was found, and how many honest members stand in a sign of that kind. `--databases` names
where: sqlite, postgresql.
"""
# ruff: noqa: T201 - it prints

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from talking_together.extensions import db
from talking_together.fairness import thresholds
from talking_together.fairness.found import Found
from talking_together.fairness.kinds import KINDS
from talking_together.fairness.sweeps import signs_found
from tests.support.gaming import Simulation, World
from tests.support.sites import migrated_site


@dataclass(slots=True)
class Figures:
    """Sums over sites, by kind: planted, found, honest members in a sign."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wronged: Counter[str] = field(default_factory=Counter)
    honest: int = 0

    def add(self, other: "Figures") -> None:
        """Add another site's figures."""
        self.planted += other.planted
        self.found += other.found
        self.wronged += other.wronged
        self.honest += other.honest


def figures_of(world: World, found: Sequence[Found]) -> Figures:
    """Set what was found against what was planted: found is a sign with most of its members in it."""
    figures = Figures(honest=len(world.honest))
    for planted in world.planted:
        figures.planted[planted.kind] += 1
        voters = [set(sign.voters) for sign in found if sign.kind == planted.kind]
        figures.found[planted.kind] += any(
            2 * len(planted.members & those) > len(planted.members) for those in voters
        )
    for kind in KINDS:
        named = {member for sign in found if sign.kind == kind for member in sign.voters}
        figures.wronged[kind] = len(named & world.honest)
    return figures


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sizes", default="60,400")
    arguments = parser.parse_args()
    for kind in arguments.databases.split(","):
        for size in map(int, arguments.sizes.split(",")):
            _print_size(kind, size, arguments.seeds)
    print("\nThresholds")
    for name in thresholds.REASONS:
        print(f"  {name} = {getattr(thresholds, name)}")


def _print_size(kind: str, size: int, seeds: int) -> None:
    sums, took, extent = Figures(), 0.0, Counter[str]()
    for seed in range(1, seeds + 1):
        with migrated_site(kind):
            world = Simulation(seed, members=size).run()
            if kind == "postgresql":
                db.session.execute(text("ANALYZE"))
                db.session.commit()
            start = time.perf_counter()
            found = signs_found()
            took = max(took, time.perf_counter() - start)
            sums.add(figures_of(world, found))
            extent.update(ideas=world.ideas, comments=world.comments, votes=world.votes)
    print(f"\n{kind}: {seeds} sites of about {size} members, {sums.honest} honest in all")
    print(f"  {extent['ideas']} ideas, {extent['comments']} comments, {extent['votes']} votes")
    for each in KINDS:
        print(
            f"  {each:15} planted {sums.planted[each]:3}  found {sums.found[each]:3}  "
            f"honest wrongly in a sign {sums.wronged[each]:3}"
        )
    print(f"  longest look {1000 * took:.0f} ms")


if __name__ == "__main__":
    main()
