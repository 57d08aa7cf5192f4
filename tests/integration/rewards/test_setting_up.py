"""Rewards as admins set them up."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.formatting import local_input
from talking_together.extensions import db
from talking_together.rewards.models import (
    Draw,
    DrawEntry,
    Pledge,
    Reward,
    RewardGroup,
    RewardOrganisation,
    RewardPicture,
    TeamPrize,
)
from tests.factories import make_admin, make_group, make_member, make_organisation
from tests.factories.rewards import make_reward, make_sponsor, make_voucher
from tests.factories.rows import saved
from tests.support.client import Client, Page

FILLED: dict[str, Any] = {
    "kind": "redeem",
    "given_for": "joined",
    "title": "A swim for one",
    "body": "At any of our **pools**",
    "cost": "50",
    "face_value": "£4.50",
    "stock_kind": "number",
    "stock": "10",
    "per_member": "1",
    "valid_days": "90",
    "starts_at": "",
    "ends_at": "",
    "audience": "everyone",
}


def stored(reward_id: int | None = None) -> Any:
    db.session.expire_all()
    statement = select(Reward).order_by(Reward.id.desc())
    return db.session.scalars(
        statement if reward_id is None else statement.where(Reward.id == reward_id)
    ).first()


def save(client: Client, reward: Reward, status: int | None = None, **changes: Any) -> Page:
    path = f"/admin/rewards/{reward.id}"
    return client.get(path, statements=8).form(path).submit(status=status, **changes)


def test_a_reward_is_written_previewed_published_closed_and_opened_again(client: Client) -> None:
    sponsor, home, nurses = make_sponsor(), make_organisation(), make_group()
    admin = make_admin()
    client.sign_in(admin)
    form = client.get("/admin/rewards/new", statements=6).form("/admin/rewards/new")
    chosen = {"audience": "chosen", "organisations": str(home.id), "groups": str(nurses.id)}
    made = form.submit(**FILLED | chosen | {"sponsor_id": str(sponsor.id), "starts_at": "2026-07-01T09:00"})
    reward = stored()
    assert (reward.cost, reward.face_value_pence, reward.stock, reward.state) == (50, 450, 10, "draft")
    assert reward.starts_at == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert db.session.scalars(select(RewardOrganisation.organisation_id)).all() == [home.id]
    assert db.session.scalars(select(RewardGroup.group_id)).all() == [nurses.id]
    page = made.follow(statements=8)
    assert page.heading == "A swim for one"
    assert "A swim for one" in client.get("/admin/rewards?state=draft", statements=5).text
    assert "This is a preview" in client.get(f"/admin/rewards/{reward.id}/preview").text
    client.get(f"/rewards/{reward.id}", status=404)

    page.form(f"/admin/rewards/{reward.id}/publish").submit()
    client.sign_in(make_member(home)).get(f"/rewards/{reward.id}-a-swim-for-one")
    client.sign_in(admin)
    page = client.get(f"/admin/rewards/{reward.id}")
    page.form(f"/admin/rewards/{reward.id}/close").submit(reason="The pool is shut")
    assert stored().state == "closed"
    assert client.post(f"/admin/rewards/{reward.id}/close", {}, status=409).query('[role="alert"]')
    client.get(f"/admin/rewards/{reward.id}").form(f"/admin/rewards/{reward.id}/reopen").submit()
    assert stored().state == "published"
    log = db.session.execute(select(AuditEntry.action, AuditEntry.reason).order_by(AuditEntry.id)).all()
    assert [tuple(entry) for entry in log] == [
        ("reward written", ""),
        ("reward published", ""),
        ("reward closed", "The pool is shut"),
        ("reward opened again", ""),
    ]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("title", "", "Enter a title"),
        ("kind", "lottery", "Not a valid choice"),
        ("cost", "-5", "Enter a whole number from 0 to 100,000"),
        ("cost", "1000000000", "Enter a whole number from 0 to 100,000"),
        ("cost", "ten", "Enter a whole number from 0 to 100,000"),
        ("face_value", "£1e9", "Enter an amount in pounds"),
        ("face_value", "-4.50", "Enter an amount in pounds"),
        ("face_value", "£1,000.01", "Enter an amount from £0 to £1,000"),
        ("stock", "-1", "Enter a whole number from 0 to 100,000"),
        ("per_member", "0", "Enter a whole number from 1 to 1,000"),
        ("valid_days", "900", "Enter a whole number from 1 to 730"),
        ("ends_at", "2026-06-30T12:00", "The end must be after the start"),
        ("ends_at", "soon", "Enter a day and a time"),
        ("audience", "chosen", "Choose at least one organisation or group"),
        ("sponsor_id", "999999", "Not a valid choice"),
    ],
)
def test_what_cannot_be_a_reward_is_said_next_to_the_field(
    client: Client, field: str, typed: str, words: str
) -> None:
    sponsor = make_sponsor()
    client.sign_in(make_admin())
    sent = FILLED | {"sponsor_id": str(sponsor.id), "starts_at": "2026-07-01T09:00", field: typed}
    page = client.post("/admin/rewards/new", sent, status=400)
    assert words in page.query(f"#{field}-error")[0].text
    assert "**pools**" in page.query("#body")[0].text
    assert stored() is None


def test_a_gift_is_given_for_something_and_costs_nothing(client: Client) -> None:
    sponsor = make_sponsor()
    client.sign_in(make_admin())
    gift = FILLED | {"sponsor_id": str(sponsor.id), "kind": "gift", "given_for": "first idea"}
    page = client.post("/admin/rewards/new", gift, status=400)
    assert "A gift costs nothing" in page.query("#cost-error")[0].text
    client.post("/admin/rewards/new", gift | {"cost": "0"})
    reward = stored()
    assert (reward.given_for, reward.starts_at) == ("first idea", None)
    client.post(f"/admin/rewards/{reward.id}/publish", {})
    # Nobody gets it for what they reached before there was such a gift.
    assert stored().starts_at is not None


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ({"body_source": ""}, "A text that says what it is"),
        ({"stock": 0}, "How many there are"),
        ({"stock_kind": "codes", "stock": 0}, "Codes from the sponsor"),
        ({"kind": "draw", "ends_at": None}, "A time at which it ends"),
        ({"kind": "draw", "cost": 0, "per_member": None}, "A cost, or a limit for each person"),
        ({"cost": 0, "per_member": None}, "A cost, or a limit for each person"),
        ({"kind": "team", "cost": 0}, "A cost that a group can pledge points for"),
        ({"ends_at": datetime(2026, 1, 1, tzinfo=UTC), "starts_at": None}, "An end that is still to come"),
    ],
)
def test_what_is_not_ready_is_not_published(client: Client, lacking: dict[str, Any], words: str) -> None:
    reward = make_reward(stage="draft", **lacking)
    client.sign_in(make_admin())
    assert "Publish" not in [
        button.text for button in client.get(f"/admin/rewards/{reward.id}").query("button")
    ]
    page = client.post(f"/admin/rewards/{reward.id}/publish", {}, status=409)
    assert words in page.query('[role="alert"]')[0].text
    assert stored().state == "draft"


def test_the_seed_of_a_draw_is_held_from_its_publishing_on(client: Client) -> None:
    reward = make_reward(stage="draft", kind="draw")
    client.sign_in(make_admin()).post(f"/admin/rewards/{reward.id}/publish", {})
    draw = db.session.scalars(select(Draw)).one()
    assert (draw.reward_id, len(draw.seed), len(draw.seed_hash), draw.drawn_at) == (reward.id, 64, 64, None)


def test_a_switched_off_sponsor_publishes_nothing(client: Client) -> None:
    reward = make_reward(make_sponsor(is_active=False), "draft")
    client.sign_in(make_admin())
    page = client.post(f"/admin/rewards/{reward.id}/publish", {}, status=409)
    assert "A sponsor who is not switched off" in page.query('[role="alert"]')[0].text


def test_what_people_had_stays_and_the_rest_changes(client: Client) -> None:
    reward = make_reward(stock=10, given=3, title="A swim", face_value_pence=500)
    make_voucher(reward, make_member())
    client.sign_in(make_admin())
    for changes, field, words in (
        ({"kind": "draw"}, "kind", "so the kind stays"),
        ({"sponsor_id": str(make_sponsor().id)}, "sponsor_id", "so the sponsor stays"),
        ({"stock": "2"}, "stock", "3 have been given"),
        ({"stock_kind": "codes"}, "stock_kind", "what was given stays"),
        ({"ends_at": "2026-01-01T12:00", "starts_at": ""}, "ends_at", "or close the reward"),
        ({"body": ""}, "body", "needs a text"),
    ):
        page = save(client, reward, 400, **changes)
        assert words in page.query(f"#{field}-error")[0].text
    before = stored().starts_at
    save(client, reward, cost="60", face_value="£6", stock="3", title="A swim for two")
    changed = stored()
    assert (changed.cost, changed.face_value_pence, changed.stock, changed.title) == (
        60,
        600,
        3,
        "A swim for two",
    )
    assert changed.starts_at == before
    details = db.session.scalars(select(AuditEntry.details).order_by(AuditEntry.id.desc())).first()
    assert set(details or ()) == {"cost", "face value pence", "stock", "title"}


def picture_file(kind: str = "PNG") -> tuple[io.BytesIO, str]:
    file = io.BytesIO()
    Image.new("RGB", (900, 400), "teal").save(file, kind)
    file.seek(0)
    return file, "pool.png"


def someone_in(reward: Reward) -> None:
    """Let somebody enter the draw, or pledge points for the team prize."""
    now, member_id = clock.now(), make_member().id
    if reward.kind == "draw":
        saved(DrawEntry(reward_id=reward.id, number=1, member_id=member_id, entered_at=now))
        return
    part = {"reward_id": reward.id, "group_id": make_group().id}
    saved(TeamPrize(**part, pledged=5))
    saved(Pledge(**part, member_id=member_id, points=5, pledged_at=now))


@pytest.mark.parametrize("kind", ["draw", "team"])
def test_what_people_gave_points_for_stays_as_it_was_shown(client: Client, kind: str) -> None:
    reward = make_reward(kind=kind, stock=3)
    someone_in(reward)
    client.sign_in(make_admin())
    assert "so the cost stays" in save(client, reward, 400, cost="1").query("#cost-error")[0].text
    assert "so it cannot be fewer" in save(client, reward, 400, stock="2").query("#stock-error")[0].text
    for field, changed in (("title", "Something else"), ("face_value", "£1")):
        page = save(client, reward, 400, **{field: changed})
        assert "so it stays as it was shown" in page.query(f"#{field}-error")[0].text
        assert page.query(f"#{field}")[0]["value"] == changed
    fewer = save(client, reward, 400, valid_days="1").query("#valid_days-error")[0]
    assert "so it cannot be fewer" in fewer.text
    path = f"/admin/rewards/{reward.id}/picture"
    more = {"picture": picture_file(), "alternative_text": "Another prize"}
    for page in (
        client.get(path).form(path).submit(status=400, **more),
        client.post(f"{path}/remove", {}, status=400),
    ):
        assert "so it stays as it was shown" in page.query("#picture-error")[0].text
    other = save(client, reward, 400, body="Half a swim. **Bring a towel.**")
    assert "add to it, and leave what stands" in other.query("#body-error")[0].text
    more = f"It is warm.\n\n{reward.body_source}\n\nCome when you like."
    save(client, reward, stock="4", body=more)
    # As browsers send the ends of lines.
    save(client, reward, body=more.replace("\n", "\r\n") + "\r\nBring a friend.")
    assert stored().body_source.endswith("Come when you like.\nBring a friend.")
    client.post(f"/admin/rewards/{reward.id}/close", {})
    page = client.post(f"/admin/rewards/{reward.id}/reopen", {}, status=409)
    assert "got their points back" in page.query('[role="alert"]')[0].text


def test_a_draw_that_people_entered_keeps_its_end_and_leaves_nobody_out(client: Client) -> None:
    reward = make_reward(kind="draw")
    someone_in(reward)
    client.sign_in(make_admin())
    assert "It needs a time" in save(client, reward, 400, ends_at="").query("#ends_at-error")[0].text
    much_later = local_input(clock.now() + timedelta(days=900))
    later = save(client, reward, 400, ends_at=much_later).query("#ends_at-error")[0]
    assert "so it stays" in later.text
    chosen = {"audience": "chosen", "organisations": str(make_organisation().id)}
    assert "nobody can be left out" in save(client, reward, 400, **chosen).query("#audience-error")[0].text


def test_a_published_reward_goes_on_having_what_publishing_asked_for(client: Client) -> None:
    client.sign_in(make_admin())
    for kind, field, words, changes in (
        ("draw", "per_member", "or a cost", {"cost": "0", "per_member": ""}),
        ("redeem", "per_member", "or a cost", {"cost": "0", "per_member": ""}),
        ("team", "cost", "has to pledge", {"cost": "0"}),
    ):
        reward = make_reward(kind=kind, per_member=1)
        page = save(client, reward, 400, **changes)
        assert words in page.query(f"#{field}-error")[0].text
    with_codes = make_reward(codes=["AB-1"])
    page = save(client, with_codes, 400, sponsor_id=str(make_sponsor().id))
    assert "codes of this sponsor" in page.query("#sponsor_id-error")[0].text


def test_of_two_admins_who_save_at_once_the_second_is_told(client: Client) -> None:
    reward = make_reward(title="A swim")
    client.sign_in(make_admin())
    path = f"/admin/rewards/{reward.id}"
    form = client.get(path).form(path)
    save(client, reward, title="A sauna")
    page = form.submit(title="A dinner", status=409)
    assert "Someone else changed this reward" in page.query('[role="alert"]')[0].text
    assert page.query("#title")[0]["value"] == "A dinner"
    page.form(path).submit()
    assert stored().title == "A dinner"


def test_above_twenty_five_pounds_admins_are_warned_with_the_source(client: Client) -> None:
    reward = make_reward(stage="draft", face_value_pence=2_500)
    client.sign_in(make_admin())
    path = f"/admin/rewards/{reward.id}"
    assert not client.get(path).query(".notice--warning")
    save(client, reward, face_value="£25.01")
    warnings = client.get(path).query(".notice--warning")
    assert len(warnings) == 2
    assert all("EIM06600" in warning.text for warning in warnings)
    client.post(f"{path}/publish", {})
    assert stored().state == "published"


def test_a_draft_can_be_deleted_and_nothing_else(client: Client) -> None:
    draft, other = make_reward(stage="draft"), make_reward()
    client.sign_in(make_admin())
    client.get(f"/admin/rewards/{draft.id}").form(f"/admin/rewards/{draft.id}/discard").submit()
    client.post(f"/admin/rewards/{other.id}/discard", {}, status=409)
    assert db.session.scalars(select(Reward.id)).all() == [other.id]


def test_a_reward_has_a_picture_with_words_for_it(client: Client) -> None:
    reward = make_reward()
    client.sign_in(make_admin())
    path = f"/admin/rewards/{reward.id}/picture"

    assert "Say what" in client.get(path).form(path).submit(picture=picture_file(), status=400).text
    client.get(path).form(path).submit(picture=picture_file(), alternative_text="A pool").follow(statements=6)
    client.get(path).form(path).submit(picture=picture_file("JPEG"), alternative_text="Two pools")
    assert db.session.scalar(select(func.count()).select_from(RewardPicture)) == 1
    shown = client.get(f"/admin/rewards/{reward.id}/preview").query("article img")[0]
    assert shown["alt"] == "Two pools"
    client.get(shown["src"])
    client.get(path).form(f"{path}/remove").submit()
    assert stored().picture_id is None


def test_the_list_goes_by_state_and_sponsor(client: Client) -> None:
    first = make_sponsor(name="Five Pools")
    ends_at = clock.now() + timedelta(days=1)
    make_reward(first, title="A swim", ends_at=ends_at)
    make_reward(first, "closed", title="A sauna")
    make_reward(title="A dinner")
    client.sign_in(make_admin())

    def titles(address: str) -> list[str]:
        return [cell.text for cell in client.get(address, statements=5).query("tbody th a")]

    assert titles("/admin/rewards") == ["A dinner", "A swim"]
    assert titles(f"/admin/rewards?sponsor={first.id}") == ["A swim"]
    assert titles(f"/admin/rewards?sponsor={first.id}&state=closed") == ["A sauna"]
    assert titles("/admin/rewards?state=draft") == []
    client.get("/admin/rewards?state=lost", status=404)
