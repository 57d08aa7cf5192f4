"""After joining: a photo if one likes, and on to the challenge, with JavaScript and without."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from talking_together.extensions import db
from tests.factories import make_challenge, make_member
from tests.support.accessibility import check_accessibility


def photo() -> dict[str, object]:
    file = io.BytesIO()
    Image.effect_noise((900, 1200), 60).convert("RGB").save(file, "JPEG")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@pytest.mark.parametrize("javascript", [True, False])
def test_a_new_member_says_who_they_are_and_goes_on(open_page: Callable[..., Page], javascript: bool) -> None:
    member = make_member(name="A. Okafor")
    challenge = make_challenge(title="How do we get people home?")
    path = f"/welcome?challenge={challenge.id}"
    db.session.commit()
    page = open_page(path, signed_in=member, javascript=javascript, width=390)
    page.get_by_label("Name").fill("Ada Okafor")
    page.get_by_label("Photo").set_input_files(files=[{**photo(), "buffer": b"<svg/>"}])  # type: ignore[list-item]
    onward = page.get_by_role("button", name="Go to “How do we get people home?”")
    onward.click()
    expect(page.locator(".nhsuk-error-message")).to_contain_text("Choose a JPEG, PNG, WebP or GIF picture")
    if javascript:
        check_accessibility(page)
    page.get_by_label("Photo").set_input_files(files=[photo()])  # type: ignore[list-item]
    onward.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How do we get people home?")
    expect(page.locator("header img.avatar")).to_have_js_property("naturalWidth", 96)
    page.goto("/me/photo")
    page.get_by_role("button", name="Remove photo").click()
    expect(page.locator("header img.avatar")).to_have_count(0)
