"""Pictures are judged by what they hold and made anew; nothing else of the file comes through."""

import io
import random
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageFile

from talking_together.core import images
from talking_together.core.images import (
    LARGE,
    SMALL,
    UnusablePicture,
    cover_picture,
    cropped,
    page_picture,
    portrait_picture,
    square_photo,
)
from talking_together.core.turns import Turns

RED, WHITE = (200, 30, 60), (255, 255, 255)
PLAIN = Image.new("RGB", (400, 300), RED)
NOISE = Image.effect_noise((640, 480), 60).convert("RGB")


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def moving(kind: str) -> bytes:
    first, second = (Image.new("RGB", (200, 200), colour) for colour in ("red", "blue"))
    return file_of(first, kind, save_all=True, append_images=[second], duration=100)


def png_that_says(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def jpeg_of_many_passes(passes: int) -> bytes:
    file = file_of(NOISE, "JPEG", progressive=True)
    last = file.rindex(b"\xff\xda")
    return file[:-2] + file[last:-2] * passes + b"\xff\xd9"


def palette_with_a_hole() -> Image.Image:
    image = Image.new("P", (200, 200), 0)
    image.putpalette([10, 20, 30] * 256)
    return image


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["WEBP"])


def near(found: Any, expected: tuple[int, int, int]) -> bool:
    return all(abs(one - other) <= 3 for one, other in zip(found, expected, strict=True))


