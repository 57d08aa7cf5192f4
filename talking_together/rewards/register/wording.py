"""What the states of a gift are called in the register."""

STATE_WORDS = {"good": "Given", "used": "Used", "expired": "Expired", "cancelled": "Cancelled"}
