"""Passing an idea on: its link to copy, an email that says no more than its title, and paper."""

from urllib.parse import parse_qs, urlsplit

from flask import Flask

from tests.factories import make_challenge, make_idea, make_member
from tests.support.client import Client


def test_the_link_and_the_email_hold_the_title_and_the_address_and_nothing_else(
    app: Flask, client: Client
) -> None:
    member = make_member()
    idea = make_idea(make_challenge("open"), title="Lists & more? #1", body_source="Only for colleagues")
    page = client.sign_in(member).get(f"/ideas/{idea.id}", status=301).follow()
    address = f"{app.config['BASE_URL']}{page.path}"
    assert page.query("#share-address")[0]["value"] == address
    (mail,) = [link["href"] for link in page.query("main a") if link["href"].startswith("mailto:")]
    assert parse_qs(urlsplit(mail).query) == {"subject": ["Lists & more? #1"], "body": [address]}
    draft = make_idea(make_challenge("open"), member, status="draft")
    assert not client.get(f"/ideas/{draft.id}", status=301).follow().query("#share-address")
