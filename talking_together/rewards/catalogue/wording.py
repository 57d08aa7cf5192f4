"""What kinds and stages of rewards are called, and what gifts are given for."""

from talking_together.milestones.kinds import TABLE

KIND_WORDS = {"redeem": "Voucher", "draw": "Prize draw", "team": "Team prize", "gift": "Gift"}
STAGE_WORDS = {
    "draft": "Draft",
    "upcoming": "Coming",
    "open": "Open",
    "gone": "All given",
    "ended": "Ended",
    "closed": "Closed",
}
GIVEN_FOR_WORDS = {
    "joined": "For joining",
    **{kind.name: f"For the milestone “{kind.title}”" for kind in TABLE},
}
