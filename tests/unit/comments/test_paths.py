"""Where comments stand in a thread."""

from talking_together.comments.models import Comment
from talking_together.comments.paths import depth_of, path_of


def test_paths_sort_in_reading_order_whatever_the_ids_lengths() -> None:
    first = path_of(9, None)
    reply = path_of(100, first)
    deep = path_of(2_000, reply)
    deeper = path_of(30_000, deep)
    second = path_of(10, None)
    in_order = [first, reply, deep, deeper, second]
    assert sorted([second, deeper, deep, reply, first]) == in_order


def test_replies_below_the_third_level_stand_beside_each_other() -> None:
    first = path_of(1, None)
    reply = path_of(2, first)
    deep = path_of(3, reply)
    assert [depth_of(path) for path in (None, first, reply, deep)] == [0, 1, 2, 2]
    assert path_of(4, deep).rpartition("/")[0] == reply


def test_the_longest_path_fits_its_column() -> None:
    largest = 2**63 - 1
    path = path_of(largest, path_of(largest, path_of(largest, None)))
    assert len(path) <= Comment.path.type.length
