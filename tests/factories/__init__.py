"""Plain functions that write rows with sensible defaults and commit them."""

from tests.factories.challenges import make_challenge
from tests.factories.comments import make_comment
from tests.factories.ideas import make_idea
from tests.factories.members import (
    PASSWORD,
    make_admin,
    make_member,
    make_moderator,
    viewer_of,
)
from tests.factories.organisations import make_group, make_organisation
from tests.factories.votes import make_vote

__all__ = [
    "PASSWORD",
    "make_admin",
    "make_challenge",
    "make_comment",
    "make_group",
    "make_idea",
    "make_member",
    "make_moderator",
    "make_organisation",
    "make_vote",
    "viewer_of",
]
