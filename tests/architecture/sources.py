"""The files that the architecture tests look at."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "talking_together"
TEMPLATES = ROOT / "templates"
TESTS = ROOT / "tests"


def modules(folder: Path = PACKAGE) -> list[Path]:
    """Return the Python files under a folder."""
    return sorted(folder.rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the parsed source of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Return the path within the repository."""
    return path.relative_to(ROOT).as_posix()


def view_modules() -> list[Path]:
    """Return the modules that answer requests: those where a blueprint's routes stand."""
    return [path for path in modules() if any(True for _ in views_in(path))]


def views_in(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a module that a blueprint's route decorates."""
    for node in tree_of(path).body:
        if isinstance(node, ast.FunctionDef) and any(map(_is_route, node.decorator_list)):
            yield node


def _is_route(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in ("get", "post", "route")
        and ast.unparse(decorator.func.value).endswith("blueprint")
    )
