"""An NHS number holds a text back for its author to correct, and nothing typed is lost."""

from sqlalchemy import func, select

from talking_together.comments.models import Comment
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from tests.factories import make_challenge, make_idea, make_member
from tests.support.client import Client

NUMBER = "999 054 8609"


def test_an_idea_with_a_number_is_held_back_with_its_text(client: Client) -> None:
    challenge = make_challenge()
    client.sign_in(make_member())
    form = client.get(f"/challenges/{challenge.id}/ideas/new").form(f"/challenges/{challenge.id}/ideas/new")
    for field in ("title", "body"):
        words = {"title": "A list", "body": "One list", field: f"Seen with {NUMBER}"}
        page = form.submit(status=400, action="publish", **words)
        assert "NHS number" in page.query(f"[id='{field}-error']")[0].text
        assert NUMBER in page.html
    assert db.session.scalar(select(func.count()).select_from(Idea)) == 0


def test_a_draft_may_hold_it_until_it_is_published(client: Client) -> None:
    challenge = make_challenge()
    client.sign_in(make_member())
    path = f"/challenges/{challenge.id}/ideas/new"
    client.get(path).form(path).submit(action="draft", title="A list", body=NUMBER)
    idea = db.session.scalars(select(Idea)).one()
    client.post(f"/ideas/{idea.id}/publish", status=400)
    assert db.session.get(Idea, idea.id).status == "draft"


def test_a_comment_with_a_number_is_held_back_with_its_text(client: Client) -> None:
    idea = make_idea()
    client.sign_in(make_member())
    path = f"/ideas/{idea.id}/comments"
    page = client.post(path, {"body": f"As for {NUMBER}"}, status=400)
    assert "NHS number" in page.query("[id='body-error']")[0].text
    assert NUMBER in page.html
    assert "NHS number" in client.post(path, {"body": NUMBER}, status=400, htmx=True).html
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 0
