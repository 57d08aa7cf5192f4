"""Addresses are words in lower case joined by hyphens, and people can read them."""

import re

from flask import Flask

WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.css|\.js|\.json|\.csv|\.txt)?")
VARIABLE = re.compile(r"<[^>]+>")


def test_addresses_are_kebab_case(site: Flask) -> None:
    for rule in site.url_map.iter_rules():
        for part in filter(None, rule.rule.strip("/").split("/")):
            assert VARIABLE.fullmatch(part) or WORD.fullmatch(part), (
                f"{rule.rule}: write “{part}” in lower case with hyphens between its words"
            )


def test_an_address_has_one_spelling(site: Flask) -> None:
    for rule in site.url_map.iter_rules():
        assert rule.rule == "/" or not rule.rule.endswith("/"), f"{rule.rule} ends in a slash"
