"""When a form offers back what was typed into it, and what it then shows."""

import pytest
from flask import Flask
from wtforms import BooleanField, HiddenField, SelectMultipleField
from wtforms.fields import SelectChoice

from talking_together.accounts.models import Member
from talking_together.core.forms import Form, line_field
from talking_together.drafts.offers import Offer, offer_draft
from talking_together.drafts.services import keep_draft
from tests.factories import make_member

KEY = "challenge:12"


class Example(Form):
    """A form with a field of each kind that matters."""

    title = line_field("Title", most=100)
    groups = SelectMultipleField(
        "Groups", coerce=int, choices=[SelectChoice(1, "One"), SelectChoice(2, "Two")]
    )
    short = BooleanField("Short")
    version = HiddenField()


@pytest.fixture
def member(app: Flask) -> Member:
    """Return a member, within no request yet."""
    return make_member()


def offered(app: Flask, member: Member, address: str = "/", method: str = "GET") -> tuple[Offer | None, Form]:
    """Return what is offered at an address of a form that stands as saved, and the form."""
    with app.test_request_context(address, method=method):
        form = Example(
            formdata=None, data={"title": "Saved", "groups": [1, 2], "short": True, "version": "two"}
        )
        return offer_draft(member, KEY, form), form


def test_nothing_is_offered_where_nothing_is_kept(app: Flask, member: Member) -> None:
    offer, form = offered(app, member)
    assert offer is None
    assert form.title.data == "Saved"


def test_a_draft_that_says_the_same_is_not_offered(app: Flask, member: Member) -> None:
    same = {"title": [" Saved "], "groups": ["2", "1"], "short": ["y"], "version": ["one"]}
    keep_draft(member, key=KEY, fields=same)
    offer, form = offered(app, member)
    assert offer is None
    assert (form.title.data, form.groups.data, form.version.data) == ("Saved", [1, 2], "two")


@pytest.mark.parametrize(
    "change", [{"title": ["Typed"]}, {"groups": ["1"]}, {"short": None}], ids=["text", "choice", "box"]
)
def test_a_draft_that_differs_is_offered_and_shown_when_asked_for(
    app: Flask, member: Member, change: dict[str, list[str] | None]
) -> None:
    fields = {"title": ["Saved"], "groups": ["1", "2"], "short": ["y"], "version": ["one"], **change}
    keep_draft(member, key=KEY, fields={name: values for name, values in fields.items() if values})
    offer, form = offered(app, member)
    assert offer is not None
    assert not offer.in_use
    assert (form.title.data, form.groups.data, form.short.data) == ("Saved", [1, 2], True)
    offer, form = offered(app, member, f"/?draft={KEY}")
    assert offer is not None
    assert offer.in_use
    # Saving it meets the other version, if there is one by now.
    assert form.version.data == "one"
    assert (form.title.data, form.groups.data, form.short.data) != ("Saved", [1, 2], True)


def test_a_form_that_was_just_sent_is_left_alone(app: Flask, member: Member) -> None:
    keep_draft(member, key=KEY, fields={"title": ["Typed"]})
    offer, form = offered(app, member, f"/?draft={KEY}", method="POST")
    assert offer is None
    assert form.title.data == "Saved"
