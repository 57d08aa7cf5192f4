"""The form kit: nhsuk-frontend's macros and WTForms fields, behind one object for templates.

The macros live in a Jinja environment of their own, because Flask does not autoescape `.jinja`
files and the macros' loader in the site's environment would let unescaped text out.
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from flask import Flask
from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup, escape
from wtforms import Field, Form
from wtforms.fields import (
    BooleanField,
    FileField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length

# A count under a one-line box helps only where a person writes a sentence in it.
COUNTED_INPUT = 120
COUNT_THRESHOLD = 75
# What is made once for many pages, as long as nothing was typed into it and it is not too long.
_KEPT = frozenset({"button", "character-count", "checkboxes", "input", "radios", "select", "textarea"})
_LONGEST_KEPT = 4_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def init_kit(app: Flask) -> None:
    """Give templates the `kit`."""
    app.jinja_env.globals["kit"] = Kit()


@cache
def _macros() -> Environment:
    return Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"),
        undefined=ChainableUndefined,
        autoescape=True,
        # They change with the release alone: nobody need look at their files at every field.
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _macro(component: str, name: str) -> Any:
    module = _macros().get_template(f"nhsuk/components/{component}/macro.jinja").module
    return getattr(module, name)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a macro is asked for: equal where all of it is equal, types included."""

    component: str
    name: str
    key: Hashable
    params: Mapping[str, Any] = field(compare=False)


def _render(component: str, name: str, params: Mapping[str, Any]) -> Markup:
    """Return what a macro makes of the parameters; of a button or an empty field, from memory."""
    texts: list[int] = []
    if component in _KEPT and (component == "button" or not params.get("value")):
        try:
            asked = _Asked(component, name, _frozen(params, texts), params)
        except TypeError:
            pass
        else:
            if sum(texts) <= _LONGEST_KEPT:
                return _kept(asked)
    return _made(_Asked(component, name, None, params))


@lru_cache(maxsize=512)
def _kept(asked: _Asked) -> Markup:
    return _made(asked)


def _made(asked: _Asked) -> Markup:
    return Markup(str(_macro(asked.component, asked.name)(_with_safe_html(asked.params))).strip())


