"""Every page of every role and every state of one, looked at by axe and by its layout.

The site is filled with the demo. Who may see a page follows its links, so that a new page is
looked at by being there; what no link leads to stands in the lists below.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.core.access import public
from talking_together.devtools.loading import load
from talking_together.extensions import db, limiter
from talking_together.ideas.models import Idea
from talking_together.invitations.links import token_of
from talking_together.invitations.models import Invitation, Phase
from talking_together.mail.models import SuppressedAddress
from talking_together.results.models import ChallengeResults
from tests.factories import make_challenge, make_member, make_organisation
from tests.factories.invitations import make_phase
from tests.factories.rows import saved
from tests.support.accessibility import HEIGHT, TABLET, check_fits
from tests.support.browsing import served_site
from tests.support.inspector import ELSEWHERE, NOT_PAGES, Inspector

PARTS = ("/admin", "/moderation")
UNSEEN = "No link leads there, and no test looks at it"
SIGNED_OUT = (
    "/sign-in", "/join", "/privacy", "/accessibility", "/help", "/password-reset", "/password-reset/gone",
)  # fmt: skip
FORMS = {
    "staff": (
        "/me/profile?name=",
        "/me/password",
        "/me/photo",
        "/files/pictures",
        "/welcome",
        "/challenges/{open}/ideas/new",
        "/comments/{comment}/reply",
    ),
    "admin": (
        "/admin/organisations/new",
        "/admin/groups/new",
        "/admin/invitations/lists/new",
        "/admin/invitations/phases/new",
        "/admin/invitations/phases/{sending phase}/stop",
        "/admin/invitations/suppressed/new",
        "/moderation/challenges/new",
        "/moderation/challenges/{open}",
    ),
    None: ("/sign-in", "/password-reset", "/invitations/{sent}", "/invitations/{sent}/decline"),
}
EMPTY = (
    "/",
    "/challenges",
    "/challenges?show=archived",
    "/me/ideas",
    "/points",
    "/search",
    "/search?q=hydrotherapy",
    "/leaderboard",
    "/notifications",
    "/me/following",
    "/moderation",
    "/admin",
    "/admin/invitations",
    "/admin/invitations/suppressed",
    "/admin/groups",
    "/admin/members?q=nobody",
    "/admin/invitations/phases/new",
    "/development/mailbox",
)
# Bytes as they are sent, compressed.
_FIRST_VISIT, _LATER_VISIT = 100_000, 20_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield a served site that holds the demo, and a draft of what it has none of."""
    with served_site(tmp_path_factory.mktemp("instance-demo")) as served, served.site.app_context():
        list(load("small"))
        make_phase()
        saved(
            SuppressedAddress(
                address="gone@aldersholme.example", because="bounced", suppressed_at=clock.now()
            )
        )
        yield served.site


@pytest.fixture
def places(demo: Flask) -> dict[str, Any]:
    """Return the ids and tokens that addresses are made of, without holding the database."""
    found = _places()
    db.session.rollback()
    return found


@pytest.fixture
def inspect(demo: Flask, browser: Browser) -> Iterator[Callable[[str | None], Inspector]]:
    """Yield a function that makes an inspector for one of the demo's people, or for nobody."""
    made: list[Inspector] = []
    limiter.reset()

    def inspect(role: str | None) -> Inspector:
        made.append(Inspector(browser, demo, _person(role) if role else None))
        db.session.rollback()
        return made[-1]

    yield inspect
    for inspector in made:
        inspector.finish()


def _person(role: str) -> Member:
    return db.session.scalars(select(Member).where(Member.email == f"{role}@demo.example")).one()


def _places() -> dict[str, Any]:
    staff = _person("staff")
    now = clock.now()
    for_all = Challenge.audience == "everyone"
    taking_ideas = select(Challenge.id).where(
        for_all, Challenge.is_published, Challenge.opens_at < now, Challenge.closes_at > now
    )
    public = Idea.status.not_in(("draft", "withdrawn", "hidden"))
    of_others = select(func.max(Comment.id)).where(
        Comment.deleted_at.is_(None),
        Comment.author_id != staff.id,
        Comment.idea_id.in_(select(Idea.id).where(Idea.challenge_id.in_(taking_ideas), public)),
    )
    one_of_each_status = (
        select(func.min(Idea.id)).join(Challenge).where(for_all, public).group_by(Idea.status)
    )
    return {
        "open": db.session.scalar(taking_ideas),
        "comment": db.session.scalar(of_others),
        "edited": db.session.scalar(
            select(Comment.id).where(
                Comment.edited_at.is_not(None),
                Comment.deleted_at.is_(None),
                Comment.idea_id.in_(select(Idea.id).join(Challenge).where(for_all, public)),
            )
        ),
        "own comment": db.session.scalar(
            select(Comment.id).where(
                Comment.author_id == staff.id,
                Comment.deleted_at.is_(None),
                Comment.idea_id.in_(select(Idea.id).where(Idea.challenge_id.in_(taking_ideas), public)),
            )
        ),
        "challenges": list(db.session.scalars(select(Challenge.id).where(for_all, Challenge.is_published))),
        "all challenges": list(db.session.scalars(select(Challenge.id))),
        "ideas": list(db.session.scalars(one_of_each_status)),
        "own ideas": list(db.session.scalars(select(Idea.id).where(Idea.author_id == staff.id))),
        "own live idea": db.session.scalar(
            select(Idea.id).where(Idea.author_id == staff.id, public, Idea.challenge_id.in_(taking_ideas))
        ),
        "merged": db.session.scalar(
            select(Idea.id).where(Idea.merged_into_id.is_not(None), Idea.challenge_id.in_(taking_ideas))
        ),
        "reported": db.session.scalar(select(ChallengeResults.challenge_id)),
        "sending phase": db.session.scalar(select(Phase.id).where(Phase.state == "sending")),
        **{each.state: token_of(each.id, each.nonce) for each in db.session.scalars(select(Invitation))},
    }


