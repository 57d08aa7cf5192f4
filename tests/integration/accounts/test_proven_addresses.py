"""Whose an email address is: a name that somebody took unproven keeps no one from being invited."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.accounts.queries import has_proven
from talking_together.extensions import db
from tests.factories.members import make_member

ADDRESS = "sam@riverside.example"
TABLE: list[tuple[str, dict[str, Any], bool]] = [
    ("their address", {"email": ADDRESS, "sign_in_name": ADDRESS}, True),
    ("their address beside a staff number", {"email": ADDRESS, "sign_in_name": "40017"}, True),
    ("a name beside a proven address", {"email": "x@riverside.example", "sign_in_name": ADDRESS}, True),
    ("an unproven name", {"email": None, "sign_in_name": ADDRESS}, False),
    (
        "an unproven name that waits for a moderator",
        {"email": None, "sign_in_name": ADDRESS, "is_active": False, "awaiting_approval": True},
        False,
    ),
    (
        "an unproven name whose access was ended",
        {"email": None, "sign_in_name": ADDRESS, "is_active": False},
        True,
    ),
    ("another's", {"email": "x@riverside.example", "sign_in_name": "x@riverside.example"}, False),
]


@pytest.mark.parametrize(("whose", "values", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_whose_an_address_is(app: Flask, whose: str, values: dict[str, Any], expected: bool) -> None:
    make_member(**values)
    found = db.session.scalar(select(Member.id).where(has_proven(ADDRESS)))
    assert (found is not None) is expected
