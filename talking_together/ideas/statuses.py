"""Where an idea can stand, and the one table of changes between them."""

STATUSES = (
    "draft",
    "waiting for approval",
    "new",
    "under review",
    "shortlisted",
    "planned",
    "in progress",
    "done",
    "not now",
    "merged",
    "withdrawn",
    "hidden",
)

# What the audience sees in lists.
LISTED = frozenset({"new", "under review", "shortlisted", "planned", "in progress", "done", "not now"})

NEEDS_RESPONSE = frozenset({"planned", "in progress", "done", "not now"})

# What is said with a change to one of these is between the author and moderators: why it was sent back
# before others saw it, and why it was hidden.
SAID_TO_AUTHORS = frozenset({"draft", "hidden"})

_DECIDED = ("under review", "shortlisted", "planned", "in progress", "done", "not now")

# (from, to) -> who may: "author", "moderator", "approver", a moderator who looks at an idea before
# others see it (`ideas.approval`), or "merger", a moderator who puts two ideas together or apart
# (`merging`). A change that is not here is not allowed.
CHANGES: dict[tuple[str, str], str] = {
    ("draft", "new"): "author",
    ("draft", "waiting for approval"): "author",
    ("waiting for approval", "draft"): "author, approver",
    ("waiting for approval", "new"): "approver",
    ("new", "withdrawn"): "author",
    ("under review", "withdrawn"): "author",
    ("shortlisted", "withdrawn"): "author",
    ("withdrawn", "new"): "author",
    **{("new", to): "moderator" for to in _DECIDED},
    **{(start, to): "moderator" for start in _DECIDED for to in _DECIDED if start != to},
    # The status stays, and another response is given.
    **{(status, status): "moderator" for status in _DECIDED if status in NEEDS_RESPONSE},
    **{(start, "hidden"): "moderator" for start in ("new", *_DECIDED)},
    ("hidden", "new"): "moderator",
    **{(start, "merged"): "merger" for start in ("new", *_DECIDED)},
    **{("merged", to): "merger" for to in ("new", *_DECIDED)},
}


def allows(status: str, to: str, who: str) -> bool:
    """Return whether `who` ("author", "moderator", "approver" or "merger") may make this change."""
    return who in CHANGES.get((status, to), "").split(", ")


def allowed_from(status: str, who: str) -> list[str]:
    """Return the statuses that `who` may change the status to."""
    return [to for (start, to) in CHANGES if start == status and allows(start, to, who)]
