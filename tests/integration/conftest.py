"""Integration tests run on both databases; `pytest -m sqlite` and `-m postgresql` choose one."""

import pytest


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.postgresql),
    ]
)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Return the database that this test runs on."""
    return request.param
