"""Unit tests look at one thing alone: touching the database is an error."""

from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from sqlalchemy import Engine, event


@pytest.fixture(autouse=True)
def _no_database() -> Iterator[None]:
    def refuse(*_args: Any) -> NoReturn:
        raise RuntimeError("A unit test touched the database; it belongs in tests/integration/")

    event.listen(Engine, "do_connect", refuse)
    yield
    event.remove(Engine, "do_connect", refuse)
