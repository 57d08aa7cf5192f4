"""Places that a machine's processes share: so many at once, and none kept by who is gone."""

import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

import pytest

from talking_together.core import turns
from talking_together.core.turns import NoTurn, Turns


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_folders", [tmp_path])


def _hold(places: Turns, taken: Any, *, dies: bool) -> None:
    with places.turn():
        taken.set()
        if dies:
            os._exit(1)
        time.sleep(30)


def _holding(places: Turns, *, dies: bool = False) -> multiprocessing.process.BaseProcess:
    context = multiprocessing.get_context("fork")
    taken = context.Event()
    process = context.Process(target=_hold, args=(places, taken), kwargs={"dies": dies})
    process.start()
    assert taken.wait(10)
    return process


def test_other_processes_count() -> None:
    places = Turns("test", most=2, wait_s=0.2)
    process = _holding(places)
    with places.turn(), pytest.raises(NoTurn), places.turn():
        raise AssertionError("There are two places")
    process.kill()
    process.join()
    with places.turn(), places.turn():
        pass


def test_a_place_is_given_back_by_whoever_dies() -> None:
    places = Turns("test", most=1, wait_s=1)
    _holding(places, dies=True).join()
    with places.turn():
        pass


def test_waiting_ends_as_soon_as_a_place_is_free() -> None:
    places = Turns("test", most=1, wait_s=10)
    process = _holding(places)
    process.kill()
    began = time.monotonic()
    with places.turn():
        assert time.monotonic() - began < 5
    process.join()
