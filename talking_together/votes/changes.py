"""What follows when a member's vote on something changes: one table for every change there is."""

from typing import NamedTuple

UP, DOWN, NONE = 1, -1, 0
VALUES = (UP, DOWN, NONE)

# What a vote earns: the voter for casting it, the author for a thumb up.
CAST, THUMB_UP = "vote cast", "thumb up"


class Change(NamedTuple):
    """How the counts move, which events earn points, and which are taken back."""

    up: int = 0
    down: int = 0
    earns: tuple[str, ...] = ()
    takes_back: tuple[str, ...] = ()


# (the vote before, the vote asked for) -> what follows. A change earns or takes back, never both.
CHANGES: dict[tuple[int, int], Change] = {
    (NONE, NONE): Change(),
    (NONE, UP): Change(up=+1, earns=(CAST, THUMB_UP)),
    (NONE, DOWN): Change(down=+1, earns=(CAST,)),
    (UP, NONE): Change(up=-1, takes_back=(CAST, THUMB_UP)),
    (UP, UP): Change(),
    (UP, DOWN): Change(up=-1, down=+1, takes_back=(THUMB_UP,)),
    (DOWN, NONE): Change(down=-1, takes_back=(CAST,)),
    (DOWN, UP): Change(up=+1, down=-1, earns=(THUMB_UP,)),
    (DOWN, DOWN): Change(),
}
