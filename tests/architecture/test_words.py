"""What newcomers read: docstrings of what is public, and no loose ends."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PACKAGE, ROOT, TEMPLATES, TESTS, modules, name_of, tree_of

LOOSE_ENDS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SOURCES = {".py", ".html", ".txt", ".css", ".js", ".md", ".sh", ".toml"}
OURS = ("talking_together", "templates", "static", "tests", "docs", "tools", "migrations")
NOT_OURS = {"vendor", "node_modules", "data"}
VAGUE_NAMES = {"utils", "helpers", "common", "managers"}


def _own_files() -> Iterator[Path]:
    for top in OURS:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in SOURCES and not NOT_OURS & set(path.relative_to(ROOT).parts):
                yield path


def _silent_parts(path: Path) -> Iterator[str]:
    """Yield what is public in a module and does not say what it does."""
    tree = tree_of(path)
    if tree.body and not ast.get_docstring(tree):
        yield name_of(path)
    for node in tree.body:
        is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if is_public and not ast.get_docstring(node):
            yield f"{name_of(path)}: {node.name}"


def test_what_is_public_says_what_it_does() -> None:
    silent = [part for path in modules() for part in _silent_parts(path)]
    assert not silent, f"Give these a docstring of one line: {silent}"


def test_nothing_is_left_for_later() -> None:
    left = [
        f"{name_of(path)}:{number}"
        for path in _own_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if LOOSE_ENDS.search(line)
    ]
    assert not left, f"Do it now, or write an issue: {left}"


def test_no_room_is_an_attic() -> None:
    places = (*PACKAGE.rglob("*"), *TEMPLATES.rglob("*"), *TESTS.rglob("*"))
    attics = [name_of(path) for path in places if path.stem in VAGUE_NAMES]
    assert not attics, f"Name these after what they are about: {attics}"


def test_test_files_have_tests() -> None:
    empty = [
        name_of(path)
        for path in sorted(TESTS.rglob("test_*.py"))
        if not any(
            isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            for node in ast.walk(tree_of(path))
        )
    ]
    assert not empty, f"These test nothing: {empty}"
