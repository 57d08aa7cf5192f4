"""How many may do something costly at once on this machine, in whatever process they are."""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RETRY_S = 0.05


class NoTurn(Exception):
    """Every place was taken for as long as anybody should wait."""


class Turns:
    """So many places, each a file that the one who has it holds locked.

    The system lets go of a lock with the process that held it, so that no crash keeps a place.
    """

    def __init__(self, name: str, *, most: int, wait_s: float) -> None:
        self.name, self.most, self.wait_s = name, most, wait_s

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold one of the places; raises NoTurn when none becomes free in time."""
        place = self._take()
        try:
            yield
        finally:
            os.close(place)

    def _take(self) -> int:
        until = time.monotonic() + self.wait_s
        while True:
            for number in range(self.most):
                place = os.open(self._path(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
                try:
                    fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(place)
                else:
                    return place
            if time.monotonic() >= until:
                raise NoTurn()
            time.sleep(RETRY_S)

    def _path(self, number: int) -> Path:
        # Another user of the machine has places of their own, and could not open these.
        return Path(tempfile.gettempdir()) / f"talking-together-{os.getuid()}-{self.name}-{number}"
