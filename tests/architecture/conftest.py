"""The site as the architecture tests look at it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask


@pytest.fixture(scope="session")
def site(_sites: Callable[[str], tuple[Flask, Any]]) -> Flask:
    """Return the site for what needs no data."""
    return _sites("sqlite")[0]
