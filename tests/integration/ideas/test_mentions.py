"""Mentions: shown by the member's own name, told once, and never to or of who cannot see it."""

import pytest
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.notifications.models import Notification
from tests.factories import make_challenge, make_idea, make_member, make_moderator, make_organisation
from tests.support.client import Client


def told() -> list[tuple[int, int | None]]:
    """Return who was told of a mention, and in which comment."""
    rows = db.session.execute(
        select(Notification.member_id, Notification.comment_id)
        .where(Notification.kind == "mention")
        .order_by(Notification.id)
    )
    return [tuple(row) for row in rows]


def picked(member: Member, words: str = "Ana Silva") -> str:
    """Return a mention as the picker writes it."""
    return f"@[{words}](member:{member.id})"


def html_of(client: Client, body: str, *, needs_approval: bool = False) -> str:
    """Publish an idea with the text in a challenge for everyone, and return how it is shown."""
    challenge = make_challenge("open", needs_approval=needs_approval)
    form = client.get(f"/challenges/{challenge.id}/ideas/new").form()
    form.submit(title="A list", body=body, action="publish")
    return db.session.scalars(select(Idea.body_html).order_by(Idea.id.desc()).limit(1)).one()


@pytest.mark.parametrize(
    "text",
    ["Ask {picked} please", "Ask @Ana Silva please", "Ask @Ana Silva.", "{picked} and @Ana Silva, too"],
)
def test_a_mention_shows_the_members_own_name_and_tells_them_once(client: Client, text: str) -> None:
    ana, writer = make_member(name="Ana Silva"), make_member()
    client.sign_in(writer)
    html = html_of(client, text.format(picked=picked(ana, "The <b>Boss")))
    assert "<strong>@Ana Silva</strong>" in html
    assert "Boss" not in html
    idea = db.session.scalars(select(Idea)).one()
    assert told() == [(ana.id, None)]
    client.get(f"/ideas/{idea.id}/edit").form().submit(title="Another title")
    client.get(f"/ideas/{idea.id}/edit").form().submit(body=f"{idea.body_source} again")
    assert told() == [(ana.id, None)]
    assert f"{writer.name} mentioned you in “Another title”" in client.sign_in(ana).get("/notifications").text


def test_a_name_of_two_members_or_of_nobody_stays_as_it_was_typed(client: Client) -> None:
    make_member(name="Ana Silva"), make_member(name="Ana Silva")
    html = html_of(client.sign_in(make_member()), "Ask @Ana Silva or @Nobody Here or me@nhs.example")
    assert html == "<p>Ask @Ana Silva or @Nobody Here or me@nhs.example</p>\n"
    assert told() == []


def test_who_cannot_see_the_challenge_or_has_left_is_plain_text_and_not_told(client: Client) -> None:
    here = make_organisation()
    outside = make_member(name="Otto Outside")
    former = make_member(here, name="Fay Former", shown_as_former=True, is_active=False)
    challenge = make_challenge("open", organisations=[here])
    idea = make_idea(challenge)
    client.sign_in(make_member(here))
    body = (
        f"{picked(outside, 'somebody')}, @Otto Outside, {picked(former, 'somebody')} and @[x](member:999999)"
    )
    client.post(f"/ideas/{idea.id}/comments", {"body": body})
    page = client.get(f"/ideas/{idea.id}", status=301).follow()
    assert "@somebody, @Otto Outside, @somebody and @x" in page.text
    assert "Fay Former" not in page.text
    assert told() == []


def test_a_comment_tells_whom_it_mentions_but_not_twice_whom_it_answers(client: Client) -> None:
    author, ana, writer = make_member(name="Al Author"), make_member(name="Ana Silva"), make_member()
    idea = make_idea(make_challenge("open"), author)
    client.sign_in(writer)
    body = f"{picked(ana)} {picked(author)} {picked(writer)}"
    client.post(f"/ideas/{idea.id}/comments", {"body": body})
    (comment_id,) = {comment for _, comment in told()}
    assert told() == [(ana.id, comment_id)]
    client.post(f"/comments/{comment_id}/edit", {"body": f"{body} now"})
    assert told() == [(ana.id, comment_id)]


def test_a_draft_tells_nobody_until_others_see_it(client: Client) -> None:
    ana, author = make_member(name="Ana Silva"), make_member()
    challenge = make_challenge("open", needs_approval=True)
    form = client.sign_in(author).get(f"/challenges/{challenge.id}/ideas/new").form()
    form.submit(title="A list", body=f"With {picked(ana)}", action="draft")
    idea = db.session.scalars(select(Idea)).one()
    client.post(f"/ideas/{idea.id}/publish")
    assert told() == []
    client.sign_in(make_moderator()).post(f"/ideas/{idea.id}/approve")
    assert told() == [(ana.id, None)]
    # Not the moderator's words, whoever approved them.
    by = db.session.scalars(select(Notification.by_id).where(Notification.kind == "mention"))
    assert by.one() == idea.author_id


def test_a_name_within_a_pictures_words_or_code_is_no_markup(client: Client) -> None:
    ana = make_member(name='Ana "><img src=x onerror=alert(1)> Silva')
    picture = f"/files/1/{'0' * 32}"
    html = html_of(
        client.sign_in(make_member()), f"![x {picked(ana)} y]({picture}#10x10) `{picked(ana)}` \ue0001\ue001"
    )
    assert "<img src=x" not in html
    assert '"><' not in html.replace('loading="lazy" width="10" height="10"><', "")
    assert "\ue000" not in html


def test_a_mark_that_somebody_wrote_as_an_entity_names_nobody(client: Client) -> None:
    other = make_member(name="Ana Silva")
    client.sign_in(make_member())
    html = html_of(client, f"Ask &#xe000;{other.id}&#xe001; and &#xe000;{'9' * 5000}&#xe001; please")
    assert other.name not in html
    assert told() == []
