"""Every state of lists, phases, invitations and codes, looked at by axe and by its layout."""

import pytest
from flask import Flask
from playwright.sync_api import Browser

from talking_together.extensions import db
from talking_together.invitations.phases.emails import PURPOSE, REMINDER_PURPOSE, sample_of
from talking_together.invitations.phases.queries import get_phase
from tests.factories.invitations import make_phase
from tests.support.accessibility import check_accessibility, check_fits
from tests.support.inspector import Inspector
from tests.support.invitation_states import PARTS, States

# Whose main form is sent with nothing in it.
FORMS = {
    "phases": {"phase draft", "phase edit"},
    "links": {"join", "link expired"},
    "people": {"invitation bounced"},
    "codes": {"code new", "team open", "code open", "join requests"},
    "members_and_addresses": {"suppressed one", "address"},
}


@pytest.mark.parametrize("part", PARTS)
def test_each_state_can_be_read_by_everybody(server: Flask, browser: Browser, part: str) -> None:
    states = States()
    wanted = list(getattr(states, part)())
    roles = {state.role for state in wanted}
    inspectors = {role: Inspector(browser, server, states.members[role] if role else None) for role in roles}
    db.session.rollback()
    for state in wanted:
        inspectors[state.role].open(state.path, status=state.status)
    for inspector in inspectors.values():
        inspector.finish()


@pytest.mark.parametrize("part", FORMS)
def test_each_form_says_what_is_wrong(server: Flask, browser: Browser, part: str) -> None:
    states = States()
    wanted = [state for state in getattr(states, part)() if state.name in FORMS[part]]
    assert len(wanted) == len(FORMS[part])
    for state in wanted:
        inspector = Inspector(browser, server, states.members[state.role] if state.role else None)
        db.session.rollback()
        inspector.submit_empty(state.path)
        inspector.finish()


@pytest.mark.parametrize("purpose", [PURPOSE, REMINDER_PURPOSE])
def test_an_email_can_be_read_by_everybody(server: Flask, browser: Browser, purpose: str) -> None:
    phase = get_phase(make_phase(first_reminder_days=7).id)
    email = sample_of(phase, purpose=purpose, name="Amina Yusuf", organisation="Riverside")
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.set_content(email.html)
    check_accessibility(page, is_email=True)
    check_fits(page)
    page.close()
