"""Static files under names that carry a hash of their content, compressed beforehand.

Each file of `static/` is copied once into a cache folder as `name.<hash>.ext` with its brotli
and gzip versions; WhiteNoise serves them, and browsers may keep them for ever because a changed
file has another name. The folder can be deleted at any time: the next start makes it again.
"""

import gzip
import hashlib
import os
import tempfile
from pathlib import Path
from wsgiref.headers import Headers

import brotli
from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

PREFIX = "/static/"
COMPRESSIBLE = {".css", ".js", ".svg", ".txt"}
# Browsers ask for it by this name whatever a page says.
FAVICON = "favicon.ico"


def init_assets(app: Flask) -> None:
    """Prepare the static files, serve them, and give templates `asset_url` and `icons`."""
    source = Path(app.static_folder or Path(app.root_path).parent / "static")
    cache = _cache_folder(app)
    names = {path: _publish(source, path, cache) for path in _files_under(source)}
    files = cache / "files"
    # Marked as safe, because a page prints dozens of them: names of ours need no escaping.
    urls = {path: Markup(PREFIX + name) for path, name in names.items()}

    server = WhiteNoise(
        app.wsgi_app,
        immutable_file_test=_never_changes,
        add_headers_function=_add_headers,
        allow_all_origins=False,
    )
    server.add_files(str(files), prefix=PREFIX)
    if FAVICON in names:
        server.add_file_to_dictionary("/" + FAVICON, str(files / names[FAVICON]))
    app.wsgi_app = server  # type: ignore[method-assign]

    def asset_url(path: str) -> Markup:
        """Return the address of a file of `static/`; KeyError for one that is not there."""
        return urls[path]

    app.jinja_env.globals.update(asset_url=asset_url, icons=urls["icons.svg"])


def _files_under(source: Path) -> list[str]:
    return sorted(path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file())


def _cache_folder(app: Flask) -> Path:
    """Return a folder to keep the files in: of the instance, else of this user's temp folder."""
    folder = Path(app.instance_path) / "static-cache"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="talking-together-static-"))
    return folder


def _publish(source: Path, path: str, cache: Path) -> str:
    """Put a file and its compressed versions into the cache, unless there; return its name."""
    content = (source / path).read_bytes()
    extension = Path(path).suffix
    name = f"{path.removesuffix(extension)}.{hashlib.sha256(content).hexdigest()[:12]}{extension}"
    target = cache / "files" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    # The plain file comes last: where it stands, its compressed versions do too.
    if extension in COMPRESSIBLE and not target.exists():
        _write(cache, name + ".br", brotli.compress(content))
        _write(cache, name + ".gz", gzip.compress(content, 9, mtime=0))
    if not target.exists():
        _write(cache, name, content)
    return name


def _write(cache: Path, name: str, content: bytes) -> None:
    """Write a file whole or not at all: several processes may be starting at once."""
    target = cache / "files" / name
    unfinished = cache / "unfinished"
    unfinished.mkdir(exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=unfinished)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(target)


def _never_changes(_path: str, url: str) -> bool:
    return url.startswith(PREFIX)


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
