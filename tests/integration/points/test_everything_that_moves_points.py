"""Whatever people do, in whatever order: the ledger adds up, and nothing earns twice."""

import pytest
from flask import Flask

from tests.support.ledger_machine import run


@pytest.mark.timeout(300)
def test_whatever_people_do_the_ledger_adds_up_and_nothing_earns_more(app: Flask) -> None:
    done, _refused = run(steps=40, runs=5)
    assert done.total() > 100
