"""Sponsors as admins keep them."""

import io

import pytest
from PIL import Image
from sqlalchemy import func, select

from talking_together.audit.models import AuditEntry
from talking_together.extensions import db
from talking_together.rewards.models import RewardPicture, Sponsor
from tests.factories import make_admin, make_member
from tests.factories.rewards import make_reward, make_sponsor
from tests.support.client import Client

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def logo(size: tuple[int, int] = (300, 100), colour: str = "navy") -> tuple[io.BytesIO, str]:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    file.seek(0)
    return file, "logo.png"


def pictures_kept() -> int:
    return db.session.scalar(select(func.count()).select_from(RewardPicture)) or 0


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_an_admin_adds_changes_and_switches_off_a_sponsor(client: Client) -> None:
    client.sign_in(make_admin())
    assert "No sponsors yet" in client.get("/admin/sponsors").text
    new = client.get("/admin/sponsors/new").form("/admin/sponsors/new")
    added = new.submit(
        name="Five Pools", words="Along\n\nthe river", link="https://pools.example/", logo=logo()
    )
    page = added.follow(statements=5)
    path = added.location
    shown = page.query("img.reward__logo")[0]["src"]
    picture = client.get(shown)
    assert picture.headers["Content-Type"] == "image/webp"
    assert "immutable" in picture.headers["Cache-Control"]
    client.get(shown.removesuffix("/small"))
    client.get(shown.replace(shown.split("/")[4], "0" * 32), status=404)

    page.form(path).submit(words="By the river", logo=logo(colour="red"))
    client.get(shown, status=404)
    assert pictures_kept() == 1
    client.get(path).form(path).submit(without_logo="y")
    assert pictures_kept() == 0
    sponsor = db.session.scalars(select(Sponsor)).one()
    assert (sponsor.words, sponsor.link, sponsor.logo_id) == ("By the river", "https://pools.example/", None)

    reward = make_reward(sponsor)
    assert "1 reward" in client.get(path).text
    refused = client.get(path).form(f"{path}/off").submit().follow()
    assert "Close the rewards of Five Pools first" in refused.text
    reward.state = "closed"
    db.session.commit()
    client.get(path).form(f"{path}/off").submit()
    assert "Switched off" in client.get("/admin/sponsors", statements=4).text
    client.get(path).form(f"{path}/on").submit()
    assert actions() == [
        "sponsor added",
        "sponsor changed",
        "sponsor changed",
        "sponsor switched off",
        "sponsor switched on",
    ]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter the sponsor’s name"),
        ("name", "riverside LEISURE", "There is a sponsor of that name already"),
        ("link", "javascript:alert(1)", "begins with https://"),
        ("link", "http://pools.example", "begins with https://"),
        ("link", "https://pools.example@evil.example/", "begins with https://"),
        ("link", "https:\\\\pools.example", "begins with https://"),
        ("link", "https://pools.example:99999999/", "begins with https://"),
        ("logo", (io.BytesIO(SVG), "logo.svg"), "Choose a JPEG, PNG, WebP or GIF picture"),
    ],
)
def test_what_is_no_sponsor_is_said_next_to_the_field(
    client: Client, field: str, typed: object, words: str
) -> None:
    make_sponsor(name="Riverside Leisure")
    client.sign_in(make_admin())
    if field == "logo":
        typed = (io.BytesIO(SVG), "logo.svg")
    sent = {"name": "Five Pools", "words": "Kept", "link": "https://pools.example", field: typed}
    page = client.post("/admin/sponsors/new", sent, status=400)
    assert words in page.query(f"#{field}-error")[0].text
    assert page.query("#words")[0].text == "Kept"
    assert db.session.scalar(select(func.count()).select_from(Sponsor)) == 1


def test_everything_that_is_wrong_with_a_sponsor_is_said_at_once(client: Client) -> None:
    make_sponsor(name="Riverside Leisure")
    client.sign_in(make_admin())
    wrong = {"name": "riverside leisure", "words": "W" * 501, "link": "pools.example"}
    page = client.post("/admin/sponsors/new", wrong | {"logo": (io.BytesIO(SVG), "logo.svg")}, status=400)
    said = {name: page.query(f"#{name}-error")[0].text for name in ("name", "words", "link", "logo")}
    assert "of that name already" in said["name"]
    assert "500 characters or fewer" in said["words"]
    assert "begins with https://" in said["link"]
    assert "Choose a JPEG, PNG, WebP or GIF picture" in said["logo"]
    assert page.query("#link")[0]["value"] == "pools.example"
    again = client.post("/admin/sponsors/new", wrong | {"logo": logo()}, status=400)
    assert "Choose the logo again" in again.query("#logo-error")[0].text
    assert pictures_kept() == 0


def test_two_sponsors_written_at_once_do_not_take_one_name(client: Client) -> None:
    first, other = make_sponsor(name="Five Pools"), make_sponsor(name="Seven Gyms")
    client.sign_in(make_admin())
    path = f"/admin/sponsors/{other.id}"
    page = client.get(path).form(path).submit(name="five pools", status=400)
    assert "of that name already" in page.text
    client.get(f"/admin/sponsors/{first.id}").form(f"/admin/sponsors/{first.id}").submit(name="FIVE POOLS")
    client.sign_in(make_member()).get(path, status=403)
