"""Who may ask for what: every route and method, and what it answers.

`least` is the least role that a route is for. To anyone below it, the answer is the sign-in page
(nobody signed in, or a member who was deactivated) or 403. `answer` is what those it is for get,
for the rows of `world.py` and an empty form; `but` names a role that gets another answer, for a
reason of the thing itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ANYONE, STAFF, MODERATOR, ADMIN = "anyone", "staff", "moderator", "admin"
# Staff who wrote the idea or comment; where another answer is given to them, `but` says so.
AUTHOR = "author"


@dataclass(frozen=True)
class Row:
    """What one method of one route answers."""

    method: str
    rule: str
    least: str
    answer: int
    but: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


MATRIX = (
    Row("GET", "/", STAFF, 200),
    Row("GET", "/accessibility", ANYONE, 200),
    Row("GET", "/admin", ADMIN, 200),
    Row("GET", "/admin/audit", ADMIN, 200),
    Row("GET", "/admin/groups", ADMIN, 200),
    Row("GET", "/admin/groups/<int:group_id>", ADMIN, 200),
    Row("POST", "/admin/groups/<int:group_id>", ADMIN, 303),
    Row("GET", "/admin/groups/new", ADMIN, 200),
    Row("POST", "/admin/groups/new", ADMIN, 400),
    Row("GET", "/admin/invitations", ADMIN, 200),
    Row("POST", "/admin/invitations/<int:invitation_id>/revoke", ADMIN, 409),
    Row("POST", "/admin/invitations/<int:invitation_id>/send-again", ADMIN, 409),
    Row("GET", "/admin/invitations/lists/<int:list_id>", ADMIN, 200),
    Row("GET", "/admin/invitations/lists/new", ADMIN, 200),
    Row("POST", "/admin/invitations/lists/new", ADMIN, 400),
    Row("GET", "/admin/invitations/phases/<int:phase_id>", ADMIN, 200),
    Row("GET", "/admin/invitations/phases/<int:phase_id>/edit", ADMIN, 200),
    Row("POST", "/admin/invitations/phases/<int:phase_id>/edit", ADMIN, 400),
    Row("GET", "/admin/invitations/phases/<int:phase_id>/progress", ADMIN, 200),
    Row("POST", "/admin/invitations/phases/<int:phase_id>/start", ADMIN, 400),
    Row("POST", "/admin/invitations/phases/<int:phase_id>/test", ADMIN, 303),
    Row("GET", "/admin/invitations/phases/new", ADMIN, 200),
    Row("POST", "/admin/invitations/phases/new", ADMIN, 400),
    Row("GET", "/admin/invitations/suppressed", ADMIN, 200),
    Row("GET", "/admin/invitations/suppressed/<int:suppressed_id>", ADMIN, 200),
    Row("POST", "/admin/invitations/suppressed/<int:suppressed_id>", ADMIN, 400),
    Row("GET", "/admin/invitations/suppressed/new", ADMIN, 200),
    Row("POST", "/admin/invitations/suppressed/new", ADMIN, 400),
    Row("GET", "/admin/members", ADMIN, 200),
    Row("GET", "/admin/members/<int:member_id>", ADMIN, 200),
    Row("POST", "/admin/members/<int:member_id>/by-name", ADMIN, 400),
    Row("POST", "/admin/members/<int:member_id>/deactivate", ADMIN, 400),
    Row("POST", "/admin/members/<int:member_id>/former-colleague", ADMIN, 400),
    Row("POST", "/admin/members/<int:member_id>/photo/remove", ADMIN, 400),
    Row("POST", "/admin/members/<int:member_id>/place", ADMIN, 400),
    Row("POST", "/admin/members/<int:member_id>/reactivate", ADMIN, 400),
    Row("POST", "/admin/members/<int:member_id>/role", ADMIN, 400),
    Row("GET", "/admin/organisations", ADMIN, 200),
    Row("GET", "/admin/organisations/<int:organisation_id>", ADMIN, 200),
    Row("POST", "/admin/organisations/<int:organisation_id>", ADMIN, 400),
    Row("GET", "/admin/organisations/new", ADMIN, 200),
    Row("POST", "/admin/organisations/new", ADMIN, 400),
    Row("GET", "/challenges", STAFF, 200),
    Row("GET", "/challenges/<int:challenge_id>/ideas/new", STAFF, 200),
    Row("POST", "/challenges/<int:challenge_id>/ideas/new", STAFF, 400),
    Row("GET", "/challenges/<slugged:ref>", STAFF, 200),
    Row("GET", "/comments/<int:comment_id>", STAFF, 302),
    Row("POST", "/comments/<int:comment_id>/delete", STAFF, 403, {AUTHOR: 303}),
    Row("GET", "/comments/<int:comment_id>/edit", STAFF, 403, {AUTHOR: 200}),
    Row("POST", "/comments/<int:comment_id>/edit", STAFF, 403, {AUTHOR: 303}),
    Row("GET", "/comments/<int:comment_id>/history", STAFF, 200),
    Row("GET", "/comments/<int:comment_id>/reply", STAFF, 200),
    Row("POST", "/comments/<int:comment_id>/restore", STAFF, 403, {AUTHOR: 409}),
    Row("POST", "/comments/<int:comment_id>/vote", STAFF, 400),
    Row("GET", "/healthz", ANYONE, 200),
    Row("GET", "/help", ANYONE, 200),
    Row("POST", "/ideas/<int:idea_id>/comments", STAFF, 400),
    Row("POST", "/ideas/<int:idea_id>/discard", STAFF, 403, {AUTHOR: 409}),
    Row("GET", "/ideas/<int:idea_id>/edit", STAFF, 403, {AUTHOR: 200}),
    Row("POST", "/ideas/<int:idea_id>/edit", STAFF, 403, {AUTHOR: 409}),
    Row("GET", "/ideas/<int:idea_id>/history", STAFF, 200),
    Row("POST", "/ideas/<int:idea_id>/publish", STAFF, 403, {AUTHOR: 409}),
    Row("POST", "/ideas/<int:idea_id>/restore", STAFF, 403, {AUTHOR: 409}),
    Row("POST", "/ideas/<int:idea_id>/status", MODERATOR, 400),
    Row("POST", "/ideas/<int:idea_id>/vote", STAFF, 400),
    Row("POST", "/ideas/<int:idea_id>/withdraw", STAFF, 403, {AUTHOR: 303}),
    Row("GET", "/ideas/<slugged:ref>", STAFF, 200),
    Row("GET", "/ideas/new", STAFF, 200),
    Row("GET", "/invitations/<token>", ANYONE, 404),
    Row("GET", "/invitations/<token>/decline", ANYONE, 404),
    Row("POST", "/invitations/<token>/decline", ANYONE, 404),
    Row("POST", "/invitations/<token>", ANYONE, 404),
    Row("POST", "/invitations/<token>/opened", ANYONE, 404, {STAFF: 204, MODERATOR: 204, ADMIN: 204}),
    Row("POST", "/invitations/<token>/renew", ANYONE, 400),
    Row("GET", "/join", ANYONE, 200),
    Row("POST", "/join", ANYONE, 400),
    Row("GET", "/leaderboard", STAFF, 200),
    Row("GET", "/me", STAFF, 200),
    Row("GET", "/me/ideas", STAFF, 200),
    Row("GET", "/me/password", STAFF, 200),
    Row("POST", "/me/password", STAFF, 400),
    Row("GET", "/me/photo", STAFF, 200),
    Row("POST", "/me/photo", STAFF, 400),
    Row("POST", "/me/photo/remove", STAFF, 303),
    Row("GET", "/me/preferences", STAFF, 200),
    Row("POST", "/me/preferences", STAFF, 303),
    Row("GET", "/me/profile", STAFF, 200),
    Row("POST", "/me/profile", STAFF, 303),
    Row("GET", "/me/sessions", STAFF, 200),
    Row("GET", "/me/still-here", STAFF, 204),
    Row("POST", "/me/sessions/<int:session_id>/end", STAFF, 404),
    Row("POST", "/me/sessions/end-others", STAFF, 303),
    Row("GET", "/members/<int:member_id>/photo/<file>", STAFF, 404),
    Row("GET", "/moderation", MODERATOR, 200),
    Row("GET", "/moderation/challenges/<int:challenge_id>", MODERATOR, 200),
    Row("POST", "/moderation/challenges/<int:challenge_id>", MODERATOR, 400),
    Row("POST", "/moderation/challenges/<int:challenge_id>/<act>", MODERATOR, 303),
    Row("GET", "/moderation/challenges/<int:challenge_id>/preview", MODERATOR, 302),
    Row("GET", "/moderation/challenges/new", MODERATOR, 200),
    Row("POST", "/moderation/challenges/new", MODERATOR, 400),
    Row("GET", "/notifications", STAFF, 200),
    Row("POST", "/notifications", STAFF, 400),
    Row("GET", "/organisations.css", STAFF, 200),
    Row("GET", "/password-reset", ANYONE, 200),
    Row("POST", "/password-reset", ANYONE, 400),
    Row("GET", "/password-reset/<token>", ANYONE, 410),
    Row("POST", "/password-reset/<token>", ANYONE, 410),
    Row("GET", "/points", STAFF, 200),
    Row("POST", "/preview", STAFF, 200),
    Row("GET", "/privacy", ANYONE, 200),
    Row("GET", "/readyz", ANYONE, 200),
    Row("GET", "/sign-in", ANYONE, 200, {STAFF: 302, MODERATOR: 302, ADMIN: 302}),
    Row("POST", "/sign-in", ANYONE, 400),
    Row("POST", "/sign-out", ANYONE, 303),
)
