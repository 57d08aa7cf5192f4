"""A worker that is killed while it delivers loses nothing and sends nothing twice."""

import pytest
from flask import Flask

from tests.support.kill_worker import kill_and_count


@pytest.mark.loopback
def test_a_worker_killed_three_times_loses_nobody_and_sends_to_nobody_twice(app: Flask) -> None:
    count = kill_and_count(app, people=100, kills=3)
    assert (count.lost, count.twice, count.drift) == (0, 0, 0)
    assert count.sent + count.unknown == 100
    # At most one a connection and kill.
    assert count.unknown <= 3 * 4
