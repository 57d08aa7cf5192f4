"""From a workbook to the challenge that an invitation spoke of: by mouse, by keyboard, without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from talking_together.extensions import db
from talking_together.invitations.phases.delivery import count_deliveries
from talking_together.invitations.phases.sweeps import feed_phases
from talking_together.mail.sweeps import deliver_outbox
from talking_together.worker import ON_OUTCOME
from tests.factories import PASSWORD, make_admin, make_challenge, make_organisation
from tests.support.accessibility import check_accessibility
from tests.support.mail_server import MailServer
from tests.support.staff_lists import as_xlsx

OpenPage = Callable[..., Page]
QUESTION = "How do we get people home by lunchtime?"
HEADINGS = ["Full name", "Work e-mail", "Employer"]
PEOPLE = [
    ["Amina Yusuf", "amina.yusuf@riverside.example", "Riverside"],
    ["Ben Oak", "ben.oak@riverside.example", "Riverside"],
]
# No page has more places that the focus can go to.
MOST_STOPS = 120
IS_IN_GROUP = (
    "(box, group) => box.contains(document.activeElement) || (group && group === document.activeElement.name)"
)


class Mouse:
    """Does things as most people do."""

    def press(self, target: Locator) -> None:
        """Press a button, a link or a choice."""
        target.click()

    def write(self, target: Locator, words: str) -> None:
        """Write into a box."""
        target.fill(words)

    def choose(self, target: Locator, *, last: bool) -> None:
        """Choose the last or the first of a list."""
        target.select_option(index=target.locator("option").count() - 1 if last else 0)

    def hand_over(self, page: Page) -> None:
        """Give the site the list of people."""
        page.get_by_label("File", exact=True).set_input_files(
            {"name": "staff.xlsx", "mimeType": "", "buffer": as_xlsx({"Staff": [HEADINGS, *PEOPLE]})}
        )


class Keyboard(Mouse):
    """Does the same by Tab, Enter, Space and the arrows alone."""

    def press(self, target: Locator) -> None:
        """Go to a button, link or choice and press it."""
        group = target.get_attribute("name") if target.get_attribute("type") == "radio" else None
        self._go_to(target, group)
        keyboard = target.page.keyboard
        if group is None:
            keyboard.press("Enter")
        while group and not target.is_checked():
            keyboard.press("ArrowDown")

    def write(self, target: Locator, words: str) -> None:
        """Go to a box and write into it, in place of what stands there."""
        self._go_to(target)
        target.page.keyboard.press("Control+a")
        target.page.keyboard.insert_text(words)

    def choose(self, target: Locator, *, last: bool) -> None:
        """Go to a list and choose its last or its first."""
        self._go_to(target)
        target.page.keyboard.press("End" if last else "Home")

    def hand_over(self, page: Page) -> None:
        """Paste the rows: choosing a file is the system's own window."""
        rows = "\n".join("\t".join(row) for row in [HEADINGS, *PEOPLE])
        self.write(page.get_by_label("Or paste the rows"), rows)

    def _go_to(self, target: Locator, group: str | None = None) -> None:
        for _ in range(MOST_STOPS):
            if target.evaluate(IS_IN_GROUP, group):
                return
            target.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {target}")


@pytest.mark.parametrize(
    ("hand", "javascript"),
    [(Mouse(), True), (Keyboard(), True), (Mouse(), False)],
    ids=["by mouse", "by keyboard", "without JavaScript"],
)
def test_from_a_workbook_to_the_challenge(
    open_page: OpenPage, mail: MailServer, hand: Mouse, javascript: bool
) -> None:
    riverside = make_organisation(name="Riverside", domains=("riverside.example",))
    make_challenge(title=QUESTION)
    admin = make_admin(riverside)
    desk = open_page("/admin/invitations/lists/new", signed_in=admin, javascript=javascript)
    _read_the_list(desk, hand)
    _plan_a_phase(desk, hand)
    _start_it(desk, hand, mail)

    newcomer = open_page("/join", javascript=javascript, width=390)
    _join_by_code(newcomer, hand, _code_in(mail, PEOPLE[0][1]))
    expect(newcomer.get_by_role("heading", level=1)).to_contain_text("Welcome")
    if javascript:
        check_accessibility(newcomer)
    hand.press(newcomer.get_by_role("button", name=f"Go to “{QUESTION}”"))
    expect(newcomer.get_by_role("heading", level=1)).to_have_text(QUESTION)

    desk.reload()
    expect(desk.locator(".figure", has_text="Joined")).to_contain_text("1")


def _read_the_list(page: Page, hand: Mouse) -> None:
    hand.write(page.get_by_label("Name of the list"), "Wards")
    hand.hand_over(page)
    hand.press(page.get_by_role("button", name="Upload and check"))
    expect(page.get_by_label("Email", exact=True)).to_have_value("1")
    expect(page.get_by_role("row", name="Row 2")).to_contain_text("Amina Yusuf")
    hand.press(page.get_by_role("button", name="Read the list"))
    expect(page.locator(".figure", has_text="New")).to_contain_text("2")


def _plan_a_phase(page: Page, hand: Mouse) -> None:
    hand.press(page.get_by_role("link", name="Make a phase with this list"))
    hand.write(page.get_by_label("Name of the phase"), "Wards")
    hand.choose(page.get_by_label("Challenge that it speaks of"), last=True)
    hand.write(page.get_by_label("Subject", exact=True), "{first_name}, join us")
    # At any hour, since this may run at night.
    hand.press(page.get_by_label("Every day"))
    hand.choose(page.get_by_label("From", exact=True), last=False)
    hand.choose(page.get_by_label("Until", exact=True), last=True)
    hand.press(page.get_by_role("button", name="Save and check"))
    expect(page.locator(".figure", has_text="People to invite")).to_contain_text("2")


def _start_it(page: Page, hand: Mouse, mail: MailServer) -> None:
    hand.write(page.get_by_label("Number of people"), "2")
    hand.press(page.get_by_role("button", name="Start the phase"))
    expect(page.locator("#progress")).to_contain_text("0 of 2 sent")
    db.session.rollback()
    feed_phases()
    deliver_outbox(ON_OUTCOME)
    count_deliveries()
    db.session.rollback()
    page.reload()
    expect(page.locator("#progress")).to_contain_text("2 of 2 sent")
    assert {message["To"] for message in mail.messages} == {email for _name, email, _employer in PEOPLE}


def _code_in(mail: MailServer, email: str) -> str:
    """Return the code in the invitation that arrived for an address."""
    (message,) = mail.messages_to(email)
    found = re.search(r"code:\s+(\w{4}-\w{4})", message.get_body(("plain",)).get_content())
    assert found
    return found.group(1)


def _join_by_code(page: Page, hand: Mouse, code: str) -> None:
    hand.write(page.get_by_label("Email address"), PEOPLE[0][1])
    # As people copy it: without the dash, in small letters.
    hand.write(page.get_by_label("Code", exact=True), code.replace("-", " ").lower())
    hand.press(page.get_by_role("button", name="Go to my invitation"))
    expect(page.get_by_label("Your name")).to_have_value(PEOPLE[0][0])
    hand.write(page.get_by_label("Choose a password", exact=True), PASSWORD)
    hand.press(page.get_by_role("button", name="Join", exact=True))
