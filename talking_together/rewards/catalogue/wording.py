"""What kinds and stages of rewards are called."""

KIND_WORDS = {"redeem": "Voucher", "draw": "Prize draw", "team": "Team prize", "gift": "Gift"}
STAGE_WORDS = {
    "draft": "Draft",
    "upcoming": "Coming",
    "open": "Open",
    "gone": "All given",
    "ended": "Ended",
    "closed": "Closed",
}
