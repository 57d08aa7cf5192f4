"""The form kit: what a WTForms field becomes on a page."""

from collections.abc import Iterator
from typing import Any

import lxml.html
import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from talking_together.core.kit import Kit, _kept

EVIL = '<script>alert("1")</script>'
kit = Kit()


class Example(Form):
    """A form with a field of each kind."""

    title = StringField("Title", description="In one line", validators=[DataRequired("Enter a title")])
    summary = StringField("Summary", validators=[Length(max=200)])
    body = TextAreaField("Your idea", validators=[Length(max=20_000)])
    audience = RadioField(
        "Audience", choices=[SelectChoice("everyone", "Everyone"), SelectChoice("chosen", "Chosen")]
    )
    groups = SelectMultipleField(
        "Groups", choices=[SelectChoice("1", "Nurses"), SelectChoice("2", "Porters")]
    )
    role = SelectField("Role", choices=[SelectChoice("staff", "Staff"), SelectChoice("admin", "Admin")])
    shared = BooleanField("Shared computer", description="Signs you out")
    password = PasswordField("Password")
    version = HiddenField()


def filled(**values: str) -> Example:
    return Example(MultiDict(values))


@pytest.fixture(autouse=True)
def _context() -> Iterator[None]:
    with Flask(__name__).test_request_context():
        yield


def rendered(html: str) -> Any:
    return lxml.html.fromstring(f"<div>{html}</div>")


def one(root: Any, selector: str) -> Any:
    (found,) = root.cssselect(selector)
    return found


def test_a_description_is_the_hint_and_describes_the_box() -> None:
    root = rendered(kit.field(Example().title))
    assert one(root, ".nhsuk-hint").text_content().strip() == "In one line"
    box = one(root, "input")
    assert box.get("aria-describedby") == one(root, ".nhsuk-hint").get("id")
    assert one(root, "label").get("for") == box.get("id") == "title"
    assert box.get("aria-required") == "true"


def test_the_first_error_is_the_message_and_describes_the_box_too() -> None:
    form = filled(title="")
    assert not form.validate()
    root = rendered(kit.field(form.title))
    assert "Enter a title" in one(root, ".nhsuk-error-message").text_content()
    assert one(root, ".nhsuk-error-message").get("id") in one(root, "input").get("aria-describedby").split()


def test_the_summary_links_to_fields_that_are_there() -> None:
    form = filled(title="", audience="nobody")
    assert not form.validate()
    summary = rendered(kit.error_summary(form))
    page = rendered(kit.field(form.title) + kit.field(form.audience))
    links = [link.get("href") for link in summary.cssselect("a")]
    assert links == ["#title", "#audience", "#role"]
    for target in links[:2]:
        one(page, target)


def test_a_form_without_errors_has_no_summary() -> None:
    assert kit.error_summary(Example()) == ""


def test_an_error_of_the_whole_form_is_words_without_a_link() -> None:
    form = Example()
    form.form_errors.append("The challenge has closed")
    summary = rendered(kit.error_summary(form))
    assert "The challenge has closed" in summary.text_content()
    assert not summary.cssselect("a")


@pytest.mark.parametrize("name", ["audience", "groups"])
def test_the_first_choice_has_the_fields_own_id(name: str) -> None:
    ids = [box.get("id") for box in rendered(kit.field(Example()[name])).cssselect("input")]
    assert ids == [name, f"{name}-2"]


def test_choices_that_were_made_are_ticked() -> None:
    form = Example(MultiDict([("audience", "chosen"), ("groups", "1"), ("groups", "2"), ("shared", "y")]))
    assert one(rendered(kit.field(form.audience)), "[checked]").get("value") == "chosen"
    assert len(rendered(kit.field(form.groups)).cssselect("[checked]")) == 2
    assert one(rendered(kit.field(form.shared)), "input").get("checked") is not None
    role = rendered(kit.field(filled(role="admin").role))
    assert one(role, "option[selected]").get("value") == "admin"


def test_a_choice_can_have_a_hint_and_reveal_more() -> None:
    html = kit.field(
        Example().audience,
        hints={"chosen": "Some of us"},
        conditional={"chosen": kit.field(Example().groups)},
    )
    assert one(rendered(html), ".nhsuk-radios__conditional").cssselect("input[name=groups]")
    assert "Some of us" in html


