"""Accounts whose votes go up, or down, to one author only."""

from talking_together.fairness import thresholds as limits
from talking_together.fairness.detecting.tally import Tally, received
from talking_together.fairness.found import Found


def single_targets(tally: Tally) -> list[Found]:
    """Return the members who vote one person up, or one person down, and hardly anybody else."""
    return [*_of_value(tally, 1), *_of_value(tally, -1)]


def _of_value(tally: Tally, value: int) -> list[Found]:
    least = limits.TARGET_UP if value == 1 else limits.TARGET_DOWN
    likely = []
    for voter, given in (tally.up if value == 1 else tally.down).items():
        author, count = max(given.items(), key=lambda each: (each[1], -each[0]))
        total = sum(given.values())
        if count >= least and count >= limits.TARGET_SHARE * total:
            likely.append((voter, author, count, total))
    if not likely:
        return []
    got = received({author for _, author, _, _ in likely}, value=value)
    found = []
    for voter, author, count, total in sorted(likely):
        outside = got.total - total
        from_others = got.by_author.get(author, 0) - count
        # Where nobody else voted there is nobody to be unlike.
        if outside > 0 and count / total >= limits.TARGET_LIFT * from_others / outside:
            direction = "up" if value == 1 else "down"
            found.append(
                Found(
                    kind="one target",
                    subject_key=f"one target:member:{voter}:author:{author}:{direction}",
                    voters=(voter,),
                    authors=(author,),
                    strength=count,
                    votes=count,
                    figures={"value": value, "count": count, "total": total},
                )
            )
    return found
