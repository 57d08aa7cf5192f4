"""Somebody who joins with a team's code, as the tests of join codes play it."""

from typing import Any

from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.extensions import db
from talking_together.invitations.models import JoinCode
from talking_together.invitations.team_codes.codes import shown_code
from tests.support.client import Client, Page

PASSWORD = "kettle lamps under seven stones"


def path_of(code: JoinCode) -> str:
    """Return the address of a code's page."""
    return f"/join/{shown_code(code.code)}"


def join(client: Client, code: JoinCode, **changes: Any) -> Page:
    """Fill in the form of a code's page and send it."""
    filled = {"name": "Ada Okafor", "sign_in_name": "RB-12345", "password": PASSWORD, **changes}
    path = path_of(code)
    return client.get(path).form(path).submit(**filled)


def the_member(sign_in_name: str = "rb-12345") -> Member:
    """Return the member with a sign-in name."""
    return db.session.scalars(select(Member).where(Member.sign_in_name == sign_in_name)).one()


def count(model: Any) -> int:
    """Return how many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0
