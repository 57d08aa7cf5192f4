"""Which passwords are refused, and how they are kept."""

import pytest
from flask import Flask

from talking_together.accounts.passwords import (
    hash_password,
    needs_rehash,
    problem_with,
    verify_password,
)

GUESSABLE = "too easy to guess"
NAME = "must not contain your name"
ADDRESS = "must not contain your email address"
SITE = "must not contain the name of this site"


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "12 characters or more"),
        ("elevenchars", "12 characters or more"),
        ("x7#k violet kettle" * 12, "200 characters or fewer"),
        ("aaaaaaaaaaaa", GUESSABLE),
        ("abcabcabcabcabc", GUESSABLE),
        ("123456789012", GUESSABLE),
        ("abcdefghijklmnop", GUESSABLE),
        ("qwertyuiop[]", GUESSABLE),
        ("1qaz2wsx3edc", GUESSABLE),
        ("passwordpassword", GUESSABLE),
        ("P@ssw0rd12345", GUESSABLE),
        ("hospital12345", GUESSABLE),
        ("welcome2work!", GUESSABLE),
        ("Summer2026!!!", GUESSABLE),
        ("iloveyou12345", GUESSABLE),
        ("Ashworth for ever and a day", NAME),
        ("ASHWORTH-kettle-7", NAME),
        ("a.s.h.w.o.r.t.h kettle", NAME),
        ("Zoë is my name, kettle", None),
        ("r.ashford9 violet marches", ADDRESS),
        ("talking-together", SITE),
        ("Talking Together violet", SITE),
        ("violet kettle marches", None),
        ("correct horse battery staple", None),
        ("grandma-bakes-pies", None),
        ("k7#Qz!p9Lw2@", None),
        ("ヴァイオレット ケトル 行進曲", None),
        ("x7#k violet kettle marches " * 7, None),
    ],
)
def test_a_password_is_refused_for_what_a_guesser_would_try(password: str, problem: str | None) -> None:
    found = problem_with(
        password, name="Zoë Ashworth", email="r.ashford9@riverside.example", site_name="Talking Together"
    )
    assert (found is None) if problem is None else (found is not None and problem in found)


def test_a_whole_address_is_refused_however_short_its_first_part_is() -> None:
    address = "zoe@council.example"
    found = problem_with(address, name="Z Oe", email=address, site_name="Talking Together")
    assert ADDRESS in (found or "")


def test_an_empty_name_and_address_refuse_nothing() -> None:
    assert problem_with("violet kettle marches", name="", email="", site_name="Talking Together") is None


@pytest.fixture
def cheap() -> Flask:
    """Return a site with hashes that cost little."""
    app = Flask(__name__)
    app.config.update(ARGON2_MEMORY_KIB=8, ARGON2_PASSES=1)
    return app


def test_a_hash_belongs_to_its_password_alone(cheap: Flask) -> None:
    with cheap.app_context():
        kept = hash_password("violet kettle marches")
        assert kept.startswith("$argon2id$")
        assert kept != hash_password("violet kettle marches")
        assert len(kept) <= 200
        assert verify_password(kept, "violet kettle marches")
        assert not verify_password(kept, "violet kettle marches ")
        assert not verify_password(kept, "")


@pytest.mark.parametrize("kept", [None, "", "nonsense", "$argon2id$v=19$broken"])
def test_what_is_no_hash_lets_nobody_in(cheap: Flask, kept: str | None) -> None:
    with cheap.app_context():
        assert not verify_password(kept, "violet kettle marches")
        assert not verify_password(kept, "the password of nobody")


def test_the_same_keys_on_another_system_are_the_same_password(cheap: Flask) -> None:
    with cheap.app_context():
        assert verify_password(hash_password("cafe\u0301 kettle marches"), "caf\u00e9 kettle marches")


def test_a_hash_of_other_costs_is_made_anew(cheap: Flask) -> None:
    with cheap.app_context():
        kept = hash_password("violet kettle marches")
        assert not needs_rehash(kept)
        cheap.config["ARGON2_PASSES"] = 2
        assert needs_rehash(kept)
