"""A list with ten kinds of faults in it: rows in are rows accounted for, in every format."""

import pytest
from flask import Flask

from tests.support.faulty_list import ENDINGS, FAULTS, as_file, faulty_rows, read_file


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_row_of_a_faulty_list_ends_as_was_planted(app: Flask, ending: str) -> None:
    rows, expected = faulty_rows(2_400)
    assert len(FAULTS) == 10
    found = read_file(as_file(rows, ending))
    assert found["outcomes"] == expected
    assert found["rows_count"] == sum(expected.values()) == len(rows) - 1
    assert found["drift"] == 0
