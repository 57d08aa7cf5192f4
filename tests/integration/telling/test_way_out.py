"""The way out of emails: by a person on a page, by a mail program's one press, never by opening a link."""

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.extensions import db
from talking_together.notifications.kinds import AT_ONCE, DAILY, EMAIL_GROUPS, GROUPS, NEVER
from talking_together.notifications.models import NotificationPreference
from talking_together.notifications.queries import emails_chosen
from talking_together.telling.links import token_of, way_out_of
from tests.factories import make_member, make_moderator
from tests.support.client import Client

ONE_PRESS = {"List-Unsubscribe": "One-Click"}


def path_of(member: Member, what: str) -> str:
    return f"/notifications/stop/{token_of(member.id, what)}"


def off(member: Member) -> set[str]:
    db.session.rollback()
    chosen = emails_chosen(member.id)
    return {group for group in EMAIL_GROUPS if chosen[group] == NEVER}


@pytest.mark.parametrize(("what", "expected"), [("mine", {"mine"}), ("all", set(EMAIL_GROUPS))])
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
    assert not page.query("main form")


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
        "x" * 300,
    ):
        assert way_out_of(wrong) is None
        client.get(f"/notifications/stop/{wrong}", status=404)
        assert client.ask("POST", f"/notifications/stop/{wrong}", data=ONE_PRESS).status == 404
    client.get(path_of_gone(one.id + 10_000), status=404)
    assert off(one) == off(other) == set()


def path_of_gone(member_id: int) -> str:
    return f"/notifications/stop/{token_of(member_id, 'mine')}"


@pytest.mark.parametrize("what", [*EMAIL_GROUPS, "all"])
def test_each_link_reads_back_as_what_it_was_made_for(app: Flask, what: str) -> None:
    assert way_out_of(token_of(7, what)) == (7, what)


def test_a_member_chooses_and_what_they_chose_stays(client: Client) -> None:
    member = make_member()
    page = client.sign_in(member).get("/me/notifications", statements=5)
    checked = {box["name"]: box["value"] for box in page.query("main input[checked]")}
    defaults = {
        name.replace(" ", "_"): GROUPS[name].default for name in EMAIL_GROUPS if GROUPS[name].role == "staff"
    }
    assert checked == defaults
    assert len(page.query("main fieldset")) == len(defaults)
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
