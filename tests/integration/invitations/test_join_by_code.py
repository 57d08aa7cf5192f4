"""/join: an email address and the code in its email lead where the link would have led."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member, MemberSession
from talking_together.accounts.throttle import WINDOW
from talking_together.extensions import db
from talking_together.invitations.joining.code_views import TOO_MANY, WRONG
from talking_together.invitations.links import code_of, token_of
from talking_together.invitations.models import Invitation
from tests.factories.invitations import make_invitation
from tests.factories.members import PASSWORD
from tests.support.client import Client
from tests.support.parallel import run_together

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
INVITED = "sam@riverside.example"


def link(invitation: Invitation) -> str:
    """Return the path of an invitation's link."""
    return f"/invitations/{token_of(invitation.id, invitation.nonce)}"


def code(invitation: Invitation) -> str:
    """Return the code in an invitation's email."""
    return code_of(invitation.id, invitation.nonce)


def wrong_code(invitation: Invitation) -> str:
    """Return a code that is not the invitation's."""
    right = code(invitation)
    return ("B" if right[0] == "A" else "A") + right[1:]


def accounts() -> tuple[int | None, int | None]:
    """Return how many members and sessions there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count(Member.id))), db.session.scalar(
        select(func.count(MemberSession.id))
    )


def test_the_code_leads_to_the_form_that_the_link_leads_to(client: Client) -> None:
    invitation = make_invitation(email=INVITED)
    answer = client.get("/join", statements=0).form("/join").submit(email=INVITED, code=code(invitation))
    assert answer.location == link(invitation)
    assert accounts() == (0, 0)
    db.session.refresh(invitation)
    assert (invitation.state, invitation.opened_at is not None) == ("sent", True)
    answer.follow().form().submit(password=PASSWORD)
    assert accounts() == (1, 1)


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        " ".join,
        lambda code: f"  {code[:4]} – {code[5:]}. ",
        lambda code: code.replace("-", "\u00a0"),
    ],
    ids=["lower case", "no dash", "space", "spaced out", "long dash and full stop", "hard space"],
)
@pytest.mark.parametrize("address", [INVITED, "Sam@Riverside.Example", "  SAM@RIVERSIDE.EXAMPLE "])
def test_a_code_may_be_typed_as_people_type(client: Client, typed: Any, address: str) -> None:
    invitation = make_invitation(email=INVITED)
    answer = client.post("/join", {"email": address, "code": typed(code(invitation))})
    assert answer.location == link(invitation)


def test_each_invitation_of_an_address_has_its_own_code(client: Client) -> None:
    for invitation in [make_invitation(email=INVITED) for _ in range(3)]:
        answer = client.post("/join", {"email": INVITED, "code": code(invitation)})
        assert answer.location == link(invitation)


def test_whatever_is_wrong_the_words_are_the_same(client: Client) -> None:
    invitation, other = make_invitation(email=INVITED), make_invitation(email="lee@riverside.example")
    pages = [
        client.post("/join", {"email": email, "code": typed}, status=400)
        for email, typed in (
            (INVITED, wrong_code(invitation)),
            (INVITED, code(other)),
            (INVITED, "x"),
            (INVITED, "é" * 40),
            ("lee@riverside.example", code(invitation)),
            ("nobody@riverside.example", code(invitation)),
        )
    ]
    for page in pages:
        assert [each.text for each in page.query(".nhsuk-error-summary li")] == [WRONG]
    # What was typed stays, to be corrected.
    assert pages[0].query("#email")[0]["value"] == INVITED
    assert pages[0].query("#code")[0]["value"] == wrong_code(invitation)
    assert accounts() == (0, 0)


def test_what_is_left_out_is_asked_for_in_order(client: Client) -> None:
    page = client.get("/join").form("/join").submit(status=400)
    assert [each["href"] for each in page.query(".nhsuk-error-summary a")] == ["#email", "#code"]
    page = client.post("/join", {"email": "not an address", "code": "x" * 41}, status=400)
    assert len(page.query(".nhsuk-error-message")) == 2


def guess(client: Client, invitation: Invitation, typed: str, address: str, status: int | None) -> Any:
    """Type a code for an invitation's address, from a network address."""
    return client.post(
        "/join",
        {"email": invitation.email, "code": typed},
        status=status,
        environ_overrides={"REMOTE_ADDR": address},
    )


def test_ten_guesses_at_an_address_are_enough_wherever_they_come_from(
    client: Client, hold_clock: Any
) -> None:
    hold_clock(NOON)
    invitation, colleague = make_invitation(email=INVITED), make_invitation()
    for number in range(10):
        guess(client, invitation, wrong_code(invitation), f"203.0.113.{number}", 400)
    page = guess(client, invitation, code(invitation), "198.51.100.7", 429)
    assert [each.text for each in page.query(".nhsuk-error-summary li")] == [TOO_MANY]
    # Nobody else is kept out, and neither is who has the link.
    guess(client, colleague, code(colleague), "203.0.113.1", None)
    client.get(link(invitation)).form()
    hold_clock(NOON + WINDOW)
    guess(client, invitation, code(invitation), "203.0.113.1", None)


def test_an_address_that_was_never_invited_is_limited_alike(client: Client) -> None:
    typed = {"email": "nobody@riverside.example", "code": "AAAA-AAAA"}
    for _ in range(10):
        client.post("/join", typed, status=400)
    assert TOO_MANY in client.post("/join", typed, status=429).text


def test_a_hospital_of_mistypers_keeps_nobody_out(client: Client) -> None:
    for _ in range(60):
        invitation = make_invitation()
        guess(client, invitation, wrong_code(invitation), "203.0.113.7", 400)
        guess(client, invitation, code(invitation), "203.0.113.7", None)


def test_the_right_code_forgets_the_wrong_ones(client: Client) -> None:
    invitation = make_invitation()
    for _ in range(3):
        for _ in range(9):
            guess(client, invitation, wrong_code(invitation), "203.0.113.7", 400)
        guess(client, invitation, code(invitation), "203.0.113.7", None)


def test_parallel_guesses_do_not_slip_past_the_limit(app: Flask) -> None:
    invitation = make_invitation(email=INVITED)
    clients = [Client(app) for _ in range(16)]
    sent = [{"csrf_token": each.token(), "email": INVITED, "code": "AAAA-AAAA"} for each in clients]

    def guess_with(client: Client, data: dict[str, str]) -> Any:
        return lambda: client.browser.post("/join", data=data, base_url=client.origin).status_code

    found = run_together(app, [guess_with(*each) for each in zip(clients, sent, strict=True)])
    assert sorted(found) == [400] * 10 + [429] * 6
    assert code(invitation) != "AAAA-AAAA"


@pytest.mark.parametrize("state", ["revoked", "expired", "joined"])
def test_a_code_opens_no_more_than_its_link(client: Client, state: str) -> None:
    invitation = make_invitation(email=INVITED, state=state)
    page = client.post("/join", {"email": INVITED, "code": code(invitation)}).follow()
    assert page.path == link(invitation)
    assert not page.query("input[type=password]")
    late = make_invitation(email="late@riverside.example", expires_at=NOON - timedelta(days=1))
    page = client.post("/join", {"email": late.email, "code": code(late)}).follow()
    assert page.heading == "This invitation has expired"
    assert accounts() == (0, 0)


def test_a_machine_that_submits_the_page_untouched_changes_nothing(client: Client) -> None:
    make_invitation(email=INVITED)
    page = client.get("/join").form("/join").submit(status=400)
    assert not [sql for sql in page.statements if not sql.lstrip().upper().startswith("SELECT")]