def test_long_text_is_counted_and_short_text_is_not() -> None:
    root = rendered(kit.field(Example().body))
    assert one(root, "[data-maxlength]").get("data-maxlength") == "20000"
    summary = rendered(kit.field(Example().summary))
    assert "up to 200 characters" in one(summary, "#summary-info").text_content()
    assert not rendered(kit.field(Example().title)).cssselect("[data-maxlength]")


def test_nothing_that_a_person_or_a_form_says_becomes_html() -> None:
    form = filled(title=EVIL, body=EVIL, summary=EVIL)
    form.title.label.text = form.title.description = EVIL
    form.title.errors = form.audience.errors = [EVIL]
    form.audience.choices = form.role.choices = [SelectChoice(EVIL, EVIL)]
    html = "".join(
        kit.field(field, **options)
        for field, options in (
            (form.title, {}),
            (form.body, {}),
            (form.summary, {"label": EVIL, "hint": EVIL, "prefix": EVIL, "suffix": EVIL}),
            (form.audience, {"hints": {EVIL: EVIL}}),
            (form.role, {}),
            (form.shared, {"label": EVIL, "hint": EVIL}),
        )
    )
    html += kit.error_summary(form, title=EVIL) + kit.button(EVIL) + kit.button(EVIL, href=EVIL)
    html += kit.details(EVIL, EVIL) + kit.inset_text(EVIL) + kit.warning_callout(EVIL, EVIL)
    html += kit.notification_banner(EVIL)
    html += kit.summary_list([{"key": EVIL, "value": EVIL, "href": EVIL, "action": EVIL}])
    assert "<script" not in html
    assert not rendered(html).cssselect("script")


def test_html_that_is_marked_as_safe_is_kept() -> None:
    assert "<p>Kept</p>" in kit.inset_text(Markup("<p>Kept</p>"))


def test_what_was_typed_comes_back_but_never_a_password() -> None:
    form = filled(title='A "quoted" & b', body="\nfirst line", password="secret words")
    assert one(rendered(kit.field(form.title)), "input").get("value") == 'A "quoted" & b'
    assert "secret words" not in kit.field(form.password)


def test_control_characters_do_not_reach_the_page() -> None:
    assert "\x00" not in kit.field(filled(title="a\x00b").title)


def test_hidden_fields_have_neither_label_nor_group() -> None:
    assert kit.field(filled(version="3").version).startswith("<input")


def test_a_button_with_an_address_is_a_link() -> None:
    assert (
        one(rendered(kit.button("Go", href="/challenges", variant="secondary")), "a").get("href")
        == "/challenges"
    )
    assert (
        one(rendered(kit.button("Send", name="action", value="publish")), "button").get("value") == "publish"
    )


def test_one_tick_box_carries_its_own_hint() -> None:
    root = rendered(kit.field(Example().shared))
    assert one(root, "input").get("id") == "shared"
    assert one(root, "input").get("aria-describedby") == one(root, ".nhsuk-hint").get("id")


def test_what_is_kept_of_one_field_is_not_shown_for_another_that_only_looks_equal() -> None:
    assert kit.button("Save", name="act", value="1") == kit.button("Save", name="act", value="1")
    shown = {
        str(kit.button("Save", name="act", value=value, **more))
        for value, more in (("1", {}), ("2", {}), ("1", {"classes": "wide"}), ("1", {"disabled": True}))
    }
    assert len(shown) == 4
    marked, plain = (kit.button("Save", html=text) for text in (Markup("<b>Save</b>"), "<b>Save</b>"))
    assert "<b>Save</b>" in marked
    assert "<b>Save</b>" not in plain


def test_what_somebody_typed_is_not_kept_for_others() -> None:
    before = _kept.cache_info().currsize
    for number in range(3):
        form = Example(MultiDict({"title": f"Typed {number}", "body": f"Typed {number}"}))
        assert f"Typed {number}" in kit.field(form.title)
        assert f"Typed {number}" in kit.field(form.body)
    assert _kept.cache_info().currsize == before
    assert "Typed" not in kit.field(Example().title)
