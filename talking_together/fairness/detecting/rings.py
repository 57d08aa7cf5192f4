"""Rings: three members or more whose thumbs up go nearly only to one another.

Two members are tied where each gave the other a fair part of their thumbs. Each member with their
ties is a set to begin from; who gives too little to the others of the set, or is tied to fewer than
half of them, leaves it, the least tied first, until nobody does. A thumb for an idea of several is one
for each of them; so that two pairs who write together are no ring, three must be tied all to one another.
"""

from collections.abc import Collection, Iterable
from itertools import combinations

from talking_together.fairness import thresholds as limits
from talking_together.fairness.detecting.tally import Received, Tally, received_by_rings, tally_of
from talking_together.fairness.found import Found

# A member tied to more is looked at with the closest of them.
MOST_TIES = 30
Ties = dict[int, dict[int, float]]


def rings(tally: Tally) -> list[Found]:
    """Return the rings among those who voted lately and those for whom they voted."""
    tally = _with_partners(tally)
    ties = ties_of(tally)
    sets = distinct(ring for member in sorted(ties) if (ring := ring_around(member, ties, tally)))
    if not sets:
        return []
    got = received_by_rings({member for ring in sets for member in ring})
    return [_found(ring, tally, got) for ring in sets if _is_unlike_others(ring, tally, got)]


def _with_partners(tally: Tally) -> Tally:
    """Return the tally with those added who may be tied to one in it and have not voted lately."""
    partners = {
        author
        for voter in tally.up
        for author, count in tally.given_to_each(voter).items()
        if author not in tally.up and count >= limits.RING_TIE * tally.given(voter)
    }
    if not partners:
        return tally
    added = tally_of(partners)
    return Tally({**tally.up, **added.up}, tally.down, {**tally.together, **added.together})


def ties_of(tally: Tally) -> Ties:
    """Return whom each member is tied to, with the share of thumbs that goes there."""
    given = {voter: tally.given(voter) for voter in tally.up}
    to = {voter: tally.given_to_each(voter) for voter in tally.up}

    def share(voter: int, author: int) -> float:
        return to.get(voter, {}).get(author, 0) / given[voter] if given.get(voter) else 0.0

    ties: Ties = {}
    for voter, authors in to.items():
        if given[voter] < limits.RING_THUMBS:
            continue
        for author in authors:
            both = min(share(voter, author), share(author, voter))
            if author != voter and both >= limits.RING_TIE and given[author] >= limits.RING_THUMBS:
                ties.setdefault(voter, {})[author] = share(voter, author)
    return ties


def ring_around(member: int, ties: Ties, tally: Tally) -> frozenset[int] | None:
    """Return the ring that a member is in, or None."""
    closest = sorted(ties[member], key=lambda other: (-ties[member][other], other))[:MOST_TIES]
    ring = {member, *closest}
    while len(ring) >= limits.RING_MEMBERS:
        standing = {each: (_tied(each, ring, ties), share_within(each, ring, tally)) for each in ring}
        failing = [
            each
            for each, (tied, share) in standing.items()
            if share < limits.RING_SHARE or tied < (len(ring) - 1) / 2 or tied < limits.RING_MEMBERS - 1
        ]
        if not failing:
            is_ring = len(ring) <= limits.RING_MOST_MEMBERS and _has_three_tied(ring, ties)
            return frozenset(ring) if is_ring else None
        out = min(failing, key=lambda each: (standing[each], -each))
        if out == member:
            return None
        ring.remove(out)
    return None


def share_within(member: int, ring: Collection[int], tally: Tally) -> float:
    """Return the share of a member's thumbs up that goes to the members of a set."""
    given = tally.given(member)
    return tally.given_within(member, ring) / given if given else 0.0


def distinct(sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Return the largest of sets that are the same for the most part."""
    kept: list[frozenset[int]] = []
    for ring in sorted(set(sets), key=lambda each: (-len(each), sorted(each))):
        if all(2 * len(ring & other) < len(ring) for other in kept):
            kept.append(ring)
    return kept


def _has_three_tied(ring: Iterable[int], ties: Ties) -> bool:
    """Return whether three of a set are tied all to one another: two pairs who write together are not."""
    return any(
        other in ties.get(one, {}) and third in ties.get(one, {}) and third in ties.get(other, {})
        for one, other, third in combinations(sorted(ring), limits.RING_MEMBERS)
    )


def _tied(member: int, ring: Iterable[int], ties: Ties) -> int:
    own = ties.get(member, {})
    return sum(other in own for other in ring)


def _is_unlike_others(ring: frozenset[int], tally: Tally, got: Received) -> bool:
    """Return whether others give the ring much less of their thumbs than its members do."""
    given = sum(tally.given(member) for member in ring)
    inside = sum(tally.given_within(member, ring) for member in ring)
    outside = got.total - given
    if outside < limits.OUTSIDE_THUMBS:
        return False
    from_others = got.by_any(ring) - inside
    return inside / given >= limits.RING_LIFT * from_others / outside


def _found(ring: frozenset[int], tally: Tally, got: Received) -> Found:
    members = tuple(sorted(ring))
    given = sum(tally.given(member) for member in ring)
    inside = sum(tally.given_within(member, ring) for member in ring)
    from_others = max(0, got.by_any(ring) - inside)
    return Found(
        kind="ring",
        subject_key=f"ring:members:{','.join(map(str, members))}",
        voters=members,
        strength=inside,
        votes=inside,
        figures={
            "given": given,
            "inside": inside,
            "outside": max(0, got.total - given),
            "from_others": from_others,
        },
    )
