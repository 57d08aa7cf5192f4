"""How many may do something costly at once on this machine, in whatever process they are."""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

RETRY_S = 0.05

# Where the places are, which every process of the site has to agree on.
_folders = [Path(tempfile.gettempdir())]


def init_turns(app: Flask) -> None:
    """Keep the places in the instance's folder, where nobody else on the machine can take them."""
    folder = Path(app.instance_path) / "turns"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return
    if os.access(folder, os.W_OK):
        _folders[0] = folder


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
        return _folders[0] / f"talking-together-{os.getuid()}-{self.name}-{number}"
