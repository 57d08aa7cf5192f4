"""Colours that can be read on their chips."""

import pytest

from talking_together.core.errors import InvalidInput
from talking_together.organisations import colours


def test_contrast_is_that_of_wcag() -> None:
    assert colours.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    # The standard's best known boundary: #767676 on white passes 4.5 to 1 by a hair.
    assert colours.contrast(colours.parse("#767676"), colours.WHITE) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("text", ["#ffb81c", "#ffffff", "#41b6e6", "#00ff00"])
def test_a_colour_too_light_to_read_is_refused_with_its_contrast(text: str) -> None:
    with pytest.raises(InvalidInput, match="darker") as refused:
        colours.check_colour(text)
    assert refused.value.field == "colour"


@pytest.mark.parametrize("text", ["#005EB8", "#006b32", "#000000", "#7a4b00"])
def test_a_dark_colour_is_kept_in_lower_case(text: str) -> None:
    assert colours.check_colour(text) == text.lower()


@pytest.mark.parametrize("text", ["", "blue", "#05b", "#gggggg", "005eb8", "#005eb8;"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        colours.check_colour(text)


@pytest.mark.parametrize("text", ["#000000", "#005eb8", "#6a3a9c", "#ffffff"])
def test_the_dark_theme_can_read_every_colour(text: str) -> None:
    lighter = colours.parse(colours.dark_variant(text))
    ground = tuple(
        round(a * colours.DARK_TINT + b * (1 - colours.DARK_TINT))
        for a, b in zip(lighter, colours.DARK_CARD, strict=True)
    )
    assert colours.contrast(lighter, ground) >= colours.LEAST_CONTRAST  # type: ignore[arg-type]
