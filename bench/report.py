"""The figures in a table, and what of the aims is missed, by how much."""

from dataclasses import dataclass

from bench.client import Load
from bench.visits import Visit

TIMES_OF_FLOOR = {
    ("sqlite", "page"): 2.0,
    ("sqlite", "write"): 3.0,
    ("postgresql", "page"): 2.5,
    ("postgresql", "write"): 3.0,
}
MOST_STATEMENTS = {"page": 5, "write": 8}
MOST_MEGABYTES = 100
MOST_ASSET_BYTES = 45 * 1024
MOST_IMPORT_SECONDS = 10
# Page 200 is as fast as page 1, give or take what one run differs from the next.
FAR_PAGE_TIMES = 1.25


@dataclass(frozen=True, slots=True)
class Measured:
    """A visit's figures; `statements` at 10,000 ideas, `statements_small` at 100."""

    visit: Visit
    one: Load
    many: Load
    answer_bytes: int
    statements: int
    statements_small: int | None
    floor: Load
    cpu: float
    floor_cpu: float

    @property
    def what(self) -> str:
        """Return whether it is a page or a write."""
        return "write" if self.visit.floor == "write" else "page"

    @property
    def times(self) -> float:
        """Return how many times the floor it takes, at one connection."""
        return self.one.p50 / self.floor.p50

    @property
    def cpu_times(self) -> float:
        """Return how many times the floor's work it is, which a busy machine does not change."""
        return self.cpu / self.floor_cpu


HEAD = (
    f"{'':32} {'SQL':>7} {'floor':>7} {'p50':>7} {'p95':>7} {'/s':>6} {'times':>6}"
    f" {'floor':>7} {'CPU':>7} {'times':>6} {'16: p50':>8} {'p95':>7} {'/s':>6} {'bytes':>7}"
)


def line_of(measured: Measured) -> str:
    """Return a row of the table: milliseconds at one connection, of CPU, and at sixteen."""
    one, many = measured.one, measured.many
    sql = str(measured.statements)
    if measured.statements_small is not None:
        sql = f"{measured.statements_small}, {sql}"
    return (
        f"{measured.visit.name:32} {sql:>7} {measured.floor.p50:7.2f} {one.p50:7.2f} {one.p95:7.2f}"
        f" {one.per_second:6.0f} {measured.times:5.1f}× {measured.floor_cpu:7.2f} {measured.cpu:7.2f}"
        f" {measured.cpu_times:5.1f}× {many.p50:8.2f} {many.p95:7.2f} {many.per_second:6.0f}"
        f" {measured.answer_bytes:7,}"
    )


def missed(kind: str, measured: list[Measured]) -> list[str]:
    """Return a sentence for each aim of pages and writes that is missed."""
    found = []
    by_name = {each.visit.name: each for each in measured}
    for each in measured:
        name, aim = each.visit.name, TIMES_OF_FLOOR[kind, each.what]
        if each.visit.aim and each.times > aim:
            found.append(f"{name}: {each.times:.2f} times the floor, {each.times / aim - 1:.0%} over {aim}")
        most = MOST_STATEMENTS[each.what]
        if each.statements > most and (each.visit.aim or each.what == "write"):
            found.append(f"{name}: {each.statements} statements, not {most}")
        if each.statements_small is not None and each.statements_small != each.statements:
            found.append(
                f"{name}: {each.statements_small} statements at 100 ideas, {each.statements} at 10,000"
            )
        first = by_name.get(name.partition(", page")[0])
        if first and first is not each and each.one.p50 > FAR_PAGE_TIMES * first.one.p50:
            found.append(f"{name}: {each.one.p50 / first.one.p50:.2f} times as long as page 1")
    return found


def over(what: str, value: float, most: float, unit: str) -> list[str]:
    """Return a sentence if a figure is over its aim."""
    if value <= most:
        return []
    return [f"{what}: {value:,.1f} {unit}, {value / most - 1:.0%} over {most:,}"]
