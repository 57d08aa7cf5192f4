"""Pictures of the demo's rewards and logos of its sponsors, drawn from a few plain shapes."""

import io
import math
from collections.abc import Callable

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1_000, 375
LOGO = 240
# Drawn twice as large and shrunk, so that edges have no steps.
_SCALE = 2
_Pen = Callable[[ImageDraw.ImageDraw, float, float, float], None]


def reward_picture(motif: str, colour: int) -> io.BytesIO:
    """Return a wide picture of a motif before a background of its sponsor's colour."""
    image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), _mixed(colour, 0xFFFFFF, 0.78))
    drawing = ImageDraw.Draw(image)
    width, height = image.size
    drawing.ellipse(
        (width * 0.55, -height * 0.7, width * 1.1, height * 1.1), fill=_mixed(colour, 0xFFFFFF, 0.64)
    )
    _MOTIFS[motif](drawing, width / 2, height / 2, height * 0.36)
    return _sent(image.reduce(_SCALE))


def logo(motif: str, colour: int) -> io.BytesIO:
    """Return a square logo: the motif in a round field of the sponsor's colour."""
    side = LOGO * _SCALE
    image = Image.new("RGB", (side, side), "white")
    drawing = ImageDraw.Draw(image)
    drawing.ellipse((0, 0, side - 1, side - 1), fill=_mixed(colour, 0xFFFFFF, 0.72))
    _MOTIFS[motif](drawing, side / 2, side / 2, side * 0.27)
    return _sent(image.reduce(_SCALE))


def _sent(image: Image.Image) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    file.seek(0)
    return file


def _mixed(start: int, end: int, share: float) -> tuple[int, int, int]:
    red, green, blue = (
        round((start >> bits & 255) * (1 - share) + (end >> bits & 255) * share) for bits in (16, 8, 0)
    )
    return red, green, blue


def _box(x: float, y: float, across: float, down: float) -> tuple[float, float, float, float]:
    return x - across, y - down, x + across, y + down


def _waves(drawing: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    drawing.ellipse(_box(x - size * 0.5, y - size * 0.35, size * 0.22, size * 0.22), fill="#8a4b2a")
    drawing.line(
        [
            (x - size * 0.3, y - size * 0.05),
            (x + size * 0.2, y - size * 0.5),
            (x + size * 0.65, y - size * 0.1),
        ],
        fill="#8a4b2a",
        width=round(size * 0.16),
        joint="curve",
    )
    for row, colour in enumerate(("#2f9fd0", "#1d7fb5", "#105f92")):
        level = y + size * (0.15 + 0.32 * row)
        line = [
            (x + size * (step / 40 - 1.5), level + size * 0.08 * math.sin(step / 6 + row * 1.7))
            for step in range(121)
        ]
        drawing.line(line, fill=colour, width=round(size * 0.14), joint="curve")


def _cup(drawing: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    drawing.ellipse(_box(x, y + size * 0.85, size * 1.1, size * 0.14), fill="#c9b8a8")
    drawing.arc(
        _box(x + size * 0.68, y + size * 0.2, size * 0.36, size * 0.32), 0, 360, "#8a3b12", round(size * 0.13)
    )
    drawing.rounded_rectangle(
        (x - size * 0.7, y - size * 0.25, x + size * 0.7, y + size * 0.8), size * 0.3, fill="#8a3b12"
    )
    drawing.ellipse(_box(x, y - size * 0.22, size * 0.7, size * 0.16), fill="#4a2410")
    for shift in (-0.35, 0, 0.35):
        line = [
            (x + size * (shift + 0.07 * math.sin(step / 3)), y - size * (0.48 + 0.03 * step))
            for step in range(16)
        ]
        drawing.line(line, fill="#9a8f86", width=round(size * 0.07), joint="curve")


def _stage(drawing: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    drawing.rectangle(_box(x, y, size * 1.3, size), fill="#2b1540")
    drawing.polygon(
        [
            (x - size * 0.2, y - size),
            (x + size * 0.2, y - size),
            (x + size * 0.6, y + size * 0.8),
            (x - size * 0.6, y + size * 0.8),
        ],
        fill="#f5dd8f",
    )
    drawing.ellipse(_box(x, y + size * 0.8, size * 0.6, size * 0.12), fill="#fff3c7")
    for side in (-1, 1):
        for fold in range(4):
            left = x + side * size * (1.3 - 0.17 * fold)
            across = (left, left - side * size * 0.17)
            fill = "#a3202c" if fold % 2 else "#c2303d"
            drawing.rectangle((min(across), y - size, max(across), y + size), fill=fill)


def _weights(drawing: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    drawing.rounded_rectangle(_box(x, y, size * 1.5, size * 0.07), size * 0.07, fill="#5c6b75")
    for side in (-1, 1):
        for place, tall, colour in ((0.75, 0.8, "#0b6670"), (1.0, 0.62, "#1f8a96"), (1.2, 0.42, "#4fb0ba")):
            box = _box(x + side * size * place, y, size * 0.11, size * tall)
            drawing.rounded_rectangle(box, size * 0.08, fill=colour)


def _bat(drawing: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    drawing.line(
        [(x, y), (x + size * 0.75, y + size * 0.85)], fill="#b98a55", width=round(size * 0.26), joint="curve"
    )
    drawing.ellipse(_box(x - size * 0.2, y - size * 0.2, size * 0.68, size * 0.68), fill="#c2303d")
    drawing.ellipse(_box(x + size * 0.95, y - size * 0.45, size * 0.16, size * 0.16), fill="#ffffff")


def _plate(drawing: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    drawing.ellipse(_box(x, y, size, size), fill="#ffffff", outline="#c9b8a8", width=round(size * 0.05))
    drawing.ellipse(_box(x, y, size * 0.7, size * 0.7), outline="#e6ddd4", width=round(size * 0.04))
    drawing.ellipse(_box(x - size * 0.05, y + size * 0.02, size * 0.5, size * 0.42), fill="#fffaf0")
    drawing.ellipse(_box(x, y, size * 0.2, size * 0.2), fill="#f2b134")
    for side in (-1.35, 1.35):
        drawing.rounded_rectangle(
            _box(x + size * side, y, size * 0.06, size * 0.9), size * 0.06, fill="#7d8790"
        )
    drawing.rounded_rectangle(
        (x + size * 1.29, y - size * 0.9, x + size * 1.5, y - size * 0.1), size * 0.1, fill="#7d8790"
    )
    for tine in (-1.49, -1.35, -1.21):
        drawing.rectangle(_box(x + size * tine, y - size * 0.7, size * 0.035, size * 0.25), fill="#7d8790")
    drawing.rectangle(_box(x - size * 1.35, y - size * 0.45, size * 0.175, size * 0.05), fill="#7d8790")


def _hill(drawing: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    drawing.ellipse(_box(x, y - size * 0.1, size * 0.5, size * 0.5), fill="#f2b134")
    drawing.ellipse(_box(x - size * 1.4, y + size * 2.1, size * 2.4, size * 1.9), fill="#2c7a6b")
    drawing.ellipse(_box(x + size * 1.5, y + size * 2.3, size * 2.6, size * 1.9), fill="#1b5e55")


_MOTIFS: dict[str, _Pen] = {
    "waves": _waves,
    "cup": _cup,
    "stage": _stage,
    "weights": _weights,
    "bat": _bat,
    "plate": _plate,
    "hill": _hill,
}
