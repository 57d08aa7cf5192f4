"""One who hides points sees none anywhere; they go on being counted. And the setting of the site."""

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.extensions import db
from tests.factories import make_admin, make_challenge, make_idea, make_member
from tests.support.client import Client


def test_one_who_hides_points_sees_none_anywhere_until_they_want_to(client: Client) -> None:
    me = make_member(on_leaderboard=True)
    challenge = make_challenge(title="Shorter waits")
    idea, other = (make_idea(challenge, title=title) for title in ("One calendar", "Two calendars"))
    own = make_idea(challenge, me, title="A shared list")
    client.sign_in(me)
    seen = client.get("/me/preferences")
    assert seen.query(".points")
    assert [item.text for item in seen.query(".bar li")][3:] == ["Points", "Me"]
    seen.form().submit(hides_points="y")
    paths = (
        "/",
        "/challenges",
        f"/challenges/{challenge.id}-shorter-waits",
        "/me",
        "/me/ideas",
        "/me/profile",
    )
    for path in (*paths, f"/ideas/{idea.id}-one-calendar", f"/ideas/{own.id}-a-shared-list"):
        page = client.get(path)
        # But for the way back.
        assert "point" not in page.text.replace("whether you see points", "").lower(), path
        assert "leaderboard" not in page.text.lower(), path
        assert not page.query("a[href='/points'], a[href='/leaderboard'], header nav a[href='/rewards']"), (
            path
        )
    assert [item.text for item in page.query(".bar li")][3:] == ["My ideas", "Me"]
    # Nor are they told what they earn by what they do.
    for answer in (
        client.post(f"/ideas/{idea.id}/vote", {"value": "1"}).follow(),
        client.post(f"/ideas/{other.id}/vote", {"value": "1"}, headers={"HX-Request": "true"}, status=200),
        client.post(
            f"/ideas/{idea.id}/comments",
            {"body": "We do this already."},
            headers={"HX-Request": "true"},
            status=200,
        ),
        client.post(f"/ideas/{own.id}/withdraw").follow(),
        client.post("/me/profile", {"name": "Ada", "job_title": "Nurse", "about": "I listen"}).follow(),
    ):
        assert "point" not in answer.html.replace("whether you see points", "").lower()
    member = db.session.get(Member, me.id, populate_existing=True)
    assert member.points == 1 + 1 + 5 + 10
    # They go on being counted, can be looked at once, and come back.
    page = client.get("/me/preferences")
    assert (
        client.get(page.query("main a[href='/points']")[0].get("href")).query(".figure dd")[0].text
        == "17 points"
    )
    page.form().submit(hides_points="")
    assert "17" in client.get("/").query(".header .points")[0].text


def test_an_admin_turns_leaderboards_off_and_on_once_each(client: Client) -> None:
    client.sign_in(make_admin())
    for on, words in (
        ("", "There are no leaderboards"),
        ("", "Nothing was changed"),
        ("y", "Leaderboards are shown"),
    ):
        page = (
            client.get("/admin/points/settings")
            .form()
            .submit(leaderboards_on=on, reason="Asked for")
            .follow()
        )
        assert words in page.text
    refused = page.form().submit(leaderboards_on="", reason="x" * 201, status=400)
    assert "200 characters" in refused.text
    assert client.get("/leaderboard").heading == "Leaderboard"
    logged = db.session.query(AuditEntry.action, AuditEntry.reason).order_by(AuditEntry.id).all()
    assert [tuple(row) for row in logged] == [
        ("leaderboards turned off", "Asked for"),
        ("leaderboards turned on", "Asked for"),
    ]