@pytest.mark.parametrize(
    ("file", "colour"),
    [
        (file_of(PLAIN, "JPEG", quality=95), RED),
        (file_of(PLAIN, "JPEG", quality=95, progressive=True), RED),
        (file_of(PLAIN.convert("CMYK"), "JPEG", quality=95), RED),
        (file_of(PLAIN.convert("L"), "JPEG"), (84, 84, 84)),
        (file_of(Image.new("RGB", (200, 200), RED), "MPO", save_all=True, append_images=[PLAIN]), RED),
        (file_of(PLAIN), RED),
        (file_of(PLAIN.quantize()), RED),
        (file_of(palette_with_a_hole(), transparency=0), WHITE),
        (file_of(PLAIN, transparency=RED), WHITE),
        (file_of(Image.new("RGBA", (300, 300), (255, 0, 0, 128))), (255, 127, 127)),
        (file_of(Image.new("LA", (300, 300), (90, 128))), (172, 172, 172)),
        (file_of(Image.new("1", (300, 300), 1)), WHITE),
        (file_of(Image.new("I;16", (300, 300), 40_000)), (155, 155, 155)),
        (file_of(PLAIN, "WEBP", lossless=True), RED),
        (file_of(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "WEBP"), WHITE),
        (file_of(PLAIN, "GIF"), RED),
        (file_of(PLAIN, "JPEG", quality=95) + b"<script>alert(1)</script>" * 200, RED),
        (file_of(PLAIN, "JPEG", quality=95, icc_profile=b"no profile" * 20), RED),
        (file_of(PLAIN, "JPEG", quality=95, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff no notes"), RED),
    ],
)
def test_a_picture_of_any_make_becomes_two_squares(file: bytes, colour: tuple[int, int, int]) -> None:
    small, large = map(opened, square_photo(io.BytesIO(file)))
    assert small.size == (SMALL, SMALL)
    assert large.size in {(300, 300), (200, 200)}
    for square in (small, large):
        assert near(square.convert("RGB").getpixel((SMALL // 2, SMALL // 2)), colour)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", images.EMPTY),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", images.NOT_A_PICTURE),
        (b"<!doctype html><script>alert(1)</script>", images.NOT_A_PICTURE),
        (b"%PDF-1.7", images.NOT_A_PICTURE),
        (file_of(PLAIN, "TIFF"), images.NOT_A_PICTURE),
        (file_of(PLAIN, "BMP"), images.NOT_A_PICTURE),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", images.HEIC),
        (moving("GIF"), images.MOVES),
        (moving("PNG"), images.MOVES),
        (moving("WEBP"), images.MOVES),
        (file_of(Image.new("RGB", (1, 1))), images.TOO_SMALL.format(least=SMALL)),
        (file_of(Image.new("RGB", (SMALL - 1, 500))), images.TOO_SMALL.format(least=SMALL)),
        (png_that_says(5_000, 4_801), images.TOO_MANY_PIXELS.format(most=24)),
        (png_that_says(60_000, 60_000), images.TOO_MANY_PIXELS.format(most=24)),
        (png_that_says(2**31 - 1, 2**31 - 1), images.TOO_MANY_PIXELS.format(most=24)),
        (png_that_says(0, 100), images.DAMAGED),
        (file_of(PLAIN, "JPEG") + b"\0" * images.MAX_BYTES, images.TOO_HEAVY),
        (jpeg_of_many_passes(images.MAX_PASSES), images.DAMAGED),
        (b"GIF89a/*<script>alert(1)</script>*/=1;", images.DAMAGED),
        (b"\xff\xd8\xff<html>", images.DAMAGED),
        (b"RIFF\x10\0\0\0WEBPVP8X", images.DAMAGED),
        *(
            (whole[: int(len(whole) * part)], images.DAMAGED)
            for kind in ("JPEG", "PNG", "WEBP", "GIF")
            for whole in [file_of(NOISE, kind)]
            for part in (0.001, 0.5, 0.95)
        ),
    ],
)
def test_what_is_no_picture_for_us_is_refused_in_words(file: bytes, words: str) -> None:
    with pytest.raises(UnusablePicture) as refusal:
        square_photo(io.BytesIO(file))
    assert refusal.value.message == words


@pytest.mark.parametrize(
    ("orientation", "top"),
    [
        (1, "top"),
        (2, "top"),
        (3, "bottom"),
        (4, "bottom"),
        (5, "left"),
        (6, "right"),
        (7, "right"),
        (8, "left"),
    ],
)
def test_a_picture_stands_as_the_camera_was_held(orientation: int, top: str) -> None:
    striped = Image.new("RGB", (400, 300), "white")
    striped.paste((255, 0, 0), (0, 0, 400, 100))
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = file_of(striped, "JPEG", exif=exif.tobytes(), quality=95)
    square = opened(square_photo(io.BytesIO(file))[1]).convert("RGB")
    side = square.width - 1
    edges = {
        "top": (side // 2, 5),
        "right": (side - 5, side // 2),
        "bottom": (side // 2, side - 5),
        "left": (5, side // 2),
    }
    found = {name for name, place in edges.items() if square.getpixel(place)[1] < 100}
    assert found == {top}


def test_nothing_of_the_file_but_its_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "12 Mill Lane"
    exif.get_ifd(0x8825)[2] = (53.4, 2.1, 7.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    files = [
        file_of(NOISE, "JPEG", exif=exif.tobytes(), comment=b"12 Mill Lane", icc_profile=profile),
        file_of(NOISE, "WEBP", exif=exif.tobytes(), xmp=b"<x>12 Mill Lane</x>", icc_profile=profile),
    ]
    for file in files:
        assert b"12 Mill Lane" in file
        for made in square_photo(io.BytesIO(file)):
            assert made[8:16] == b"WEBPVP8 "
            assert b"Mill Lane" not in made
            # One block of data and nothing after it.
            assert len(made) == 20 + int.from_bytes(made[16:20], "little")


def test_a_profile_that_does_not_fit_the_picture_is_passed_over() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    file = file_of(PLAIN, "JPEG", quality=95, icc_profile=profile)
    assert near(opened(square_photo(io.BytesIO(file))[1]).convert("RGB").getpixel((9, 9)), RED)


def test_the_middle_is_what_is_shown() -> None:
    wide = Image.new("RGB", (900, 300), "white")
    wide.paste((0, 0, 255), (300, 0, 600, 300))
    large = opened(square_photo(io.BytesIO(file_of(wide)))[1]).convert("RGB")
    assert all(near(large.getpixel(place), (0, 0, 254)) for place in ((3, 3), (296, 296), (150, 150)))


@pytest.mark.parametrize(
    ("size", "expected"), [((3200, 2400), (1600, 400)), ((800, 800), (800, 200)), ((400, 1000), (400, 100))]
)
def test_a_picture_is_never_blown_up(size: tuple[int, int], expected: tuple[int, int]) -> None:
    for kind in ("JPEG", "PNG"):
        file = io.BytesIO(file_of(Image.new("RGB", size), kind))
        assert cropped(file, 1600, 400, least=SMALL).size == expected


@pytest.mark.parametrize(
    ("size", "expected", "small"),
    [
        ((3200, 2400), (1600, 1200), (640, 480)),
        ((800, 400), (800, 400), (640, 320)),
        ((300, 500), (300, 500), (300, 500)),
        ((1000, 9600), (500, 4800), (500, 4800)),
        ((16, 16), (16, 16), (16, 16)),
    ],
)
def test_a_picture_for_a_page_is_whole_and_never_blown_up(
    size: tuple[int, int], expected: tuple[int, int], small: tuple[int, int]
) -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        made = page_picture(io.BytesIO(file_of(Image.new("RGB", size, RED), kind)))
        assert (made.width, made.height) == opened(made.content).size == expected
        assert opened(made.small).size == small


def test_a_picture_for_a_page_stands_upright_on_white() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = page_picture(io.BytesIO(file_of(NOISE, "JPEG", exif=exif.tobytes())))
    assert (made.width, made.height) == (480, 640)
    clear = page_picture(io.BytesIO(file_of(Image.new("RGBA", (300, 200), (255, 0, 0, 0)))))
    assert near(opened(clear.content).convert("RGB").getpixel((9, 9)), WHITE)


@pytest.mark.parametrize(
    ("size", "expected", "small"),
    [
        ((3200, 2400), (1600, 600), (640, 240)),
        ((800, 2000), (800, 300), (640, 240)),
        ((4000, 300), (800, 300), (640, 240)),
    ],
)
def test_a_cover_is_the_middle_strip(
    size: tuple[int, int], expected: tuple[int, int], small: tuple[int, int]
) -> None:
    made = cover_picture(io.BytesIO(file_of(Image.new("RGB", size, RED), "JPEG")))
    assert (made.width, made.height) == opened(made.content).size == expected
    assert opened(made.small).size == small


def test_a_portrait_is_a_square_of_its_own_size() -> None:
    made = portrait_picture(io.BytesIO(file_of(NOISE)))
    assert (made.width, made.height, opened(made.small).size) == (LARGE, LARGE, (SMALL, SMALL))


def _sideways(size: tuple[int, int]) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 8
    return file_of(Image.new("RGB", size), "JPEG", exif=exif.tobytes())


@pytest.mark.parametrize(
    ("make", "file", "words"),
    [
        (page_picture, file_of(Image.new("RGB", (15, 400))), images.TOO_SMALL.format(least=16)),
        (page_picture, file_of(Image.new("RGB", (100, 1_300))), images.TOO_NARROW),
        (page_picture, file_of(Image.new("RGB", (1_300, 100))), images.TOO_NARROW),
        (page_picture, moving("GIF"), images.MOVES),
        (page_picture, png_that_says(60_000, 60_000), images.TOO_MANY_PIXELS.format(most=24)),
        *(
            (cover_picture, file, images.TOO_SMALL_FOR_COVER.format(width=800, height=300))
            for file in (
                file_of(Image.new("RGB", (799, 600))),
                file_of(Image.new("RGB", (1_000, 299))),
                file_of(Image.new("RGB", (100, 100))),
                _sideways((1_600, 799)),
            )
        ),
    ],
)
def test_what_does_not_fit_a_page_is_refused_in_words(make: Any, file: bytes, words: str) -> None:
    with pytest.raises(UnusablePicture) as refusal:
        make(io.BytesIO(file))
    assert refusal.value.message == words


def test_a_bomb_is_refused_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _self: pytest.fail("It was unpacked"))
    for file in (png_that_says(25_000, 20_000), png_that_says(2**31 - 1, 1), moving("GIF")):
        with pytest.raises(UnusablePicture):
            page_picture(io.BytesIO(file))


def test_only_so_many_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns("pictures-of-a-test", most=2, wait_s=0.2)
    monkeypatch.setattr(images, "_TURNS_TO_DECODE", turns)
    file = file_of(PLAIN)
    with turns.turn(), turns.turn():
        with pytest.raises(UnusablePicture) as refusal:
            page_picture(io.BytesIO(file))
        assert refusal.value.message == images.BUSY
    assert page_picture(io.BytesIO(file)).width == 400
    # A place is given back by what was refused as well.
    for _ in range(5):
        with pytest.raises(UnusablePicture):
            page_picture(io.BytesIO(file[:100]))
    assert page_picture(io.BytesIO(file)).width == 400


def test_four_thousand_broken_pictures_are_taken_or_refused_and_nothing_else() -> None:
    chance = random.Random(20)  # noqa: S311 - the same files each time
    small = NOISE.resize((120, 90))
    exif = Image.Exif()
    exif[0x0112] = 5
    exif.get_ifd(0x8825)[2] = (53.4, 2.1, 7.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    files = [
        file_of(small, "JPEG", exif=exif.tobytes(), icc_profile=profile),
        file_of(small, "JPEG", progressive=True),
        file_of(small.convert("CMYK"), "JPEG"),
        file_of(small, exif=exif.tobytes(), icc_profile=profile),
        file_of(small.quantize(), transparency=3),
        file_of(Image.new("I;16", (90, 90), 40_000)),
        file_of(small, "WEBP", exif=exif.tobytes()),
        file_of(small, "WEBP", lossless=True),
        file_of(small, "GIF"),
        moving("GIF"),
        moving("PNG"),
        moving("WEBP"),
    ]
    outcomes = {"taken": 0, "refused": 0}
    for number in range(4_000):
        content = bytearray(files[number % len(files)])
        for _ in range(chance.randrange(1, 10)):
            # Most of what can go wrong stands near the beginning.
            reach = len(content) if chance.random() < 0.5 else min(len(content), 200)
            content[chance.randrange(reach)] = chance.randrange(256)
        if chance.random() < 0.1:
            del content[chance.randrange(len(content)) :]
        try:
            made = page_picture(io.BytesIO(bytes(content)))
        except UnusablePicture:
            outcomes["refused"] += 1
        else:
            assert made.content[8:16] == b"WEBPVP8 "
            outcomes["taken"] += 1
    assert min(outcomes.values()) > 200, outcomes


def test_a_photo_is_no_larger_than_it_is_shown() -> None:
    small, large = square_photo(io.BytesIO(file_of(NOISE.resize((4000, 3000)), "JPEG")))
    assert opened(large).size == (LARGE, LARGE)
    assert len(small) < 10_000
    assert len(large) < 100_000
