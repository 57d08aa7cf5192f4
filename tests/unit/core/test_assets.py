"""Static files under names that carry a hash of their content."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from talking_together.core.assets import init_assets


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """Return a folder with a few static files."""
    folder = tmp_path / "static"
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "app.css").write_text("p { color: red }\n" * 100)
    (folder / "icons.svg").write_text("<svg/>")
    (folder / "favicon.ico").write_bytes(b"icon")
    return folder


def site(static: Path) -> Flask:
    app = Flask(__name__, static_folder=str(static), instance_path=str(static.parent / "instance"))
    init_assets(app)
    return app


def url_of(app: Flask, path: str) -> str:
    return str(app.jinja_env.globals["asset_url"](path))  # type: ignore[operator]


def test_a_name_carries_a_hash_and_is_kept_for_ever(static: Path) -> None:
    app = site(static)
    url = url_of(app, "css/app.css")
    assert re.fullmatch(r"/static/css/app\.[0-9a-f]{12}\.css", url)
    answer = app.test_client().get(url)
    assert answer.get_data() == (static / "css" / "app.css").read_bytes()
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_changed_file_has_another_name(static: Path) -> None:
    before = url_of(site(static), "css/app.css")
    (static / "css" / "app.css").write_text("p { color: blue }")
    assert url_of(site(static), "css/app.css") != before


@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_text_is_sent_compressed(static: Path, coding: str, unpack: object) -> None:
    app = site(static)
    answer = app.test_client().get(url_of(app, "css/app.css"), headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert len(answer.get_data()) < 200
    assert unpack(answer.get_data()) == (static / "css" / "app.css").read_bytes()  # type: ignore[operator]


def test_a_file_that_is_not_there_stops_the_template(static: Path) -> None:
    with pytest.raises(KeyError):
        url_of(site(static), "css/away.css")


def test_browsers_find_the_favicon_by_its_usual_name(static: Path) -> None:
    answer = site(static).test_client().get("/favicon.ico")
    assert answer.get_data() == b"icon"
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_the_cache_can_be_deleted_and_is_made_again(static: Path) -> None:
    url = url_of(site(static), "css/app.css")
    for file in (static.parent / "instance").rglob("app.*"):
        file.unlink()
    assert site(static).test_client().get(url).status_code == 200


def test_an_instance_that_cannot_be_written_to_is_no_hindrance(
    static: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(static.parent))
    (static.parent / "instance").write_text("a file where the folder should be")
    app = site(static)
    assert app.test_client().get(url_of(app, "css/app.css")).status_code == 200
