"""Where a comment stands in its thread, as text that sorts in reading order."""

DEEPEST = 2
WIDTH = 19


def path_of(comment_id: int, parent_path: str | None) -> str:
    """Return the path: the ids of its line, at most three; deeper replies stand beside each other."""
    line = parent_path.split("/")[:DEEPEST] if parent_path else []
    return "/".join([*line, f"{comment_id:0{WIDTH}d}"])


def depth_of(parent_path: str | None) -> int:
    """Return how far in a reply to the comment with this path stands."""
    return min(parent_path.count("/") + 1, DEEPEST) if parent_path else 0
