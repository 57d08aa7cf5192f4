"""Pictures in a text, in a real browser: by the button, by paste, by drop, and on a page of their own."""

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from talking_together.core import rich_text
from talking_together.extensions import db
from talking_together.files.models import File
from talking_together.ideas.models import Idea
from tests.factories import make_challenge, make_idea, make_member, make_organisation
from tests.factories.files import make_picture
from tests.support.accessibility import check_accessibility, check_fits

OpenPage = Callable[..., Page]
WORDS = "The board on Ward 4"
# What the clipboard or a drag of real files hands to the page.
HAND_OVER = """
(area, [event, files, text]) => {
  const transfer = new DataTransfer()
  for (const [name, type, data] of files) {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
    transfer.items.add(new File([bytes], name, { type }))
  }
  if (text) transfer.setData("text/plain", text)
  const options = { bubbles: true, cancelable: true }
  const given = event === "paste"
    ? new ClipboardEvent("paste", { ...options, clipboardData: transfer })
    : new DragEvent(event, { ...options, dataTransfer: transfer })
  return area.dispatchEvent(given)
}
"""


def picture(size: tuple[int, int] = (900, 600)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 60)).save(file, "PNG")
    return file.getvalue()


def handed(*files: tuple[str, str, bytes]) -> list[list[str]]:
    return [[name, kind, base64.b64encode(data).decode()] for name, kind, data in files]


def dialog_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Add a picture")


@pytest.fixture
def form(server: Flask, open_page: OpenPage) -> Page:
    """Return the page on which an idea is written, with a first line."""
    member, challenge = make_member(), make_challenge()
    path = f"/challenges/{challenge.id}/ideas/new"
    db.session.rollback()
    page = open_page(path, signed_in=member)
    page.get_by_label("Title").fill("A board by the door")
    page.get_by_label("Your idea").fill("It shows who waits.")
    return page


def line_of(page: Page) -> str:
    value: str = page.get_by_label("Your idea").input_value()
    return value


def kept() -> list[Any]:
    """Return the files that were kept, without holding the database up."""
    files = db.session.execute(select(File.id, File.key, File.idea_id).order_by(File.id)).all()
    db.session.rollback()
    return list(files)


def test_the_button_asks_what_the_picture_shows(form: Page, tmp_path: Path) -> None:
    (tmp_path / "ward.png").write_bytes(picture())
    form.get_by_role("button", name="Picture", exact=True).click()
    dialog = dialog_of(form)
    expect(dialog.get_by_label("Picture", exact=True)).to_be_focused()
    dialog.get_by_role("button", name="Add picture").click()
    expect(dialog.get_by_label("Picture", exact=True)).to_be_focused()
    expect(dialog.get_by_text("Choose a picture", exact=True)).to_be_visible()
    dialog.get_by_label("Picture", exact=True).set_input_files(tmp_path / "ward.png")
    expect(dialog.get_by_alt_text("The picture you chose")).to_be_visible()
    dialog.get_by_role("button", name="Add picture").click()
    words = dialog.get_by_label("What does it show?")
    expect(words).to_be_focused()
    expect(dialog.get_by_text("Say what the picture shows, or tick")).to_be_visible()
    check_accessibility(form)
    check_fits(form)
    words.fill(WORDS)
    form.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(form.get_by_label("Your idea")).to_be_focused()
    [file] = kept()
    assert line_of(form) == f"It shows who waits.\n\n![{WORDS}](/files/{file.id}/{file.key}#900x600)\n\n"
    form.get_by_role("button", name="Preview").click()
    shown = form.get_by_alt_text(WORDS)
    # Loaded, and as wide as its place.
    expect(shown).to_have_js_property("naturalWidth", 720)
    form.get_by_role("button", name="Preview").click()
    form.get_by_role("button", name="Publish idea").click()
    expect(form.get_by_role("heading", level=1)).to_have_text("A board by the door")
    expect(form.get_by_alt_text(WORDS)).to_have_js_property("complete", True)
    check_accessibility(form)
    assert kept()[0].idea_id == db.session.scalar(select(Idea.id))


@pytest.mark.parametrize("event", ["paste", "drop"])
def test_pictures_come_by_paste_and_by_drop(form: Page, event: str) -> None:
    area = form.get_by_label("Your idea")
    area.focus()
    area.evaluate("area => area.setSelectionRange(3, 8)")
    files = handed(("a.png", "image/png", picture()), ("b.png", "image/png", picture((300, 200))))
    was_left_alone = area.evaluate(HAND_OVER, [event, files, ""])
    assert not was_left_alone
    dialog = dialog_of(form)
    words = dialog.get_by_label("What does it show?")
    expect(words).to_be_focused()
    words.fill(WORDS)
    dialog.get_by_role("button", name="Add picture").click()
    expect(words).to_have_value("")
    # The second one is mere decoration.
    dialog.get_by_label("It is only decoration").check()
    dialog.get_by_role("button", name="Add picture").click()
    expect(dialog).to_be_hidden()
    first, second = kept()
    assert line_of(form) == (
        f"It \n\n![{WORDS}](/files/{first.id}/{first.key}#900x600)\n\n"
        f'![](/files/{second.id}/{second.key}#300x200 "decoration")\n\n who waits.'
    )


