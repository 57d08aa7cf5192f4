"""The poster of a join code: one page of A4 with a code that leads to the right place."""

import io
from collections.abc import Callable

import pytest
import segno
from flask import Flask
from PIL import Image
from playwright.sync_api import Page

from talking_together.invitations.team_codes.codes import shown_code
from tests.factories import make_admin, make_challenge, make_organisation
from tests.factories.invitations import make_join_code
from tests.support.accessibility import check_accessibility, check_fits
from tests.support.printing import A4, pages_in

OpenPage = Callable[..., Page]
LONGEST = {
    "question": "How might we make sure that everybody who goes home from hospital before lunch has their "
    "medicines, their transport, their letter and their carers right",
    "team": "The night porters, domestics and catering assistants of the emergency department, the acute "
    "medical unit and wards 1 to 14",
    "organisation": "Riverside and Valley Community Partnership University Hospitals Foundation Trust, with "
    "its associated services",
}


def poster_of(challenge: str | None = None, **values: object) -> str:
    made = {"challenge_id": make_challenge(title=challenge).id} if challenge else {}
    return f"/admin/invitations/codes/{make_join_code(**made, **values).id}/poster"


@pytest.mark.parametrize("is_long", [False, True])
def test_a_poster_is_one_page_of_a4_and_holds_all_its_words(
    server: Flask, open_page: OpenPage, is_long: bool
) -> None:
    values: dict[str, object] = {"label": "Night porters"}
    if is_long:
        server.config["CONTACT_EMAIL"] = (
            "talking-together.engagement@riverside-and-valley.partnership.example"
        )
        organisation = make_organisation(name=LONGEST["organisation"])
        values = {"label": LONGEST["team"], "organisation_id": organisation.id, "needs_approval": True}
    path = poster_of(LONGEST["question"] if is_long else "What would make handover quicker?", **values)
    page = open_page(path, signed_in=make_admin())
    page.emulate_media(media="print")
    # Nothing is cut off at the foot of the page, nor at the side of its box.
    for selector in (".poster", ".poster__typed", ".poster h1", ".poster__head", ".poster__foot"):
        over = page.locator(selector).evaluate(
            "box => [box.scrollHeight - box.clientHeight, box.scrollWidth - box.clientWidth]"
        )
        assert max(over) <= 1, f"{selector} is cut off by {over}"
    assert not page.get_by_text("Print it from your browser").is_visible()
    assert pages_in(page.pdf(prefer_css_page_size=True, print_background=False)) == [A4]


def test_its_qr_code_is_the_code_of_the_address(server: Flask, open_page: OpenPage) -> None:
    code = make_join_code()
    page = open_page(
        f"/admin/invitations/codes/{code.id}/poster", signed_in=make_admin(), device_scale_factor=2
    )
    expected = segno.make(f"{server.config['BASE_URL']}/join/{shown_code(code.code)}", error="q", micro=False)
    modules = [list(map(bool, row)) for row in expected.matrix_iter(border=4)]
    drawn = Image.open(io.BytesIO(page.locator(".poster__qr svg").screenshot())).convert("L")
    size = drawn.width / len(modules)
    read = [
        [drawn.getpixel((int((x + 0.5) * size), int((y + 0.5) * size))) < 128 for x in range(len(modules))]
        for y in range(len(modules))
    ]
    assert read == modules


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_poster_can_be_read_on_a_screen_too(open_page: OpenPage, scheme: str, width: int) -> None:
    page = open_page(poster_of(), signed_in=make_admin(), scheme=scheme, width=width)
    check_accessibility(page)
    check_fits(page)
