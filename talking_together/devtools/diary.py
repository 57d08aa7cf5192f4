"""What happened in the demo and when, carried out in order by the services themselves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from talking_together.accounts.viewers import Viewer, find_viewer
from talking_together.core import clock


@dataclass(slots=True)
class Diary:
    """Acts with their moments; `ids` grows as they are carried out, by kind and key."""

    now: datetime
    ids: dict[tuple[str, str], int] = field(default_factory=dict)
    _acts: list[tuple[datetime, int, Callable[[], Any]]] = field(default_factory=list)
    _viewers: dict[str, Viewer] = field(default_factory=dict)

    def add(self, at: datetime, act: Callable[[], Any]) -> None:
        """Write down what will be done at a moment."""
        self._acts.append((at, len(self._acts), act))

    def carry_out(self) -> None:
        """Do everything in the order of time, each with the clock held at its moment."""
        for at, _, act in sorted(self._acts, key=lambda entry: entry[:2]):
            with clock.held_at(at):
                act()

    def keep(self, kind: str, key: str, id: int) -> None:
        """Remember the id that something was given."""
        self.ids[kind, key] = id

    def id_of(self, kind: str, key: str) -> int:
        """Return the id of something that has happened already."""
        return self.ids[kind, key]

    def viewer(self, key: str) -> Viewer:
        """Return a member as the services take those who act."""
        if key not in self._viewers:
            found = find_viewer(self.id_of("member", key))
            if found is None:
                raise LookupError(f"{key} is not an active member at {clock.now()}")
            self._viewers[key] = found
        return self._viewers[key]

    def forget_viewer(self, key: str) -> None:
        """Look a member up again before their next act: their role or access has changed."""
        self._viewers.pop(key, None)
