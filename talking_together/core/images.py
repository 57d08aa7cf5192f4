"""Pictures that people send: judged by what they hold, and made anew without what a camera added.

What a file says of itself is read before anything is decoded, so that a small file cannot unpack to
a huge picture. Nothing of the file but its pixels is kept: no place, no time, no comment.
"""

import io
import re
import warnings
from dataclasses import dataclass
from typing import IO, Any

from PIL import Image, ImageCms

from talking_together.core.errors import InvalidInput
from talking_together.core.turns import NoTurn, Turns

MAX_BYTES = 10 * 1024 * 1024
# A picture somewhat over the limit gets words beside its field, not a page of its own.
MAX_REQUEST_BYTES = 2 * MAX_BYTES
ACCEPT = "image/jpeg,image/png,image/webp,image/gif"
SMALL, LARGE = 96, 320
# A picture within a text: as wide as the widest page shows it, and small for a phone.
PAGE_WIDTH, PAGE_HEIGHT, PAGE_LEAST = 1600, 4800, 16
SMALL_WIDTH = 640
# Longer than this for its width, a picture is a line.
MAX_PROPORTION = 12
# A cover is a wide strip above a page.
COVER_WIDTH, COVER_HEIGHT = 1600, 600
COVER_LEAST = (800, 300)
# Decoding takes memory and a processor: no more than these at once, whoever sends them.
AT_ONCE, WAIT_S = 2, 10
# Decoding takes about 200 MB at these limits: a JPEG is decoded at a fraction of its size, and for
# a WebP picture the decoder keeps three copies.
MAX_PIXELS = {"JPEG": 64_000_000, "PNG": 24_000_000, "GIF": 24_000_000, "WEBP": 12_000_000}
# A JPEG is drawn in a dozen passes or so; thousands of them fit into a small file and take minutes.
MAX_PASSES = 50
QUALITY = 80
MEDIA_TYPE = "image/webp"

# Pillow's own check stands behind ours; its default would let larger pictures through.
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())

# What stands between the data of a JPEG, apart from the marks within the data itself.
_JPEG_MARK = re.compile(rb"\xff[\xc0-\xcf\xd9-\xfe]")
_PASS, _END = 0xDA, 0xD9
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = {5, 6, 7, 8}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_SRGB = ImageCms.createProfile("sRGB")

EMPTY = "The file is empty. Choose another picture"
TOO_HEAVY = "The picture must be smaller than 10 MB. Save a smaller copy and choose that"
HEIC = (
    "HEIC pictures cannot be shown by every browser. Save yours as a JPEG, or take a screenshot of it, "
    "and choose that"
)
BUSY = "Many pictures are being sent at this moment. Nothing is wrong with yours: send it again in a minute"
NOT_A_PICTURE = "Choose a JPEG, PNG, WebP or GIF picture. This file is something else"
DAMAGED = "The picture is damaged or cut short. Save it anew, or choose another one"
MOVES = "Choose a picture that does not move"
TOO_SMALL = "The picture is too small. It must be at least {least} pixels wide and high"
TOO_SMALL_FOR_COVER = "The picture is too small. It must be at least {width} pixels wide and {height} high"
TOO_NARROW = "The picture is far longer than it is wide. Cut it into parts and choose one of them"
TOO_MANY_PIXELS = (
    "The picture has too many pixels: we can take {most} million. Save a smaller copy and choose that"
)


class UnusablePicture(InvalidInput):
    """What was sent is not a picture that we can show; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class MadePicture:
    """A picture as it is kept: large and small, both WebP, and how large the large one is."""

    content: bytes
    small: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a picture is made to fit: at most so large, at least so large, cropped or whole."""

    width: int
    height: int
    least: tuple[int, int]
    is_cropped: bool = True

    def turned(self) -> "_Frame":
        return _Frame(self.height, self.width, self.least[::-1], self.is_cropped)


_TURNS_TO_DECODE = Turns("pictures", most=AT_ONCE, wait_s=WAIT_S)


