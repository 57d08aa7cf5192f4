"""Who may ask for a route at all: every view says so, or the site does not start."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from flask import Flask, current_app, g, request
from flask_login import current_user
from werkzeug.exceptions import Forbidden

from talking_together.core.errors import NotAllowed

ROLES = ("staff", "moderator", "admin")
# Who serves at a sponsor's desk: no other role includes theirs, and theirs includes no other.
SPONSOR = "sponsor"
_RANK = {SPONSOR: -1, **{role: rank for rank, role in enumerate(ROLES)}}


class Actor(Protocol):
    """Whoever acts, as rooms below `accounts` see them."""

    @property
    def id(self) -> int:
        """The member's id."""

    @property
    def role(self) -> str:
        """The member's role."""


View = TypeVar("View", bound=Callable[..., Any])


def access(role: str, *, desk: bool = False) -> Callable[[View], View]:
    """Declare the least role that may use the view: staff, moderator or admin; or sponsor, and no other.

    With `desk`, those who serve at a sponsor's desk may use it beside that role.
    """
    if role not in (*ROLES, SPONSOR):
        raise ValueError(f"No such role: {role}")

    def declare(view: View) -> View:
        view.access_role = role  # type: ignore[attr-defined]
        view.access_desk = desk or role == SPONSOR  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that the view answers people who are not signed in."""
    view.access_role = None  # type: ignore[attr-defined]
    view.access_desk = True  # type: ignore[attr-defined]
    return view


def has_role(member: Actor, role: str) -> bool:
    """Return whether the member's role includes the one asked for."""
    if role == SPONSOR:
        return member.role == SPONSOR
    return _RANK[member.role] >= _RANK[role]


def ensure_role(member: Actor, role: str) -> None:
    """Raise NotAllowed unless the member's role includes the one asked for."""
    if not has_role(member, role):
        raise NotAllowed()


def viewer() -> Any:
    """Return who is looking: the object itself, since its proxy looks it up at every use."""
    # Where Flask-Login puts who was found: its proxy takes three times as long to look there itself.
    return g.get("_login_user") or current_user._get_current_object()  # noqa: SLF001


def init_access(app: Flask) -> None:
    """Guard every request by what its view declared."""
    app.before_request(_guard)


def refuse_undeclared_routes(app: Flask) -> None:
    """Raise RuntimeError for a route whose view declares neither a role nor public."""
    undeclared = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "access_role")
    )
    if undeclared:
        raise RuntimeError(
            "Say who may use these routes with @access(role) or @public from "
            "talking_together.core.access: " + ", ".join(undeclared)
        )


def _declared_role(view: Any) -> str | None:
    role: str | None = view.access_role
    return role


def _guard() -> Any:
    if request.endpoint is None:
        return None
    view: Any = current_app.view_functions[request.endpoint]
    role = _declared_role(view)
    if role is None:
        return None
    member = viewer()
    if not member.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    if not (has_role(member, role) or (view.access_desk and has_role(member, SPONSOR))):
        raise Forbidden()
    return None