def test_faults_are_found(inspect: Callable[..., Inspector]) -> None:
    inspector = inspect(None)
    inspector.page.goto("/help")
    inspector.page.evaluate(
        "document.querySelector('h1').innerHTML = '<img src=\"/favicon.ico\" width=2000>'"
    )
    inspector.look()
    found = "\n".join(inspector.faults)
    inspector.faults.clear()
    assert "image-alt" in found
    assert "wider than its window" in found


def test_pages_of_nobody_signed_in(inspect: Callable[..., Inspector], places: dict[str, Any]) -> None:
    inspector = inspect(None)
    for path in SIGNED_OUT:
        inspector.open(path, status=410 if path.endswith("gone") else 200)
    for state in ("sent", "joined", "revoked"):
        inspector.open(f"/invitations/{places[state]}")
        inspector.open(f"/invitations/{places[state]}/decline")
    inspector.open("/invitations/sample")
    inspector.open("/invitations/no-such-token", status=404)
    for path in FORMS[None]:
        inspector.submit_empty(path.format(**places))


def test_pages_of_staff(inspect: Callable[..., Inspector], places: dict[str, Any]) -> None:
    inspector = inspect("staff")
    for id in places["challenges"]:
        inspector.open(f"/challenges/{id}")
    for id in places["ideas"] + places["own ideas"]:
        inspector.open(f"/ideas/{id}")
    for path in ("/comments/{edited}/history", "/comments/{own comment}/edit", "/ideas/{own live idea}/edit"):
        inspector.open(path.format(**places))
    inspector.open(f"/ideas/{places['own live idea']}/history")
    inspector.open(f"/ideas/{places['merged']}/original")
    inspector.open(f"/challenges/{places['reported']}/results")
    inspector.open(f"/welcome?challenge={places['open']}")
    inspector.open(f"/invitations/{places['sent']}")
    assert "somebody else" in inspector.page.title()


def test_pages_that_links_lead_staff_to(inspect: Callable[..., Inspector], demo: Flask) -> None:
    seen = inspect("staff").follow_links("/", "/me/ideas", "/notifications")
    assert _pages_of(demo, "/") - _pages_of(demo, *PARTS) - seen - ELSEWHERE == set(), UNSEEN


def test_forms_of_staff_with_errors(inspect: Callable[..., Inspector], places: dict[str, Any]) -> None:
    inspector = inspect("staff")
    for path in FORMS["staff"]:
        inspector.submit_empty(path.format(**places))


def test_pages_of_moderators(inspect: Callable[..., Inspector], places: dict[str, Any], demo: Flask) -> None:
    inspector = inspect("moderator")
    for id in places["all challenges"]:
        inspector.open(f"/moderation/challenges/{id}")
    inspector.open(f"/ideas/{places['ideas'][0]}")
    draft = make_challenge("draft")
    inspector.open(f"/moderation/challenges/{draft.id}")
    inspector.open(f"/moderation/challenges/{draft.id}/preview")
    seen = inspector.follow_links("/moderation", part="/moderation")
    assert _pages_of(demo, "/moderation") - seen - ELSEWHERE == set(), UNSEEN


def test_pages_of_admins(inspect: Callable[..., Inspector], demo: Flask) -> None:
    inspector = inspect("admin")
    inspector.page.set_viewport_size({"width": TABLET, "height": HEIGHT})
    inspector.page.goto("/admin/invitations")
    check_fits(inspector.page)
    phases = dict(db.session.execute(select(Phase.state, Phase.id)).all())
    db.session.rollback()
    for id in phases.values():
        inspector.open(f"/admin/invitations/phases/{id}")
    stop = f"/admin/invitations/phases/{phases['sending']}/stop"
    seen = inspector.follow_links("/admin", "/admin/invitations", stop, part="/admin")
    assert _pages_of(demo, "/admin") - seen - ELSEWHERE == set(), UNSEEN


def test_the_mailbox_of_the_demo(inspect: Callable[..., Inspector]) -> None:
    inspect(None).follow_links("/development/mailbox", part="/development")


