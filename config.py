"""Settings from the environment, checked before the site starts."""

import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LEAST_SECRET_LENGTH = 32
MAX_REQUEST_BYTES = 1_000_000
CONNECT_TIMEOUT_S = 5
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


class Unusable(SystemExit):
    """A setting that stops the start; its one line says which and why."""


def load_config(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings of the site; raises Unusable (a SystemExit) with one line.

    DEMO=1 serves the demo: its own secret key and sender, plain HTTP, a mailbox in place of SMTP.
    """
    demo = _flag(environ, "DEMO")
    instance = Path(environ.get("INSTANCE") or ROOT / "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True)
    base_url = _base_url(environ, demo)
    mail_server = environ.get("MAIL_SERVER") or None
    return {
        "ROOT": ROOT,
        "INSTANCE": instance,
        "DEMO": demo,
        # Set by the `flask` command.
        "RUNS_COMMANDS": _flag(environ, "FLASK_RUN_FROM_CLI"),
        "SITE_NAME": environ.get("SITE_NAME") or "Talking Together",
        "CONTACT_EMAIL": environ.get("CONTACT_EMAIL") or None,
        "SECRET_KEY": _secret_key(environ, demo, instance),
        "SQLALCHEMY_DATABASE_URI": _database_url(environ, instance),
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(environ),
        "BASE_URL": base_url,
        "MAIL_SERVER": mail_server,
        "MAIL_PORT": _number(environ, "MAIL_PORT", 25, 1, 65_535),
        "MAIL_USERNAME": environ.get("MAIL_USERNAME") or None,
        "MAIL_PASSWORD": environ.get("MAIL_PASSWORD") or None,
        "MAIL_USE_TLS": _flag(environ, "MAIL_USE_TLS"),
        "MAIL_DEFAULT_SENDER": _sender(environ, demo, mail_server),
        "MAIL_BOUNCE_ADDRESS": _address(environ, "MAIL_BOUNCE_ADDRESS"),
        "MAIL_CONNECTIONS": _number(environ, "MAIL_CONNECTIONS", 4, 1, 20),
        "BOUNCE_MAILBOX": _bounce_mailbox(environ),
        "RATELIMIT_STORAGE_URI": _redis_url(environ),
        "RATELIMIT_ENABLED": True,
        "TRUSTED_PROXIES": _number(environ, "TRUSTED_PROXIES", 0, 0, 10),
        "LOG_LEVEL": _log_level(environ),
        "SESSION_COOKIE_NAME": "talking_together",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": not demo,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=60),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PREFERRED_URL_SCHEME": urlsplit(base_url).scheme,
        "WTF_CSRF_TIME_LIMIT": None,
        # Pages behind a secret link send no referrer at all; the token alone is what counts.
        "WTF_CSRF_SSL_STRICT": False,
        "MAX_CONTENT_LENGTH": MAX_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_REQUEST_BYTES,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 2,
        "COMPRESS_LEVEL": 3,
    }


def _stop(name: str, why: str) -> NoReturn:
    raise Unusable(f"Talking Together cannot start: {name} {why}")


def _flag(environ: Mapping[str, str], name: str) -> bool:
    value = (environ.get(name) or "0").lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    _stop(name, "must be 1 or 0")


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        _stop(name, f"must be a whole number from {least} to {most}")
    return int(text)


def _secret_key(environ: Mapping[str, str], demo: bool, instance: Path) -> str:
    key = environ.get("SECRET_KEY")
    if key:
        if len(key) < LEAST_SECRET_LENGTH:
            _stop("SECRET_KEY", f"must have at least {LEAST_SECRET_LENGTH} characters")
        return key
    if not demo:
        _stop(
            "SECRET_KEY",
            "is missing; make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    kept = instance / "demo-secret-key"
    if not kept.exists():
        kept.write_text(secrets.token_hex(32))
        kept.chmod(0o600)
    return kept.read_text().strip()


def _database_url(environ: Mapping[str, str], instance: Path) -> str:
    url = environ.get("DATABASE_URL") or f"sqlite:///{instance / 'talking_together.sqlite3'}"
    scheme = url.partition(":")[0]
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return "postgresql+psycopg" + url[len(scheme) :]
    if scheme == "sqlite" and ":memory:" not in url and url != "sqlite://":
        return url
    _stop("DATABASE_URL", "must begin with postgresql:// or sqlite:/// and name a file")


def _engine_options(environ: Mapping[str, str]) -> dict[str, Any]:
    # The values of statements, names and addresses among them, stay out of error messages.
    options = {"hide_parameters": True}
    if (environ.get("DATABASE_URL") or "").startswith("postgres"):
        # A host that does not answer must not hold a page for minutes.
        return {**options, "connect_args": {"connect_timeout": CONNECT_TIMEOUT_S}}
    return options


def _base_url(environ: Mapping[str, str], demo: bool) -> str:
    url = (environ.get("BASE_URL") or "").rstrip("/")
    if not url and demo:
        url = f"http://127.0.0.1:{_number(environ, 'PORT', 8000, 1, 65_535)}"
    if not url:
        _stop("BASE_URL", "is missing; it is what emailed links start with, as in https://ideas.example.org")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        _stop("BASE_URL", "must be an http or https address without a path")
    if parts.scheme == "http" and not demo:
        _stop("BASE_URL", "must begin with https:// outside the demo")
    return url


def _sender(environ: Mapping[str, str], demo: bool, mail_server: str | None) -> str:
    if not demo and not mail_server:
        _stop("MAIL_SERVER", "is missing; without it no invitation can be sent")
    sender = _address(environ, "MAIL_DEFAULT_SENDER")
    if sender:
        return sender
    if not demo:
        _stop("MAIL_DEFAULT_SENDER", "is missing; it is the address that invitations come from")
    return "ideas@demo.example"


def _bounce_mailbox(environ: Mapping[str, str]) -> str | None:
    """Return where bounces are read from, checked but as it was given, None when they are not."""
    address = environ.get("BOUNCE_MAILBOX")
    if not address:
        return None
    try:
        parts = urlsplit(address)
        has_port = parts.port != 0
    except ValueError:
        _stop("BOUNCE_MAILBOX", "is not an address")
    if parts.scheme == "maildir":
        if parts.netloc or not parts.path.startswith("/") or parts.query or parts.fragment:
            _stop("BOUNCE_MAILBOX", "must name a folder by its whole path, like maildir:/var/mail/bounces")
        return address
    if parts.scheme not in ("imap", "imaps"):
        _stop("BOUNCE_MAILBOX", "must begin with maildir:/, imaps:// or imap://")
    if (
        not (has_port and parts.hostname and parts.username and parts.password)
        or parts.query
        or parts.fragment
    ):
        _stop(
            "BOUNCE_MAILBOX",
            "must be like imaps://user:password@mail.example.org/INBOX, with signs in the user and password "
            "percent-encoded",
        )
    if not unquote(parts.path).isascii() or not unquote(parts.netloc).isprintable():
        _stop("BOUNCE_MAILBOX", "must name its folder in ASCII and hold no control characters")
    if parts.scheme == "imap" and parts.hostname not in LOCAL_HOSTS:
        _stop("BOUNCE_MAILBOX", "must begin with imaps:// for a server that is not on this machine")
    return address


def _address(environ: Mapping[str, str], name: str) -> str | None:
    address = environ.get(name)
    if address and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", address):
        _stop(name, "must be one plain email address")
    return address or None


def _redis_url(environ: Mapping[str, str]) -> str:
    url = environ.get("REDIS_URL")
    if not url:
        return "memory://"
    if not url.startswith(("redis://", "rediss://", "unix://")):
        _stop("REDIS_URL", "must begin with redis://, rediss:// or unix://")
    return url


def _log_level(environ: Mapping[str, str]) -> str:
    level = (environ.get("LOG_LEVEL") or "INFO").upper()
    if level not in LOG_LEVELS:
        _stop("LOG_LEVEL", f"must be one of {', '.join(LOG_LEVELS)}")
    return level
