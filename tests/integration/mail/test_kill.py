"""Processes that are killed while they deliver lose nothing and send nothing twice."""

import pytest
from flask import Flask

from tests.support.kill_worker import kill_and_count

LEASE_S = 2


@pytest.mark.loopback
@pytest.mark.timeout(300)
def test_worker_and_web_server_killed_in_the_middle_lose_nobody_and_send_to_nobody_twice(app: Flask) -> None:
    count = kill_and_count(app, people=100, kills=2, lease=LEASE_S)
    assert (count.lost, count.twice, count.untrue, count.drift) == (0, 0, 0, 0)
    assert sum(count.states.values()) == 100
    assert set(count.states) <= {"sent", "failed", "outcome unknown"}
    assert count.resumed_within < 60
    assert count.settled_within < 60