def _pages_of(site: Flask, *parts: str) -> set[str]:
    """Return the endpoints of the pages below some paths."""
    rules = (rule for rule in site.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return {rule.endpoint for rule in rules if rule.rule.startswith(parts)} - NOT_PAGES


def test_forms_of_admins_with_errors(inspect: Callable[..., Inspector], places: dict[str, Any]) -> None:
    inspector = inspect("admin")
    for path in FORMS["admin"]:
        inspector.submit_empty(path.format(**places))


def test_error_pages(inspect: Callable[..., Inspector], demo: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    inspector = inspect("staff")
    inspector.open("/no-such-page", status=404)
    inspector.open("/admin", status=403)
    inspector.open("/sign-out", status=405)
    _fail(demo, monkeypatch, RuntimeError("broken"))
    inspector.open("/help", status=500)
    _fail(demo, monkeypatch, OperationalError("", {}, Exception("away")))
    inspector.open("/help", status=503)


def _fail(site: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    @public
    def view() -> None:
        raise error

    monkeypatch.setitem(site.view_functions, "home.help_page", view)


def test_a_form_that_was_open_for_too_long(inspect: Callable[..., Inspector], places: dict[str, Any]) -> None:
    inspector = inspect("staff")
    page = inspector.page
    _write_an_idea(page, places["open"])
    page.evaluate("document.querySelector('main form [name=csrf_token]').value = 'of yesterday'")
    page.get_by_role("button", name="Publish idea").click()
    page.get_by_text("open for too long").wait_for()
    inspector.look()
    assert "Whiteboards by the door" in page.content()


def test_a_form_sent_after_signing_out(inspect: Callable[..., Inspector], places: dict[str, Any]) -> None:
    inspector = inspect("staff")
    page = inspector.page
    _write_an_idea(page, places["open"])
    page.context.clear_cookies()
    page.get_by_role("button", name="Publish idea").click()
    page.get_by_text("You have been signed out").wait_for()
    inspector.look()
    assert "Whiteboards by the door" in page.content()


def _write_an_idea(page: Page, challenge_id: int) -> None:
    page.goto(f"/challenges/{challenge_id}/ideas/new")
    page.get_by_label("Title").fill("Whiteboards by the door")
    page.get_by_label("Your idea").fill("So that everybody can see who goes home today.")


def test_a_vote_on_ones_own_idea_is_refused_on_a_page(
    inspect: Callable[..., Inspector], places: dict[str, Any]
) -> None:
    inspector = inspect("staff")
    inspector.page.goto("/help")
    with inspector.page.expect_navigation() as navigation:
        inspector.page.evaluate(
            "(path) => { const form = document.querySelector('form[data-sign-out]').cloneNode(true);"
            "form.action = path; const value = document.createElement('input'); value.name = 'value';"
            "value.value = '1'; form.append(value); document.body.append(form); form.submit() }",
            f"/ideas/{places['own live idea']}/vote",
        )
    assert navigation.value.status in (403, 409), navigation.value.status
    inspector.look()


def test_pages_with_nothing_on_them(server: Flask, browser: Browser) -> None:
    organisation = make_organisation()
    inspector = Inspector(browser, server, make_member(organisation, role="admin"))
    for path in EMPTY:
        inspector.open(path)
    inspector.finish()


def test_dark_by_choice_and_by_the_system_are_the_same_and_paper_is_light(
    inspect: Callable[..., Inspector],
) -> None:
    page = inspect(None).page
    page.goto("/sign-in")
    page.emulate_media(color_scheme="dark")
    by_system = _tokens(page)
    page.emulate_media(color_scheme="light")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert _tokens(page) == by_system
    page.emulate_media(media="print")
    on_paper = _tokens(page)
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert _tokens(page) == on_paper, "Dark themes are printed in their own colours"
    page.emulate_media(media="screen")
    assert _tokens(page) != by_system


def _tokens(page: Page) -> dict[str, str]:
    """Return the values of the stylesheet's custom properties as they apply."""
    return page.evaluate(
        """() => {
          const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
          const names = new Set(rules.map((rule) => rule.cssText).join().match(/--[a-z0-9-]+(?=:)/g))
          const style = getComputedStyle(document.documentElement)
          return Object.fromEntries([...names].sort().map((name) => [name, style.getPropertyValue(name)]))
        }"""
    )


@pytest.mark.parametrize("role", ["staff", None])
def test_a_visit_is_light(
    inspect: Callable[..., Inspector], places: dict[str, Any], role: str | None
) -> None:
    page = inspect(role).page
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    paths = ("/", f"/challenges/{places['open']}") if role else ("/sign-in", "/help")
    for path, limit in zip(paths, (_FIRST_VISIT, _LATER_VISIT), strict=True):
        received.clear()
        page.goto(path, wait_until="networkidle")
        assert 0 < sum(received) < limit, f"{path} took {sum(received):,.0f} bytes"
