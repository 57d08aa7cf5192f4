"""The way out of emails: by a person on a page, by a mail program's one press, never by opening a link."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.notifications.groups import AT_ONCE, DAILY, EMAIL_GROUPS, GROUPS, NEVER
from talking_together.notifications.kinds import EMAIL_KINDS
from talking_together.notifications.models import NotificationKindPreference, NotificationPreference
from talking_together.notifications.queries import emails_chosen
from talking_together.notifications.services import choose_emails
from talking_together.telling.links import token_of, unsubscribe_headers, way_out_of, what_of
from tests.factories import make_member, make_moderator, viewer_of
from tests.support.client import Client, Page

NAMES = (*EMAIL_GROUPS, *EMAIL_KINDS)
KEPT = ("member_id", "group_name", "kind", "email", "stopped_from")
ONE_PRESS = {"List-Unsubscribe": "One-Click"}


def choose(member: Member, emails: dict[str, str], kinds: dict[str, str | None] | None = None) -> None:
    choose_emails(viewer_of(member), emails=emails, kinds=kinds)
    db.session.commit()


def rows() -> set[tuple[Any, ...]]:
    """Return every choice that is kept, whenever it was made."""
    db.session.rollback()
    about = NotificationPreference, NotificationKindPreference
    return {
        (type(row).__name__, *(getattr(row, name) for name in KEPT if hasattr(row, name)))
        for model in about
        for row in db.session.scalars(select(model))
    }


def press(page: Page, action: str, *, after: int = 2, **changes: str) -> Page:
    """Press the button of a form as somebody does who has read the page for some seconds."""
    with clock.held_at(clock.now() + timedelta(seconds=after)):
        answer = page.form(action).submit(**changes)
    return answer.follow()


def path_of(member: Member, what: str) -> str:
    return f"/notifications/stop/{token_of(member.id, what)}"


def off(member: Member) -> set[str]:
    db.session.rollback()
    return {name for name, email in emails_chosen(member.id).items() if email == NEVER and name in NAMES}


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("mine", {"mine"}),
        ("all", set(EMAIL_GROUPS)),
        ("mention", {"mention"}),
        (what_of({"mention", "idea approved"}), {"mention", "idea approved"}),
        # All of its group.
        ("comment on an idea you follow", {"followed talk"}),
    ],
)
def test_a_mail_program_stops_it_with_one_press_without_cookies(
    client: Client, what: str, expected: set[str]
) -> None:
    member = make_member()
    for _ in range(2):
        answer = client.ask("POST", path_of(member, what), data=ONE_PRESS)
        assert (answer.status, answer.response.mimetype) == (200, "text/plain")
    assert off(member) == expected


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"what": "mine"},
        {**ONE_PRESS, "what": "mine"},
        {"List-Unsubscribe": "one-click"},
        {"List-Unsubscribe": ["One-Click", "One-Click"]},
    ],
)
def test_anything_else_without_the_pages_token_changes_nothing(client: Client, data: dict[str, str]) -> None:
    member = make_member()
    assert client.ask("POST", path_of(member, "mine"), data=data).status == 400
    assert off(member) == set()


def test_opening_the_page_and_sending_it_untouched_changes_nothing(client: Client) -> None:
    member = make_member()
    page = client.get(path_of(member, "mine"))
    assert page.headers["Referrer-Policy"]
    assert not page.query("input[checked]")
    refused = page.form(path_of(member, "mine")).submit(status=400)
    assert "so that we know a person pressed the button" in refused.text
    assert off(member) == set()


def test_a_person_stops_one_kind_and_then_all_without_signing_in(client: Client) -> None:
    member = make_member()
    page = client.get(path_of(member, "mine"), statements=3)
    assert [choice["value"] for choice in page.query("input[type=radio]")] == ["mine", "all"]
    page = page.form(path_of(member, "mine")).submit(what="mine").follow()
    assert off(member) == {"mine"}
    assert "You get no more emails about this: My ideas and comments." in page.text
    page = page.form(path_of(member, "mine")).submit(what="all").follow()
    assert off(member) == set(EMAIL_GROUPS)
    assert page.heading == "No more emails"
    assert [form["action"] for form in page.query("main form")] == [f"{path_of(member, 'mine')}/undo"]


def test_the_one_button_stops_the_kinds_of_the_email_and_each_stop_can_be_undone(client: Client) -> None:
    member = make_member()
    choose(member, {"mine": DAILY, "asked": AT_ONCE}, {"idea merged": AT_ONCE, "mention": DAILY})
    before = rows()
    path = path_of(member, what_of({"mention", "idea approved"}))
    page = client.get(path, statements=3)
    assert [item.text for item in page.query("main li")] == [
        "Somebody mentions me",
        "An idea of mine is approved",
    ]
    refused = page.form(path).submit(status=400)
    assert "Press the button once more, so that we know a person pressed it" in refused.text
    assert rows() == before

    page = press(page, path)
    assert off(member) == {"mention", "idea approved"}
    assert "My ideas and comments (7 of 8 kinds)" in page.text
    assert [choice["value"] for choice in page.query("input[type=radio]")] == ["mine", "asked", "all"]
    after_one = rows()
    page = press(page, path, after=10, what="mine")
    assert off(member) == {"mention", "idea approved", "idea merged", "mine"}
    after_two = rows()
    page = press(page, path, after=20, what="all")
    assert page.heading == "No more emails"
    assert not page.query("input[type=radio]")

    client.post(f"{path}/undo", {}, status=400)
    for left in (after_two, after_one, before):
        page = press(page, f"{path}/undo")
        assert rows() == left
    assert page.heading == "Stop these emails"


def test_what_a_member_chose_since_is_not_undone_with_a_link(client: Client) -> None:
    member = make_member()
    path = path_of(member, "mention")
    page = press(client.get(path), path)
    choose(member, {}, {"mention": DAILY})
    choose(member, {}, {"mention": NEVER})
    kept = rows()
    page = press(page, f"{path}/undo")
    assert rows() == kept
    assert "nothing was taken back" in page.text
    assert "You get no more emails about this: Somebody mentions me." in page.text
    assert "/undo" not in page.html


def test_from_an_email_about_many_things_each_can_be_stopped(client: Client) -> None:
    member, moderator = make_member(), make_moderator()
    staff = [name for name in EMAIL_GROUPS if GROUPS[name].role == "staff"]
    page = client.get(path_of(member, "all"))
    assert [choice["value"] for choice in page.query("input[type=radio]")] == [*staff, "all"]
    page.form(path_of(member, "all")).submit(what="followed talk")
    assert off(member) == {"followed talk"}
    page = client.get(path_of(moderator, "all"))
    assert [choice["value"] for choice in page.query("input[type=radio]")] == [*EMAIL_GROUPS, "all"]


def test_what_the_link_is_not_for_cannot_be_chosen_with_it(client: Client) -> None:
    member = make_member()
    client.post(path_of(member, "mine"), {"what": "asked"}, status=400)
    assert off(member) == set()


def test_a_link_that_was_changed_is_nobodys(client: Client, app: Flask) -> None:
    one, other = make_member(), make_member()
    token = token_of(one.id, "mine")
    proof = token.rpartition(".")[2]
    for wrong in (
        f"{other.id}.mine.{proof}",
        f"{one.id}.all.{proof}",
        f"{one.id}.mine.{proof[:-1]}A" if proof[-1] != "A" else f"{one.id}.mine.{proof[:-1]}B",
        f"{one.id}.no-such-group.{proof}",
        f"{one.id}.mention.{proof}",
        *(token_of(one.id, what) for what in ("mention~mine", "mention~", "milestone first idea", "~")),
        "x" * 300,
    ):
        assert way_out_of(wrong) is None
        client.get(f"/notifications/stop/{wrong}", status=404)
        assert client.ask("POST", f"/notifications/stop/{wrong}", data=ONE_PRESS).status == 404
    client.get(path_of_gone(one.id + 10_000), status=404)
    assert off(one) == off(other) == set()


def path_of_gone(member_id: int) -> str:
    return f"/notifications/stop/{token_of(member_id, 'mine')}"


@pytest.mark.parametrize("what", [*NAMES, "all", what_of({"mention", "idea merged"}), what_of(EMAIL_KINDS)])
def test_each_link_reads_back_as_what_it_was_made_for(app: Flask, what: str) -> None:
    token = token_of(7, what)
    assert way_out_of(token) == (7, what)
    # One line of a header holds 998.
    assert len(unsubscribe_headers(token)["List-Unsubscribe"]) < 900


def test_a_member_chooses_and_what_they_chose_stays(client: Client) -> None:
    member = make_member()
    page = client.sign_in(member).get("/me/notifications", statements=5)
    checked = {box["name"]: box["value"] for box in page.query("main input[checked]")}
    defaults = {
        name.replace(" ", "_"): GROUPS[name].default for name in EMAIL_GROUPS if GROUPS[name].role == "staff"
    }
    assert checked == defaults
    assert len(page.query("main fieldset:not(.nhsuk-details__text)")) == len(defaults)
    page.form().submit(joined_in=AT_ONCE, mine=DAILY, asked=NEVER)
    chosen = emails_chosen(member.id)
    assert (chosen["joined in"], chosen["mine"], chosen["asked"]) == (AT_ONCE, DAILY, NEVER)
    rows = {row.group_name: row.chosen_at for row in db.session.scalars(select(NotificationPreference))}
    client.get("/me/notifications").form().submit(asked=DAILY)
    again = {row.group_name: row.chosen_at for row in db.session.scalars(select(NotificationPreference))}
    assert {name for name in rows if rows[name] != again[name]} == {"asked"}


def test_moderators_choose_about_answers_that_they_owe_and_staff_do_not(client: Client) -> None:
    assert client.sign_in(make_moderator()).get("/me/notifications").query("input[name=duty]")
    member = make_member()
    assert not client.sign_in(member).get("/me/notifications").query("input[name=duty]")


def test_a_choice_that_is_none_is_refused_beside_its_cause(client: Client) -> None:
    member = make_member()
    page = client.sign_in(member).get("/me/notifications").form().submit(mine="hourly", status=400)
    assert page.query(".nhsuk-error-summary")
    assert off(member) == set()


def test_who_has_no_address_is_told_that_nothing_is_sent(client: Client) -> None:
    member = make_member(email=None, sign_in_name="staff-12")
    page = client.sign_in(member).get("/me/notifications")
    assert "We have no confirmed email address of yours" in page.text


def test_a_member_chooses_for_each_kind_and_goes_back_to_the_group(client: Client) -> None:
    member = make_member()
    page = client.sign_in(member).get("/me/notifications")
    selects = page.query("main details select")
    assert {select["id"] for select in selects} == {
        label["for"] for label in page.query("main details label")
    }
    assert rows() == set()
    page.form().submit(mention=NEVER, idea_merged=AT_ONCE, idea_approved=DAILY)
    page = client.get("/me/notifications", statements=5)
    summaries = [summary.text for summary in page.query("main summary")]
    assert "Choose for each kind of My ideas and comments: 2 of 8 chosen apart" in summaries
    assert "Choose for each kind of News of challenges I follow" in summaries
    assert [row for row in rows() if row[0] == "NotificationKindPreference"]
    assert off(member) == {"mention"}
    page.form().submit(mention="as the group", idea_merged="as the group", idea_approved="as the group")
    assert {row[0] for row in rows()} == {"NotificationPreference"}


@pytest.mark.parametrize(
    ("emails", "kinds"),
    [
        ({}, {"no such kind": NEVER}),
        ({}, {"answer owed": NEVER}),
        ({"duty": NEVER}, {}),
        ({}, {"milestone first idea": NEVER}),
        ({}, {"comment on an idea you follow": NEVER}),
        ({}, {"mention": "hourly"}),
        ({}, {"mention": ""}),
        ({"milestones": AT_ONCE}, {}),
    ],
)
def test_what_a_member_has_no_choice_about_is_refused(
    app: Flask, emails: dict[str, str], kinds: dict[str, str | None]
) -> None:
    member = make_member()
    with pytest.raises(InvalidInput):
        choose(member, emails, kinds)
    assert rows() == set()


def test_a_kind_with_no_such_answer_is_refused_beside_it_and_what_is_not_asked_is_not_kept(
    client: Client,
) -> None:
    form = client.sign_in(make_member()).get("/me/notifications").form()
    page = form.submit(mention="hourly", idea_approved=DAILY, answer_owed=NEVER, status=400)
    assert [error["href"] for error in page.query(".nhsuk-error-summary a")] == ["#mention"]
    (wrong,) = page.query("details[open]")
    assert "Error: Choose one of the answers" in wrong.text
    assert page.query("#idea_approved option[selected]")[0]["value"] == DAILY
    assert rows() == set()
    form.submit(answer_owed=NEVER, milestone_first_idea=NEVER)
    assert {row[0] for row in rows()} == {"NotificationPreference"}
