"""Covers for the demo's challenges, drawn when it is loaded: hills, and a low sun above them."""

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1_600, 640
LAYERS = 5
# Drawn twice as large and shrunk, so that slopes have no steps.
_SCALE = 2


def scenery(name: str, colours: tuple[int, int, int]) -> io.BytesIO:
    """Return a picture in three colours (front, back, sky), the same for every load of a name."""
    rng = random.Random(f"scenery of {name}")
    front, back, sky = map(_rgb, colours)
    width, height = WIDTH * _SCALE, HEIGHT * _SCALE
    image = _sky(sky, width, height)
    _sun(image, rng)
    drawing = ImageDraw.Draw(image)
    for layer in range(LAYERS):
        near = layer / (LAYERS - 1)
        colour = _between(_between(back, sky, 0.45), front, near)
        drawing.polygon(_hills(rng, width, height, near), fill=colour)
    file = io.BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(file, "PNG")
    file.seek(0)
    return file


def _sky(sky: tuple[int, int, int], width: int, height: int) -> Image.Image:
    column = Image.new("RGB", (1, height))
    for y in range(height):
        column.putpixel((0, y), _between((250, 252, 255), sky, y / height))
    return column.resize((width, height))


def _sun(image: Image.Image, rng: random.Random) -> None:
    width, height = image.size
    x, y, radius = width * rng.uniform(0.62, 0.86), height * rng.uniform(0.24, 0.36), height * 0.13
    glow = Image.new("L", image.size, 0)
    drawing = ImageDraw.Draw(glow)
    drawing.ellipse((x - 2 * radius, y - 2 * radius, x + 2 * radius, y + 2 * radius), fill=110)
    glow = glow.filter(ImageFilter.GaussianBlur(radius * 0.8))
    ImageDraw.Draw(glow).ellipse((x - radius, y - radius, x + radius, y + radius), fill=245)
    image.paste(Image.new("RGB", image.size, (255, 250, 235)), mask=glow)


def _hills(rng: random.Random, width: int, height: int, near: float) -> list[tuple[float, float]]:
    waves = [(rng.uniform(0.5, 2.2), rng.uniform(0, math.tau), rng.uniform(0.02, 0.07)) for _ in range(3)]
    level = height * (0.42 + 0.40 * near)
    line = [
        (
            float(x),
            level + height * sum(h * math.sin(math.tau * f * x / width + phase) for f, phase, h in waves),
        )
        for x in range(0, width + 8, 8)
    ]
    return [*line, (width, height), (0, height)]


def _rgb(colour: int) -> tuple[int, int, int]:
    return colour >> 16, colour >> 8 & 255, colour & 255


def _between(start: tuple[int, int, int], end: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
    return red, green, blue
