"""The defaults of the rules against the table of the product."""

from talking_together.points.rules import DEFAULT_RULES

TABLE = {
    "joined": (50, None),
    "profile completed": (10, None),
    "idea published": (20, 3),
    "comment published": (5, 5),
    "vote cast": (1, 20),
    "thumb up on idea": (2, 25),
    "thumb up on comment": (1, 25),
    "comment thanked": (5, 5),
    "idea shortlisted": (50, None),
    "idea done": (100, None),
}


def test_defaults_are_those_of_the_product() -> None:
    assert {rule.event: (rule.points, rule.daily_cap) for rule in DEFAULT_RULES} == TABLE
