"""Commit once, at the edge, and only on success."""

from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from flask import make_response, request
from sqlalchemy.exc import DBAPIError

from talking_together.core.database import begin_reading, is_transient
from talking_together.core.errors import MovedMeanwhile
from talking_together.extensions import db

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

ATTEMPTS = 3


def commits(view: Callable[P, Any]) -> Callable[P, Any]:
    """Run a view that writes in one transaction: committed below 400, rolled back otherwise.

    A GET of the same view keeps reading in autocommit. A transaction that the database broke
    off (deadlock, lock) is tried again from the start.
    """

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Any:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return view(*args, **kwargs)

        def answer() -> Any:
            response = make_response(view(*args, **kwargs))
            if response.status_code >= 400:
                db.session.rollback()
            return response

        return in_transaction(answer)

    return wrapper


def commits_alone(job: Callable[P, R]) -> Callable[P, R]:
    """Run a sweep or a command in one transaction of its own, tried again when broken off."""

    @wraps(job)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return in_transaction(lambda: job(*args, **kwargs))

    return wrapper


def in_transaction(work: Callable[[], R]) -> R:
    """Run the work from a fresh transaction and commit it; at most three attempts."""
    for attempt in range(1, ATTEMPTS + 1):
        db.session.rollback()
        try:
            result = work()
            db.session.commit()
            # What the rest of a request reads must not begin to hold writers up again.
            begin_reading()
            return result
        except (DBAPIError, MovedMeanwhile) as error:
            db.session.rollback()
            if attempt == ATTEMPTS or (isinstance(error, DBAPIError) and not is_transient(error)):
                raise
        except BaseException:
            db.session.rollback()
            raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def each_in_transaction(work: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """Run the work for each thing in a transaction of its own, and return what came of each.

    One that fails does not hold up those after it: the first failure is raised when all have had their turn.
    """
    results, failures = [], []
    for thing in things:
        try:
            results.append(in_transaction(partial(work, thing)))
        except Exception as error:  # noqa: BLE001 - raised below
            failures.append(error)
    if failures:
        raise failures[0]
    return results
