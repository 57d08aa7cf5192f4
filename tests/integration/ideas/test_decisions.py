"""What moderators decide on ideas, and who is told."""

import pytest
from sqlalchemy import func, select

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas import recounts
from talking_together.ideas.decisions import SETTLE, change_status
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.ideas.policies import ChangeNotAllowed
from talking_together.ideas.statuses import CHANGES, STATUSES
from talking_together.notifications.models import Notification
from talking_together.points.models import PointEntry
from talking_together.telling.facts import tell_settled
from tests.factories import make_challenge, make_idea, make_member, make_moderator, viewer_of
from tests.support.client import Client

MODERATED = [status for status in STATUSES if status not in ("draft", "merged")]


def earned(member_id: int) -> int:
    """Return the sum of a member's entries."""
    total = select(func.coalesce(func.sum(PointEntry.points), 0)).where(PointEntry.member_id == member_id)
    return int(db.session.execute(total).scalar_one())


@pytest.mark.parametrize("start", MODERATED)
@pytest.mark.parametrize("to", STATUSES)
def test_the_table_of_changes_is_what_moderators_can_do(app: object, start: str, to: str) -> None:
    moderator = viewer_of(make_moderator())
    idea = make_idea(make_challenge("open"), status=start)
    if CHANGES.get((start, to)) == "moderator":
        change_status(moderator, idea_id=idea.id, status=to, response="We looked into it.")
        assert db.session.scalars(select(Idea.status)).one() == to
    else:
        with pytest.raises(ChangeNotAllowed, match="It can become"):
            change_status(moderator, idea_id=idea.id, status=to, response="We looked into it.")
    assert list(recounts.drift()) == []


def test_a_decision_is_shown_told_audited_and_rewarded(client: Client) -> None:
    author, moderator = make_member(), make_moderator()
    idea = make_idea(make_challenge("in review"), author)
    client.sign_in(moderator).get(f"/ideas/{idea.id}", status=301).follow()
    answer = client.post(f"/ideas/{idea.id}/status", {"status": "shortlisted", "response": "We **like** it."})
    shown = answer.follow(statements=9)
    assert "Status changed to “shortlisted”" in shown.text
    assert "We like it." in shown.text
    assert moderator.name in shown.text
    assert earned(author.id) == 50
    assert not db.session.scalars(select(Notification)).all(), "it can still be undone unheard"
    with clock.held_at(clock.now() + SETTLE):
        tell_settled()
    told = db.session.scalars(select(Notification)).one()
    assert (told.member_id, told.kind) == (author.id, "status of your idea")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.actor_id, entry.details) == (moderator.id, {"from": "new", "to": "shortlisted"})
    client.post(f"/ideas/{idea.id}/status", {"status": "under review"})
    client.post(f"/ideas/{idea.id}/status", {"status": "shortlisted"})
    assert earned(author.id) == 50


@pytest.mark.parametrize("status", ["planned", "in progress", "done", "not now", "hidden"])
def test_some_decisions_need_words(client: Client, status: str) -> None:
    idea = make_idea(make_challenge("open"))
    client.sign_in(make_moderator())
    page = client.post(f"/ideas/{idea.id}/status", {"status": status}, status=400)
    assert page.query("#response-error, .nhsuk-error-message")
    assert db.session.scalars(select(IdeaDecision)).all() == []


def test_a_change_that_is_not_allowed_names_what_is(client: Client) -> None:
    idea = make_idea(make_challenge("open"), status="withdrawn")
    client.sign_in(make_moderator())
    page = client.post(f"/ideas/{idea.id}/status", {"status": "done", "response": "Kept words"}, status=409)
    assert "cannot become “done”" in page.text


def test_a_hidden_idea_is_for_its_author_and_moderators(client: Client) -> None:
    author, challenge = make_member(), make_challenge("open")
    idea = make_idea(challenge, author, title="Hide me")
    client.sign_in(make_moderator()).post(
        f"/ideas/{idea.id}/status", {"status": "hidden", "response": "It names a colleague."}
    )
    client.sign_in(make_member()).get(f"/ideas/{idea.id}-hide-me", status=404)
    page = client.sign_in(author).get(f"/ideas/{idea.id}-hide-me")
    assert "It names a colleague." in page.text
    client.sign_in(make_moderator()).post(f"/ideas/{idea.id}/status", {"status": "new"})
    page = client.sign_in(make_member()).get(f"/ideas/{idea.id}-hide-me")
    assert "It names a colleague." not in page.text
    assert list(recounts.drift()) == []


def test_staff_cannot_decide(client: Client) -> None:
    idea = make_idea(make_challenge("open"))
    client.sign_in(make_member()).post(f"/ideas/{idea.id}/status", {"status": "under review"}, status=403)
