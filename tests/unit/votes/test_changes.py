"""What follows from a change of vote, as the rules have it."""

import pytest

from talking_together.votes.changes import CHANGES, VALUES, Change

# (before, after): counts up and down, what earns, what is taken back.
RULES = {
    (0, 0): (0, 0, (), ()),
    (0, 1): (1, 0, ("vote cast", "thumb up"), ()),
    (0, -1): (0, 1, ("vote cast",), ()),
    (1, 0): (-1, 0, (), ("vote cast", "thumb up")),
    (1, 1): (0, 0, (), ()),
    (1, -1): (-1, 1, (), ("thumb up",)),
    (-1, 0): (0, -1, (), ("vote cast",)),
    (-1, 1): (1, -1, ("thumb up",), ()),
    (-1, -1): (0, 0, (), ()),
}


@pytest.mark.parametrize("change", RULES)
def test_each_change_has_its_effect(change: tuple[int, int]) -> None:
    assert CHANGES[change] == Change(*RULES[change])


def test_every_change_between_two_values_is_in_the_table() -> None:
    assert set(CHANGES) == {(before, after) for before in VALUES for after in VALUES} == set(RULES)


def test_no_change_both_earns_and_takes_back() -> None:
    assert not [change for change, effect in CHANGES.items() if effect.earns and effect.takes_back]
