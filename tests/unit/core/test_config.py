"""A setting that is missing or unusable stops the start with one line that says which and why."""

from pathlib import Path
from typing import Any

import pytest

from config import Unusable, load_config

REAL = {
    "SECRET_KEY": "k" * 32,
    "BASE_URL": "https://ideas.example.org",
    "MAIL_SERVER": "mail.example.org",
    "MAIL_DEFAULT_SENDER": "ideas@example.org",
}


def loaded(tmp_path: Path, **changes: str) -> dict[str, Any]:
    return load_config({**REAL, "INSTANCE": str(tmp_path), **changes})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("BASE_URL", ""),
        ("BASE_URL", "ideas.example.org"),
        ("BASE_URL", "http://ideas.example.org"),
        ("BASE_URL", "https://ideas.example.org/here"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("MAIL_SERVER", ""),
        ("MAIL_PORT", "many"),
        ("MAIL_PORT", "70000"),
        ("MAIL_USE_TLS", "perhaps"),
        ("MAIL_CONNECTIONS", "0"),
        ("MAIL_CONNECTIONS", "21"),
        ("MAIL_BOUNCE_ADDRESS", "nobody"),
        ("MAIL_DEFAULT_SENDER", ""),
        ("MAIL_DEFAULT_SENDER", "Ideas <ideas@example.org>"),
        ("MAIL_DEFAULT_SENDER", "ideas@example.org\nBcc: x@example.org"),
        ("BOUNCE_MAILBOX", "/var/mail/bounces"),
        ("BOUNCE_MAILBOX", "maildir:bounces"),
        ("BOUNCE_MAILBOX", "imaps://[user:hush@mail.example.org"),
        ("BOUNCE_MAILBOX", "maildir://host/bounces"),
        ("BOUNCE_MAILBOX", "pop3://user:hush@mail.example.org"),
        ("BOUNCE_MAILBOX", "imaps://mail.example.org/INBOX"),
        ("BOUNCE_MAILBOX", "imaps://user@mail.example.org/INBOX"),
        ("BOUNCE_MAILBOX", "imaps://user:hush@mail.example.org:70000/INBOX"),
        ("BOUNCE_MAILBOX", "imaps://user:hu#sh@mail.example.org/INBOX"),
        ("BOUNCE_MAILBOX", "imaps://user:hu%0Ash@mail.example.org/INBOX"),
        ("BOUNCE_MAILBOX", "imaps://user:hush@mail.example.org/R%C3%BCck"),
        ("BOUNCE_MAILBOX", "imap://user:hush@mail.example.org/INBOX"),
        ("REDIS_URL", "http://redis"),
        ("TRUSTED_PROXIES", "-1"),
        ("LOG_LEVEL", "loud"),
        ("DEMO", "perhaps"),
    ],
)
def test_an_unusable_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(Unusable) as stopped:
        loaded(tmp_path, **{name: value})
    assert f" {name} " in str(stopped.value)
    assert "\n" not in str(stopped.value)
    assert "hush" not in str(stopped.value)


def test_real_settings_start_the_site(tmp_path: Path) -> None:
    config = loaded(tmp_path, DATABASE_URL="postgres://u:p@db/x", REDIS_URL="redis://r")
    assert config["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://u:p@db/x"
    assert config["SESSION_COOKIE_SECURE"] is True
    assert config["SESSION_COOKIE_HTTPONLY"] is True
    assert config["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert config["RATELIMIT_STORAGE_URI"] == "redis://r"


def test_the_demo_needs_no_settings_and_keeps_its_key(tmp_path: Path) -> None:
    demo = {"DEMO": "1", "INSTANCE": str(tmp_path), "PORT": "8123"}
    first, second = load_config(demo), load_config(demo)
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert first["BASE_URL"] == "http://127.0.0.1:8123"
    assert first["MAIL_SERVER"] is None


@pytest.mark.parametrize(
    "place",
    [
        "maildir:/var/mail/bounces",
        "maildir:///var/mail/bounces%20here",
        "imaps://bounces%40example.org:s%40crt%2F@mail.example.org/INBOX",
        "imaps://bounces:hush@mail.example.org:1993/Reports/In",
        "imap://bounces:hush@localhost:1143",
        "imap://bounces:hush@[::1]/INBOX",
    ],
)
def test_bounces_may_be_read_from(tmp_path: Path, place: str) -> None:
    assert loaded(tmp_path, BOUNCE_MAILBOX=place)["BOUNCE_MAILBOX"] == place
    assert loaded(tmp_path)["BOUNCE_MAILBOX"] is None