def test_words_that_are_pasted_stay_words(form: Page) -> None:
    area = form.get_by_label("Your idea")
    files = handed(("a.png", "image/png", picture()))
    assert area.evaluate(HAND_OVER, ["paste", files, "From a document"])
    expect(dialog_of(form)).to_have_count(0)


def test_what_is_no_picture_is_refused_in_words_and_nothing_is_lost(form: Page) -> None:
    area = form.get_by_label("Your idea")
    assert not area.evaluate(HAND_OVER, ["drop", handed(("a.exe", "application/x-dosexec", b"MZ")), ""])
    expect(form.get_by_text("Only pictures can go into the text")).to_be_visible()
    # Beside the text, a file that is let go must not take the place of the page.
    assert not form.get_by_role("heading", level=1).evaluate(
        HAND_OVER, ["drop", handed(("a.png", "image/png", picture())), ""]
    )
    area.evaluate(HAND_OVER, ["drop", handed(("a.png", "image/png", b"<svg><script/></svg>")), ""])
    dialog = dialog_of(form)
    dialog.get_by_label("What does it show?").fill(WORDS)
    dialog.get_by_role("button", name="Add picture").click()
    expect(dialog.get_by_text("This file is something else")).to_be_visible()
    expect(dialog.get_by_label("What does it show?")).to_have_value(WORDS)
    form.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(area).to_be_focused()
    assert line_of(form) == "It shows who waits."
    assert not kept()


def test_a_site_out_of_reach_keeps_the_picture_in_the_dialog(form: Page) -> None:
    area = form.get_by_label("Your idea")
    form.evaluate("() => { window.sent = XMLHttpRequest.prototype.send }")
    form.evaluate(
        "() => { XMLHttpRequest.prototype.send = function () {"
        " this.dispatchEvent(new ProgressEvent('error')) } }"
    )
    area.evaluate(HAND_OVER, ["drop", handed(("a.png", "image/png", picture())), ""])
    dialog = dialog_of(form)
    dialog.get_by_label("What does it show?").fill(WORDS)
    dialog.get_by_role("button", name="Add picture").click()
    expect(dialog.get_by_text("We could not reach the site")).to_be_visible()
    form.evaluate("() => { XMLHttpRequest.prototype.send = window.sent }")
    dialog.get_by_role("button", name="Add picture").click()
    expect(dialog).to_be_hidden()
    assert WORDS in line_of(form)


def test_signed_out_meanwhile_nothing_is_lost(form: Page) -> None:
    area = form.get_by_label("Your idea")
    area.evaluate(HAND_OVER, ["drop", handed(("a.png", "image/png", picture())), ""])
    form.context.clear_cookies()
    dialog = dialog_of(form)
    dialog.get_by_label("What does it show?").fill(WORDS)
    dialog.get_by_role("button", name="Add picture").click()
    expect(dialog.get_by_text("You are signed out")).to_be_visible()
    expect(dialog.get_by_label("What does it show?")).to_have_value(WORDS)


def test_without_javascript_a_page_beside_gives_the_line(
    server: Flask, open_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "ward.png").write_bytes(picture())
    member, challenge = make_member(), make_challenge()
    path = f"/challenges/{challenge.id}/ideas/new"
    db.session.rollback()
    page = open_page(path, signed_in=member, javascript=False)
    page.get_by_label("Your idea").fill("Half written")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Add a picture (opens in a new tab)").click()
    beside = opened.value
    beside.get_by_label("Picture", exact=True).set_input_files(tmp_path / "ward.png")
    beside.get_by_label("What does it show?").fill(WORDS)
    beside.get_by_role("button", name="Send picture").click()
    line = beside.get_by_label(re.compile("Copy this line")).input_value()
    expect(beside.get_by_alt_text(WORDS)).to_be_visible()
    check_fits(beside)
    page.get_by_label("Your idea").fill(f"Half written\n\n{line}")
    page.get_by_label("Title").fill("A board by the door")
    page.get_by_role("button", name="Publish idea").click()
    expect(page.get_by_alt_text(WORDS)).to_be_visible()


def test_a_picture_that_the_reader_may_not_see_is_told_in_its_words(
    server: Flask, open_page: OpenPage
) -> None:
    elsewhere = make_picture(challenge_id=make_challenge(organisations=[make_organisation()]).id)
    source = f"Look: ![{WORDS}](/files/{elsewhere.id}/{elsewhere.key}#800x600)"
    idea = make_idea(title="A list", body_html=rich_text.render(source, pictures=True))
    page = open_page(f"/ideas/{idea.id}-a-list", signed_in=make_member(), scheme="dark", width=390)
    expect(page.locator("article .prose")).to_have_text(f"Look: Picture not shown: {WORDS}")
    expect(page.locator("article .prose img")).to_have_count(0)
    check_accessibility(page)
