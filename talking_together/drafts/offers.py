"""Offering a form back what its member typed into it and did not send."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField
from wtforms.fields.simple import SubmitField

from talking_together.drafts.queries import find_draft


@dataclass(frozen=True, slots=True)
class Offer:
    """A kept draft that differs from what stands; `in_use` once the form shows it."""

    key: str
    saved_at: datetime
    in_use: bool


def offer_draft(member: Any, key: str, form: Any) -> Offer | None:
    """Return what `drafts/offer.html` needs where a kept draft differs from the form as it stands.

    With `?draft=KEY` in the address the form is filled in with the draft. Nothing is offered to
    a form that has just been sent: it holds what its member typed.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    draft = find_draft(member, key)
    if draft is None:
        return None
    before = {name: field.data for name, field in form._fields.items()}
    typed: MultiDict[str, str] = MultiDict(
        [(name, value) for name, values in draft.fields.items() for value in values]
    )
    form.process(typed, data=before)
    if _words(form) == _words_of(form, before):
        form.process(None, data=before)
        return None
    in_use = request.args.get("draft") == key
    if not in_use:
        form.process(None, data=before)
    return Offer(draft.key, draft.saved_at, in_use)


def _words(form: Any) -> dict[str, Any]:
    return _words_of(form, {name: field.data for name, field in form._fields.items()})


def _words_of(form: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return what a person chose or typed; nothing typed is the same as nothing there."""
    return {name: _plain(values[name]) for name, field in form._fields.items() if _is_words(field)}


def _is_words(field: Field) -> bool:
    return not isinstance(field, HiddenField | SubmitField)


def _plain(value: Any) -> Any:
    # A choice of several is the same in any order.
    return sorted(value, key=str) if isinstance(value, list | tuple | set | frozenset) else value or None
