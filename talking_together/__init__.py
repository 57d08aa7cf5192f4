"""Talking Together: a private place where partners' staff answer challenges with ideas."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, g
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from talking_together import extensions, features
from talking_together.core import (
    access,
    addresses,
    assets,
    database,
    error_pages,
    formatting,
    kit,
    logs,
    migrating,
    security_headers,
    turns,
)


class Site(Flask):
    """Flask, told that nothing here is a coroutine, so that it need not look at each function it calls."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(config: Mapping[str, Any]) -> Flask:
    """Return the site, set up by a mapping such as `config.load_config` returns."""
    root = config["ROOT"]
    app = Site(
        __name__,
        template_folder=root / "templates",
        static_folder=None,
        instance_path=str(config["INSTANCE"]),
    )
    app.config.from_mapping(config)
    app.jinja_options["trim_blocks"] = app.jinja_options["lstrip_blocks"] = True
    app.url_map.strict_slashes = False
    app.url_map.converters["slugged"] = addresses.SluggedConverter
    app.url_map.converters["int"] = addresses.BoundedIntegerConverter
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    features.import_models()
    # First of what looks at a request, so that a request refused early is logged as well.
    logs.init_logs(app)
    extensions.db.init_app(app)
    # Before what may refuse a request: its error page reads, and must not wait for a writer.
    database.init_database(app)
    _init_extensions(app)
    migrating.init_migrating(app)
    access.init_access(app)
    error_pages.init_error_pages(app)
    security_headers.init_security_headers(app)
    assets.init_assets(app)
    formatting.init_formatting(app)
    kit.init_kit(app)
    turns.init_turns(app)
    features.register(app)
    access.refuse_undeclared_routes(app)
    return app


def _init_extensions(app: Flask) -> None:
    # Flask-Login's own way asks who is looking for every page, also for the one that says that the
    # database is away; the proxy asks when a page does.
    extensions.login_manager.init_app(app, add_context_processor=False)
    app.context_processor(lambda: {"current_user": g.get("_login_user", current_user)})
    extensions.mail.init_app(app)
    extensions.csrf.init_app(app)
    extensions.compress.init_app(app)
    extensions.limiter.init_app(app)
    # Views that have a limit check it themselves; its hook would look for one at every request.
    app.before_request_funcs[None].remove(extensions.limiter._check_request_limit)  # noqa: SLF001
