"""Every template compiles, and is used by something."""

import re
from pathlib import Path

from flask import Flask
from jinja2 import TemplateSyntaxError

from tests.architecture.sources import PACKAGE, TEMPLATES, modules

NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())
# Chosen by a name that is put together when it is needed.
BY_STATUS = re.compile(r"errors/\d{3}\.html")
EMAIL = re.compile(r"email/(?P<name>[^/]+)/(subject\.txt|body\.txt|body\.html)")
EMAIL_PARTS = {"subject.txt", "body.txt", "body.html"}


def test_templates_compile(site: Flask) -> None:
    faults = []
    for name in NAMES:
        try:
            site.jinja_env.get_template(name)
        except TemplateSyntaxError as error:
            faults.append(f"{name}:{error.lineno} {error.message}")
    assert not faults, faults


def test_templates_are_used() -> None:
    files: list[Path] = [*modules(PACKAGE), *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]
    mentioned = "\n".join(path.read_text(encoding="utf-8") for path in files)
    unused = []
    for name in NAMES:
        email = EMAIL.fullmatch(name)
        if not BY_STATUS.fullmatch(name) and (f'"{email["name"]}"' if email else name) not in mentioned:
            unused.append(name)
    assert not unused, f"Nothing uses these; delete them or render them: {unused}"


def test_emails_have_all_their_parts() -> None:
    folders = {(TEMPLATES / name).parent for name in NAMES if EMAIL.fullmatch(name)}
    partial = [folder.name for folder in folders if {p.name for p in folder.iterdir()} != EMAIL_PARTS]
    assert not partial, f"An email has {sorted(EMAIL_PARTS)}; these lack one: {partial}"