def square_photo(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """Return the middle of a picture as a square, small and large; raises UnusablePicture."""
    large = cropped(stream, LARGE, LARGE, least=SMALL)
    small = large.resize((SMALL, SMALL), Image.Resampling.LANCZOS)
    return encoded(small), encoded(large)


def page_picture(stream: IO[bytes]) -> MadePicture:
    """Return a whole picture for a page, no wider than a page shows it; raises UnusablePicture."""
    frame = _Frame(PAGE_WIDTH, PAGE_HEIGHT, (PAGE_LEAST, PAGE_LEAST), is_cropped=False)
    return _with_small(_made(stream, frame))


def cover_picture(stream: IO[bytes]) -> MadePicture:
    """Return the middle of a picture as a wide strip; raises UnusablePicture."""
    return _with_small(_made(stream, _Frame(COVER_WIDTH, COVER_HEIGHT, COVER_LEAST)))


def portrait_picture(stream: IO[bytes]) -> MadePicture:
    """Return the middle of a picture as the square that stands beside a name; raises UnusablePicture."""
    small, large = square_photo(stream)
    side = Image.open(io.BytesIO(large), formats=["WEBP"]).width
    return MadePicture(large, small, side, side)


def cropped(stream: IO[bytes], width: int, height: int, *, least: int) -> Image.Image:
    """Return the middle of a picture, upright and as large as asked for, if it has that many pixels.

    `least` is how many pixels it must have each way. Raises UnusablePicture.
    """
    return _made(stream, _Frame(width, height, (least, least)))


def encoded(image: Image.Image) -> bytes:
    """Return a picture as a WebP file."""
    file = io.BytesIO()
    image.save(file, "WEBP", quality=QUALITY, method=4)
    return file.getvalue()


def _with_small(large: Image.Image) -> MadePicture:
    small = large
    if large.width > SMALL_WIDTH:
        height = max(1, round(large.height * SMALL_WIDTH / large.width))
        small = large.resize((SMALL_WIDTH, height), Image.Resampling.LANCZOS)
    return MadePicture(encoded(large), encoded(small), large.width, large.height)


def _made(stream: IO[bytes], frame: _Frame) -> Image.Image:
    data = stream.read(MAX_BYTES + 1)
    kind = _kind_of(data)
    try:
        with _TURNS_TO_DECODE.turn(), warnings.catch_warnings():
            # What is odd about a file and does no harm is nothing to log.
            warnings.simplefilter("ignore")
            return _upright(data, kind, frame)
    except UnusablePicture:
        raise
    except NoTurn:
        raise UnusablePicture(BUSY) from None
    except Image.DecompressionBombError:
        raise _too_many_pixels(kind) from None
    except Exception:  # noqa: BLE001 - whatever a decoder trips over, it is the file that is at fault
        raise UnusablePicture(DAMAGED) from None


def _kind_of(data: bytes) -> str:
    """Return the format that the content begins like; the name of a file says nothing."""
    if not data:
        raise UnusablePicture(EMPTY)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise UnusablePicture(HEIC)
    kind = None
    if data.startswith(b"\xff\xd8\xff"):
        kind = "JPEG"
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = "PNG"
    elif data.startswith((b"GIF87a", b"GIF89a")):
        kind = "GIF"
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        kind = "WEBP"
    if kind is None:
        raise UnusablePicture(NOT_A_PICTURE)
    if len(data) > MAX_BYTES:
        raise UnusablePicture(TOO_HEAVY)
    return kind


def _upright(data: bytes, kind: str, frame: _Frame) -> Image.Image:
    if kind == "JPEG" and _passes_of(data) > MAX_PASSES:
        raise UnusablePicture(DAMAGED)
    with Image.open(io.BytesIO(data), formats=[kind]) as image:
        _judge(image, kind, frame)
        # Only a JPEG can be decoded at a fraction of its size; others leave this undone.
        size = image.size
        image.draft(None, (2 * max(frame.width, min(frame.height, PAGE_WIDTH)),) * 2)
        image.load()
        orientation = _orientation_of(image)
        if orientation in _SIDEWAYS:
            frame = frame.turned()
        _judge_size(size, frame, is_sideways=orientation in _SIDEWAYS)
        profile = image.info.get("icc_profile")
        shown = _shrunk(_plain(image), frame)
    shown = _in_srgb(_without_holes(shown), profile)
    if turn := _TURNS.get(orientation):
        shown = shown.transpose(turn)
    # Made of its pixels alone: a copy would carry what else the file said.
    return Image.frombytes("RGB", shown.size, shown.tobytes())


def _passes_of(data: bytes) -> int:
    """Return in how many passes a JPEG is drawn; what follows its end, such as a film, is left out."""
    passes, at = 0, 2
    while mark := _JPEG_MARK.search(data, at):
        kind = data[mark.end() - 1]
        if kind == _END:
            break
        passes += kind == _PASS
        at = mark.end() + int.from_bytes(data[mark.end() : mark.end() + 2])
    return passes


def _judge(image: Image.Image, kind: str, frame: _Frame) -> None:
    if image.width * image.height > MAX_PIXELS[kind]:
        raise _too_many_pixels(kind)
    if min(image.size) < min(frame.least):
        raise _too_small(frame)
    # A JPEG of several pictures holds the same one at other sizes; the first is what people see.
    if kind != "JPEG" and getattr(image, "is_animated", False):
        raise UnusablePicture(MOVES)


def _judge_size(size: tuple[int, int], frame: _Frame, *, is_sideways: bool) -> None:
    if size[0] < frame.least[0] or size[1] < frame.least[1]:
        raise _too_small(frame.turned() if is_sideways else frame)
    if max(size) > MAX_PROPORTION * min(size) and not frame.is_cropped:
        raise UnusablePicture(TOO_NARROW)


def _too_small(frame: _Frame) -> UnusablePicture:
    width, height = frame.least
    if width == height:
        return UnusablePicture(TOO_SMALL.format(least=width))
    return UnusablePicture(TOO_SMALL_FOR_COVER.format(width=width, height=height))


def _too_many_pixels(kind: str) -> UnusablePicture:
    return UnusablePicture(TOO_MANY_PIXELS.format(most=MAX_PIXELS[kind] // 1_000_000))


def _orientation_of(image: Image.Image) -> int:
    """Return how the camera was held, 1 where the picture does not say or says it wrongly."""
    try:
        orientation: Any = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - broken notes of a camera are no reason to refuse its picture
        return 1
    return orientation if isinstance(orientation, int) else 1


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture in a mode that can be made smaller: 8 bits, no palette."""
    if image.mode.startswith("I"):
        # Sixteen bits of grey; converting alone would cut the bright ones off.
        return image.convert("I").point(lambda value: value / 257).convert("L")
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L") if image.mode == "1" else image


def _shrunk(image: Image.Image, frame: _Frame) -> Image.Image:
    """Return the picture as large as its frame, whole or its middle, and no larger than it was."""
    if frame.is_cropped:
        scale = min(image.width / frame.width, image.height / frame.height)
        box_width, box_height = frame.width * scale, frame.height * scale
    else:
        scale = max(image.width / frame.width, image.height / frame.height)
        box_width, box_height = float(image.width), float(image.height)
    left, top = (image.width - box_width) / 2, (image.height - box_height) / 2
    shrink = max(scale, 1.0)
    return image.resize(
        (max(1, round(box_width / shrink)), max(1, round(box_height / shrink))),
        Image.Resampling.LANCZOS,
        box=(left, top, left + box_width, top + box_height),
        reducing_gap=3.0,
    )


def _without_holes(image: Image.Image) -> Image.Image:
    """Return the picture on white where it was transparent."""
    if "A" not in image.mode and "a" not in image.mode:
        return image
    backed = Image.new("RGBA", image.size, "white")
    backed.alpha_composite(image.convert("RGBA"))
    return backed.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in the colours that browsers assume."""
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), _SRGB, outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image.convert("RGB")
        if converted is not None:
            return converted
    return image.convert("RGB")
