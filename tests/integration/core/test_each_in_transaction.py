"""Work on several things, each in a transaction of its own."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.core import clock
from talking_together.core.commits import each_in_transaction
from talking_together.core.errors import Conflict
from talking_together.extensions import db
from talking_together.organisations.models import StaffGroup


def test_one_that_fails_leaves_nothing_and_holds_up_nobody(app: Flask) -> None:
    def add(name: str) -> str:
        db.session.add(StaffGroup(name=name, created_at=clock.now()))
        db.session.flush()
        if name == "Porters":
            raise Conflict(f"No {name}")
        return name

    assert each_in_transaction(add, ["Nurses", "Cooks"]) == ["Nurses", "Cooks"]
    with pytest.raises(Conflict, match="No Porters"):
        each_in_transaction(add, ["Porters", "Night owls"])
    assert db.session.scalar(select(func.count()).select_from(StaffGroup)) == 3