def _frozen(value: Any, texts: list[int]) -> Hashable:
    """Return what stands for a parameter in memory; TypeError for what is more than plain values."""
    if isinstance(value, str):
        texts.append(len(value))
        return type(value), str(value)
    if value is None or isinstance(value, bool | int):
        return type(value), value
    if isinstance(value, Mapping):
        return tuple((key, _frozen(item, texts)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return list, tuple(_frozen(item, texts) for item in value)
    raise TypeError(type(value))


def _with_safe_html(value: Any) -> Any:
    """Escape every `html` parameter that is not marked as safe: the macros print them as they are."""
    if isinstance(value, Mapping):
        return {
            key: escape(item) if key == "html" and isinstance(item, str) else _with_safe_html(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_with_safe_html(item) for item in value]
    return value


class Kit:
    """What templates render forms and notices with, `{{ kit.field(form.title) }}`."""

    def button(self, text: str, *, variant: str | None = None, **params: Any) -> Markup:
        """Return a button, or a link that looks like one when `href` is given."""
        params = {"text": text, "variant": variant, "preventDoubleClick": False, **params}
        if "href" in params:
            # A link stays a link to a screen reader.
            return Markup('<a class="nhsuk-button%s" href="%s" draggable="false">%s</a>') % (
                f" nhsuk-button--{variant}" if variant else "",
                params["href"],
                text,
            )
        return _render("button", "button", params)

    def error_summary(self, form: Form, title: str = "There is a problem") -> Markup:
        """Return the summary of a form's errors, each a link to its field; nothing without errors."""
        errors = [
            {"text": message, "href": None if isinstance(field, HiddenField) else f"#{field.id}"}
            for field in form
            for message in _messages(field)
        ]
        errors += [{"text": message} for message in form.form_errors]
        if not errors:
            return Markup("")
        return _render("error-summary", "errorSummary", {"titleText": title, "errorList": errors})

    def field(self, field: Field, **options: Any) -> Markup:
        """Return a WTForms field with its label, hint and first error.

        `hint` and `label` replace the field's own; `size` is the label's size (s, m, l); `heading`
        makes the label the page's h1. `rows`, `width`, `classes`, `autocomplete`, `inputmode`,
        `spellcheck`, `prefix`, `suffix`, `small`, `inline`, `accept` and `attributes` go to the
        control; `hints` and `conditional` map a choice's value to its hint and to what it reveals.
        """
        if isinstance(field, HiddenField):
            return Markup(str(field()))
        if isinstance(field, SubmitField):
            return self.button(field.label.text, name=field.name, value="1")
        if isinstance(field, RadioField):
            return _choices("radios", field, options)
        if isinstance(field, SelectMultipleField):
            return _choices("checkboxes", field, options)
        if isinstance(field, BooleanField):
            return _tick_box(field, options)
        if isinstance(field, SelectField):
            return _select(field, options)
        if isinstance(field, TextAreaField):
            return _textarea(field, options)
        return _input(field, options)

    def details(self, summary: str, html: str) -> Markup:
        """Return text that opens under a summary."""
        return _render("details", "details", {"summaryText": summary, "html": html})

    def inset_text(self, html: str) -> Markup:
        """Return text set off from the rest."""
        return _render("inset-text", "insetText", {"html": html})

    def warning_callout(self, heading: str, html: str) -> Markup:
        """Return a warning that stands out from the page."""
        return Markup('<div class="notice notice--warning"><h2>%s</h2>%s</div>') % (heading, html)

    def notification_banner(self, html: str, *, success: bool = False) -> Markup:
        """Return a notice about the whole page."""
        params = {"html": html, "type": "success" if success else None}
        return _render("notification-banner", "notificationBanner", params)

    def summary_list(self, rows: list[dict[str, Any]]) -> Markup:
        """Return a list of keys and values: `{"key": …, "value": …, "href": …, "action": …}`."""
        items = [
            {
                "key": {"text": row["key"]},
                "value": {"html": escape(row["value"])},
                "actions": {"items": _row_actions(row)},
            }
            for row in rows
        ]
        return _render("summary-list", "summaryList", {"rows": items})


def _row_actions(row: Mapping[str, Any]) -> list[dict[str, str]]:
    if "href" not in row:
        return []
    return [
        {
            "href": row["href"],
            "text": row.get("action", "Change"),
            "visuallyHiddenText": str(row["key"]).lower(),
        }
    ]


def _messages(field: Field) -> list[str]:
    """Return the messages of a field, those of its entries included."""
    found: list[str] = []
    for error in field.errors:
        found += [str(error)] if isinstance(error, str) else _nested(error)
    return found[:1]


def _nested(error: Any) -> list[str]:
    if isinstance(error, Mapping):
        return [text for inner in error.values() for text in _nested(inner)]
    if isinstance(error, list | tuple):
        return [text for inner in error for text in _nested(inner)]
    return [str(error)]


def _parts(field: Field, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every control has: its name, hint and first error."""
    hint = options.get("hint", field.description)
    messages = _messages(field)
    return {
        "id": field.id,
        "idPrefix": field.id,
        "name": field.name,
        "hint": {"html": escape(hint)} if hint else None,
        "errorMessage": {"text": messages[0]} if messages else None,
        "formGroup": {"classes": options.get("group_classes")},
        "classes": options.get("classes"),
    }


def _label(field: Field, options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "text": str(options.get("label", field.label.text)),
        "size": options.get("size", "s"),
        "isPageHeading": options.get("heading", False),
    }


def _attributes(field: Field, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a control; None stands for one without a value."""
    attributes: dict[str, Any] = {
        **{key: value for key, value in (field.render_kw or {}).items() if key not in ("class", "rows")},
        **options.get("attributes", {}),
    }
    return {
        name: {"value": value, "optional": True} if isinstance(value, bool) else value
        for name, value in attributes.items()
    }


def _longest(field: Field) -> int | None:
    checks: Sequence[Any] = field.validators
    return min((check.max for check in checks if isinstance(check, Length) and check.max > 0), default=None)


def _count_words(limit: int) -> str:
    return f"You can enter up to {limit:,} characters"


def _is_required(field: Field) -> bool:
    return any(isinstance(v, DataRequired | InputRequired) for v in field.validators)


def _value(field: Field) -> str:
    # WTForms' own name for what goes back into a box, typed text that failed its check included.
    value = field._value() if hasattr(field, "_value") else field.data  # noqa: SLF001
    # No page can hold control characters, not even to give back what was typed.
    return "" if value is None else _CONTROLS.sub("", str(value))


def _input(field: Field, options: Mapping[str, Any]) -> Markup:
    kind = getattr(field.widget, "input_type", "text")
    is_password = isinstance(field, PasswordField)
    is_file = isinstance(field, FileField)
    attributes = _attributes(field, options)
    if is_file and options.get("accept"):
        attributes["accept"] = options["accept"]
    if _is_required(field):
        attributes["aria-required"] = "true"
    params = {
        **_parts(field, options),
        "label": _label(field, options),
        "type": kind,
        # What was typed as a password is never sent back, and a file cannot be.
        "value": None if is_password or is_file else _value(field),
        "width": options.get("width"),
        "autocomplete": options.get("autocomplete") or attributes.pop("autocomplete", None),
        "inputmode": options.get("inputmode") or attributes.pop("inputmode", None),
        "spellcheck": False if is_password or kind == "email" else options.get("spellcheck"),
        "autocapitalize": "none" if is_password or kind == "email" else None,
        "prefix": {"text": options["prefix"]} if options.get("prefix") else None,
        "suffix": {"text": options["suffix"]} if options.get("suffix") else None,
        "attributes": attributes,
    }
    limit = _longest(field)
    is_sentence = kind == "text" and not params.get("autocomplete")
    if not is_sentence or not limit or limit < COUNTED_INPUT:
        return _render("input", "input", params)
    params["classes"] = f"{params['classes'] or ''} nhsuk-js-character-count".strip()
    params["describedBy"] = f"{field.id}-info"
    return Markup(
        '<div class="nhsuk-character-count" data-module="nhsuk-character-count"'
        ' data-maxlength="%s" data-threshold="%s">%s'
        '<div class="nhsuk-hint nhsuk-character-count__message" id="%s-info">%s</div></div>'
    ) % (limit, COUNT_THRESHOLD, _render("input", "input", params), field.id, _count_words(limit))


def _textarea(field: Field, options: Mapping[str, Any]) -> Markup:
    attributes = _attributes(field, options)
    if _is_required(field):
        attributes["aria-required"] = "true"
    params = {
        **_parts(field, options),
        "label": _label(field, options),
        "value": _value(field),
        "rows": options.get("rows") or (field.render_kw or {}).get("rows", 5),
        "spellcheck": options.get("spellcheck"),
        "attributes": attributes,
    }
    if before := options.get("before"):
        params["formGroup"]["beforeInput"] = {"html": escape(before)}
    if limit := _longest(field):
        params |= {"maxlength": limit, "threshold": COUNT_THRESHOLD}
        params["textareaDescriptionText"] = _count_words(limit)
        return _render("character-count", "characterCount", params)
    return _render("textarea", "textarea", params)


def _select(field: SelectField, options: Mapping[str, Any]) -> Markup:
    items = [
        {"value": str(value), "text": str(label), "selected": bool(selected)}
        for value, label, selected, *_ in field.iter_choices()
    ]
    params = {
        **_parts(field, options),
        "label": _label(field, options),
        "items": items,
        "attributes": _attributes(field, options),
    }
    return _render("select", "select", params)


def _choices(component: str, field: RadioField | SelectMultipleField, options: Mapping[str, Any]) -> Markup:
    hints: Mapping[Any, str] = options.get("hints", {})
    conditional: Mapping[Any, str] = options.get("conditional", {})
    items = []
    for value, label, checked, *_ in field.iter_choices():
        item: dict[str, Any] = {"value": str(value), "text": str(label), "checked": bool(checked)}
        if value in hints:
            item["hint"] = {"text": hints[value]}
        if value in conditional:
            item["conditional"] = {"html": conditional[value]}
        items.append(item)
    params = {
        **_parts(field, options),
        "fieldset": {"legend": _label(field, options)},
        "items": items,
        "small": options.get("small", False),
        "inline": options.get("inline", False),
    }
    del params["id"]
    return _render(component, component, params)


def _tick_box(field: BooleanField, options: Mapping[str, Any]) -> Markup:
    """Return one tick box; its hint belongs to the box, as there is no group to describe."""
    parts = _parts(field, options)
    item = {
        "value": "y",
        "text": str(options.get("label", field.label.text)),
        "checked": bool(field.data),
        "hint": parts.pop("hint"),
        "attributes": _attributes(field, options),
    }
    del parts["id"]
    return _render(
        "checkboxes", "checkboxes", {**parts, "items": [item], "small": options.get("small", False)}
    )
