"""Comments, alone or in threads."""

from typing import Any

from talking_together.accounts.models import Member
from talking_together.comments.models import Comment
from talking_together.comments.paths import depth_of, path_of
from talking_together.core import clock, rich_text
from talking_together.ideas.models import Idea
from tests.factories.ideas import make_idea
from tests.factories.members import make_member
from tests.factories.rows import next_number, saved


def make_comment(
    idea: Idea | None = None, author: Member | None = None, *, parent: Comment | None = None, **values: Any
) -> Comment:
    """Return a comment under an idea, or a reply when a parent is given."""
    idea = idea or make_idea()
    if "author_id" not in values:
        values["author_id"] = (author or make_member()).id
    body = values.pop("body_source", "We tried this on our ward and it **works**.")
    comment = Comment(
        **{
            "idea_id": idea.id,
            "parent_id": parent.id if parent else None,
            "depth": depth_of(parent.path if parent else None),
            # Unique until the id is known, which the real path is made of.
            "path": f"new {next_number()}",
            "body_source": body,
            "body_html": rich_text.render(body),
            "created_at": clock.now(),
            **values,
        }
    )
    saved(comment)
    comment.path = path_of(comment.id, parent.path if parent else None)
    if comment.deleted_at is None:
        idea.comments_count = idea.comments_count + 1
    return saved(comment)
