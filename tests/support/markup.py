"""What every page must be, whatever it says: the house style as a check."""

import re
from typing import Any

import html5lib
from html5lib.constants import E as MESSAGES

# Their text or value names them.
SELF_LABELLED = {"hidden", "submit", "button", "reset", "image"}
TYPED_INTO = {"text", "search", "url", "email", "tel"}
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list", "form")


def parsed(html: str, *, fragment: bool = False) -> tuple[Any, list[str]]:
    """Return the tree of a page or fragment, and the errors that a strict parser finds."""
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    if fragment:
        # lxml has no node for several roots, so the fragment stands in a bare page.
        tree = parser.parse(f"<!doctype html><html><head><title></title></head><body>{html}</body></html>")
    else:
        tree = parser.parse(html)
    lines = html.split("\n")
    return tree.getroot(), [
        f"is not strict HTML: {MESSAGES[code] % data}, in: {lines[min(line, len(lines)) - 1].strip()[:120]}"
        for (line, _column), code, data in parser.errors
    ]


def faults_of(root: Any, *, fragment: bool = False) -> list[str]:
    """Return everything that is wrong with a parsed page, in words that say what to change."""
    faults = [*_ids(root), *_controls(root), *_forms(root), *_what_the_policy_blocks(root), *_images(root)]
    if fragment:
        return faults
    return [*faults, *_headings(root), *_references(root)]


def text_of(element: Any) -> str:
    """Return the text of an element with its white space made single."""
    return " ".join("".join(element.itertext()).split())


def _headings(root: Any) -> list[str]:
    headings = root.findall(".//h1")
    if len(headings) != 1:
        return [f"has {len(headings)} h1 elements; a page has exactly one"]
    faults = []
    heading, title = text_of(headings[0]), text_of(root.find(".//title"))
    if not title.removeprefix("Error: ").startswith(heading) or not heading:
        faults.append(f"its title “{title}” does not begin with its h1 “{heading}”")
    if not root.get("lang"):
        faults.append("its html element has no lang")
    return faults


def _ids(root: Any) -> list[str]:
    ids = [element.get("id") for element in root.iter() if element.get("id") is not None]
    return [f"the id “{id}” stands twice" for id in sorted({id for id in ids if ids.count(id) > 1})]


def _references(root: Any) -> list[str]:
    ids = {element.get("id") for element in root.iter()}
    faults = []
    for element in root.iter():
        for name in REFERENCES:
            for target in (element.get(name) or "").split():
                if target not in ids:
                    faults.append(f"{_shown(element)}: {name} names the id “{target}”, which is nowhere")
        href = element.get("href") or ""
        if element.tag == "a" and href.startswith("#") and href[1:] not in ids:
            faults.append(f"{_shown(element)} leads to {href}, which is nowhere")
    return faults


def _controls(root: Any) -> list[str]:
    labelled = {label.get("for") for label in root.iter("label") if text_of(label)}
    faults = []
    for control in root.iter("input", "select", "textarea"):
        if control.tag == "input" and (control.get("type") or "text").lower() in SELF_LABELLED:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby") or control.get("id") in labelled
        if not named and next(control.iterancestors("label"), None) is None:
            faults.append(f"{_shown(control)} has no label")
    for button in root.iter("button"):
        if not (text_of(button) or button.get("aria-label") or button.get("aria-labelledby")):
            faults.append(f"{_shown(button)} has no words")
    for link in root.iter("a"):
        if link.get("href") is not None and not (
            text_of(link) or link.get("aria-label") or link.cssselect("img[alt]")
        ):
            faults.append(f"{_shown(link)} has no words")
    return faults


def _forms(root: Any) -> list[str]:
    return [
        f"{_shown(form)} posts without a csrf_token"
        for form in root.iter("form")
        if (form.get("method") or "get").lower() == "post"
        and not any(field.get("value") for field in form.cssselect("input[name=csrf_token]"))
    ]


def _images(root: Any) -> list[str]:
    return [f"{_shown(image)} has no alt" for image in root.iter("img") if image.get("alt") is None]


def _what_the_policy_blocks(root: Any) -> list[str]:
    faults = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            if name == "style":
                faults.append(f"{_shown(element)} has a style attribute; the policy for content blocks it")
            if re.match(r"on[a-z]|hx-on", name):
                faults.append(f"{_shown(element)} has a script in {name}; the policy for content blocks it")
            # Browsers read past white space and control characters in an address.
            read = re.sub(r"[\x00-\x20]", "", value).lower()
            if read.startswith(("javascript:", "js:")) and not (name == "value" and _gives_back(element)):
                faults.append(f"{_shown(element)} has a script in {name}; the policy for content blocks it")
        if element.tag == "style":
            faults.append("has a style element; the policy for content blocks it")
        if element.tag == "script" and not element.get("src"):
            faults.append("has a script within the page; the policy for content blocks it")
    return faults


def _gives_back(control: Any) -> bool:
    """Return whether a control shows what somebody typed into a form that was refused; it runs nowhere."""
    form = next(control.iterancestors("form"), None)
    return (
        control.tag == "input"
        and (control.get("type") or "text").lower() in TYPED_INTO
        and form is not None
        and bool(form.cssselect(".nhsuk-error-message"))
    )


def _shown(element: Any) -> str:
    known = ("id", "name", "class", "href", "action")
    attributes = " ".join(f'{name}="{element.get(name)}"' for name in known if element.get(name))
    return f"<{element.tag} {attributes}>".replace(" >", ">")
