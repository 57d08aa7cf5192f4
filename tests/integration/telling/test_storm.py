"""Answers to many concerned people while the workers are killed: nobody is told twice, or wrongly."""

import pytest
from flask import Flask

from tests.support.tell_storm import storm


@pytest.mark.loopback
@pytest.mark.timeout(300)
def test_killed_workers_tell_everybody_who_is_owed_once_and_nobody_else(app: Flask) -> None:
    count = storm(app, ideas=4, people=30, kills=2)
    assert (count.told, count.told_twice, count.told_wrong) == (count.told_owed, 0, 0)
    assert (count.sent_twice, count.sent_wrong, count.messages_twice) == (0, 0, 0)
    assert count.missing == 0
    assert count.sent == count.owed - count.lost_in_unknown
    assert 0 < count.owed < count.told_owed < count.concerned_pairs
