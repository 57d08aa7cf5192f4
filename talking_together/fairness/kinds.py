"""The signs of gaming there are."""

KINDS = ("ring", "burst of votes", "one target", "own duplicates", "burst of joins")
