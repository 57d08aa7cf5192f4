"""Whether an organisation's colour can be read on its chip, light and dark.

Relative luminance and contrast ratio are those of WCAG 2.2 (w3.org/TR/WCAG22, definitions of
"relative luminance" and "contrast ratio"). The mixes are those of `.chip` in static/css/app.css.
"""

import re

from talking_together.core.errors import InvalidInput

LEAST_CONTRAST = 4.5
WHITE = (255, 255, 255)
BLACK = (0, 0, 0)
DARK_CARD = (0x1A, 0x24, 0x2C)
TINT, INK = 0.11, 0.78
DARK_TINT = 0.17

Colour = tuple[int, int, int]


def parse(text: str) -> Colour:
    """Return the parts of "#rrggbb"; InvalidInput on `colour` for anything else."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise InvalidInput("Enter the colour as # and six digits, like #005eb8", field="colour")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def chip_contrast(text: str) -> float:
    """Return the contrast of a chip's words on its tint in the light theme."""
    colour = parse(text)
    return contrast(_mix(colour, BLACK, INK), _mix(colour, WHITE, TINT))


def check_colour(text: str) -> str:
    """Return the colour in lower case; InvalidInput on `colour` when its chip is hard to read."""
    found = chip_contrast(text)
    if found < LEAST_CONTRAST:
        raise InvalidInput(
            f"Choose a darker colour: the contrast on its label is {found:.1f} to 1 and must be "
            f"at least {LEAST_CONTRAST} to 1",
            field="colour",
        )
    return text.lower()


def dark_variant(text: str) -> str:
    """Return the colour, lightened until its chip can be read in the dark theme."""
    colour = parse(text)
    for step in range(21):
        lightened = _mix(WHITE, colour, step / 20)
        if contrast(lightened, _mix(lightened, DARK_CARD, DARK_TINT)) >= LEAST_CONTRAST:
            break
    return "#{:02x}{:02x}{:02x}".format(*lightened)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
