"""May this member see leaderboards? Pure functions for services, views and templates alike."""

from typing import Protocol

from talking_together.core.errors import NotFound


class Viewer(Protocol):
    """Who looks, as far as these rules look at them."""

    @property
    def leaderboards_on(self) -> bool: ...


def ensure_leaderboards_on(viewer: Viewer) -> None:
    """Raise NotFound while an admin has turned leaderboards off."""
    if not viewer.leaderboards_on:
        raise NotFound()
