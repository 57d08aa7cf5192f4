"""Every route answers each role as `access_matrix.py` says."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import pytest
from flask import Flask
from werkzeug.routing import Rule

from talking_together.accounts.models import Member
from tests.architecture.access_matrix import (
    ADMIN,
    ANYONE,
    AUTHOR,
    MATRIX,
    MODERATOR,
    SPONSOR,
    STAFF,
    Row,
)
from tests.architecture.world import address_of
from tests.factories import (
    make_admin,
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
)
from tests.factories.desks import make_desk_member
from tests.factories.rewards import make_reward
from tests.support.client import Client, Page

TABLE = "tests/architecture/access_matrix.py"
RANKS = (ANYONE, STAFF, MODERATOR, ADMIN)
SIGN_IN = "/sign-in"
# What a challenge's audience protects, by the variable of the address that leads to it.
CONTENT = ("challenge_id", "idea_id", "comment_id", "ref")
# Enough for any of their forms to be accepted.
FILLED = {
    "value": "1",
    "follow": "1",
    "title": "A shared list",
    "body": "We could share one list.",
    "text": "One list.",
}


def _routes(site: Flask) -> Iterator[tuple[str, str, Rule]]:
    for rule in site.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            # A list of the words allowed does not say more than its name.
            yield method, re.sub(r"<any\(.*?\):", "<", rule.rule), rule


def _rule_of(site: Flask, row: Row) -> Rule:
    return next(rule for method, shown, rule in _routes(site) if (method, shown) == (row.method, row.rule))


def test_the_table_and_the_routes_are_the_same(site: Flask) -> None:
    routes = {f"{method} {shown}" for method, shown, _rule in _routes(site)}
    table = {str(row) for row in MATRIX}
    assert len(table) == len(MATRIX), f"{TABLE} has a row twice"
    assert not routes - table, f"Say in {TABLE} who may use: {sorted(routes - table)}"
    assert not table - routes, f"Take out of {TABLE} what is no route: {sorted(table - routes)}"


def test_the_table_and_the_views_name_the_same_role(site: Flask) -> None:
    for row in MATRIX:
        view = site.view_functions[_rule_of(site, row).endpoint]
        declared = view.access_role or ANYONE  # type: ignore[attr-defined]
        assert declared == row.least, f"{row} is declared for {declared}, and in {TABLE} for {row.least}"
        at_desk = view.access_desk  # type: ignore[attr-defined]
        in_table = row.least in (ANYONE, SPONSOR) or row.desk is not None
        assert at_desk == in_table, f"{row} and {TABLE} differ over who serves at a sponsor's desk"


def _cases() -> Iterator[object]:
    for row in MATRIX:
        for role in (ANYONE, "deactivated", SPONSOR, STAFF, MODERATOR, ADMIN):
            yield pytest.param(row, role, id=f"{row} as {role}")
        if any(name in row.rule for name in ("<int:idea_id>", "<int:comment_id>", "/ideas/<slugged:ref>")):
            yield pytest.param(row, AUTHOR, id=f"{row} as {AUTHOR}")


@pytest.mark.parametrize(("row", "role"), list(_cases()))
def test_a_route_answers_each_role(app: Flask, client: Client, row: Row, role: str) -> None:
    member = _sign_in(client, role)
    path = address_of(_rule_of(app, row), author=member if role == AUTHOR else None)
    page = _ask(client, row.method, path)
    expected = _expected(row, role)
    found = SIGN_IN if _is_sign_in(page) else page.status
    assert found == expected, (
        f"{row} answered {found} to {role}, not {expected}. If that is right, change {TABLE}."
    )


@pytest.mark.parametrize(
    "row",
    [row for row in MATRIX if row.least == STAFF and any(f"{name}>" in row.rule for name in CONTENT)],
    ids=str,
)
def test_what_is_for_others_does_not_exist(app: Flask, client: Client, row: Row) -> None:
    challenge = make_challenge(organisations=[make_organisation()])
    idea = make_idea(challenge)
    made = {
        "challenge_id": challenge.id,
        "idea_id": idea.id,
        "comment_id": make_comment(idea).id,
        "ref": {
            "challenges": challenge.id,
            "ideas": idea.id,
            "rewards": make_reward(organisations=[make_organisation()]).id,
        }.get(row.rule.split("/")[1]),
    }
    client.sign_in(make_member())
    page = _ask(client, row.method, address_of(_rule_of(app, row), **made), FILLED)
    assert page.status == 404, f"{row} answered {page.status} to someone outside the audience, not 404"


def _sign_in(client: Client, role: str) -> Member | None:
    makers: dict[str, Callable[..., Member]] = {
        STAFF: make_member,
        AUTHOR: make_member,
        MODERATOR: make_moderator,
        ADMIN: make_admin,
        SPONSOR: make_desk_member,
    }
    if role == ANYONE:
        return None
    member = make_member(role=ADMIN, is_active=False) if role == "deactivated" else makers[role]()
    client.sign_in(member)
    return member


def _ask(client: Client, method: str, path: str, filled: Mapping[str, str] = MappingProxyType({})) -> Page:
    data = None if method == "GET" else {"csrf_token": client.token(), **filled}
    return client.ask(method, path, data=data)


def _is_sign_in(page: Page) -> bool:
    """Return whether the answer leads to signing in, or is that page in place of an answer."""
    if page.status == 302:
        return page.location.partition("?")[0] == SIGN_IN and page.path not in ("/sign-out", SIGN_IN)
    return page.status == 401 and page.heading == "Sign in"


def _expected(row: Row, role: str) -> int | str:
    if role == SPONSOR and row.least != ANYONE:
        return row.answer if row.least == SPONSOR else row.desk or 403
    if row.least == SPONSOR:
        return SIGN_IN if role in (ANYONE, "deactivated") else 403
    rank = RANKS.index({"deactivated": ANYONE, SPONSOR: ANYONE, AUTHOR: STAFF}.get(role, role))
    if rank >= RANKS.index(row.least):
        return row.but.get(role, row.answer)
    return SIGN_IN if rank == 0 else 403
