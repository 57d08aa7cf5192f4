"""Rooms that grow too large want splitting by what they are about."""

import ast

from tests.architecture.sources import PACKAGE, TESTS, modules, name_of, view_modules, views_in

MODULE_LINES = 400
VIEW_LINES = 30
# Content, not code.
CONTENT = PACKAGE / "devtools" / "demo_content"
FORBIDDEN_IN_VIEWS = {
    ".populate_obj(": "copies whatever was sent; hand the service the fields it needs",
    "db.session": "belongs in a service or a query",
    "current_user.role": "belongs in @access or a policy",
}


def test_modules_fit_in_the_head() -> None:
    found = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules() + modules(TESTS)
        if not path.is_relative_to(CONTENT)
    }
    faults = [f"{name} has {lines} lines" for name, lines in found.items() if lines > MODULE_LINES]
    assert not faults, f"Longer than {MODULE_LINES} lines, so split by what they are about: {faults}"


def test_views_only_load_ask_and_answer() -> None:
    faults = []
    for path in view_modules():
        for view in views_in(path):
            lines = (view.end_lineno or view.lineno) - view.lineno
            if lines > VIEW_LINES:
                faults.append(f"{name_of(path)}: {view.name} has {lines} lines")
    assert not faults, (
        f"Longer than {VIEW_LINES} lines, so move what they decide to a service, query or form: {faults}"
    )


def test_views_leave_rules_and_rows_to_others() -> None:
    faults = [
        f"{name_of(path)}: {view.name} has {words}, which {why}"
        for path in view_modules()
        if PACKAGE / "core" not in path.parents
        for view in views_in(path)
        for words, why in FORBIDDEN_IN_VIEWS.items()
        if words in ast.unparse(view)
    ]
    assert not faults, faults
